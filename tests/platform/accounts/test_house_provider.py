"""Sign-in by the identity provider of the house, against a real one: only accounts that exist and are open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chedai.config import accounts
from chedai.config.environment import Environment
from chedai.org.models import Staff
from chedai.platform.accounts.models import User
from chedai.platform.audit.models import AuditEntry
from tests import cast
from tests.support import oidc

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc.server() as address:
        yield address


@pytest.fixture(autouse=True)
def house(provider: str, settings: Any) -> None:
    cache.clear()
    read = accounts.read(Environment({"CHEDAI_OIDC": f"{provider}|chedai|secret"}), debug=True)
    settings.SOCIALACCOUNT_PROVIDERS = read["SOCIALACCOUNT_PROVIDERS"]


def come_in(subject: str) -> tuple[Client, Any]:
    """What a browser does: from our page to the provider, say who one is, and back."""
    client = Client()
    away = client.post(reverse("openid_connect_login", args=["house"]) + "?process=login")
    assert away.status_code == 302, away.content.decode()
    back = urlsplit(oidc.agree(away["Location"], subject))
    return client, client.get(f"{back.path}?{back.query}")


def lin(**other: Any) -> Staff:
    staff = cast.person("lin", "林晓", cast.store(), "officer")
    User.objects.filter(pk=staff.user_id).update(**{"email": "lin@example.com", **other})
    return staff


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))


def test_the_sign_in_page_offers_it() -> None:
    assert "单点登录" in Client().get(reverse("account_login")).content.decode()


def test_an_account_is_found_by_its_name_and_again_by_its_link(provider: str) -> None:
    staff = lin()
    oidc.person(provider, "sub-1", preferred_username="LIN")
    client, answer = come_in("sub-1")
    assert answer["Location"] == "/"
    assert client.get("/").status_code == 200
    oidc.person(provider, "sub-1", preferred_username="renamed", name="林晓", phone_number="13800138000")
    assert come_in("sub-1")[1]["Location"] == "/"
    [link] = SocialAccount.objects.all()
    assert (link.user_id, link.extra_data) == (staff.user_id, {})
    assert actions() == ["account.linked", "account.signed_in", "account.signed_in"]


def test_an_account_is_found_by_a_verified_address(provider: str) -> None:
    lin()
    oidc.person(provider, "sub-2", email="lin@example.com", email_verified=True)
    assert come_in("sub-2")[1]["Location"] == "/"


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": "stranger"},
        {"email": "lin@example.com"},
        {"email": "lin@example.com", "email_verified": False},
        {"email": "other@example.com", "email_verified": True},
    ],
)
def test_somebody_unknown_is_refused_and_no_account_is_made(provider: str, claims: dict[str, Any]) -> None:
    lin()
    oidc.person(provider, "sub-3", **claims)
    client, answer = come_in("sub-3")
    assert answer["Location"] == reverse("socialaccount_login_error")
    assert client.get("/").status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert actions() == ["account.sign_in_failed"]


def test_a_closed_account_is_refused_even_where_it_was_linked(provider: str) -> None:
    staff = lin()
    oidc.person(provider, "sub-4", preferred_username="lin")
    come_in("sub-4")
    User.objects.filter(pk=staff.user_id).update(is_active=False)
    assert come_in("sub-4")[1]["Location"] == reverse("socialaccount_login_error")


def test_an_address_that_two_accounts_share_names_neither(provider: str) -> None:
    lin()
    User.objects.filter(pk=cast.person("wu", "吴东", cast.store()).user_id).update(email="lin@example.com")
    oidc.person(provider, "sub-5", email="lin@example.com", email_verified=True)
    assert come_in("sub-5")[1]["Location"] == reverse("socialaccount_login_error")


def test_nobody_links_an_account_of_the_provider_to_their_own(provider: str) -> None:
    staff = lin()
    oidc.person(provider, "sub-6", preferred_username="stranger")
    client = Client()
    client.force_login(staff.user)
    away = client.post(reverse("openid_connect_login", args=["house"]) + "?process=connect")
    back = urlsplit(oidc.agree(away["Location"], "sub-6"))
    assert client.get(f"{back.path}?{back.query}")["Location"] == reverse("socialaccount_login_error")
    assert not SocialAccount.objects.exists()
