"""One's own account: where one is signed in and ending that, API tokens shown once; review and map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chedai.org import stages
from chedai.org.models import AccessReview, Responsibility, RoleGrant, Staff
from chedai.org.permissions import Words
from chedai.platform.accounts.models import ApiToken
from chedai.platform.accounts.sessions import network_of, sessions_forget, shown_network
from chedai.platform.accounts.tokens import token_find
from chedai.platform.audit.models import AuditEntry
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

PASSWORD = "lantern-Quay-47"


def client_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff.user)
    return client


@pytest.fixture
def lin() -> Staff:
    cache.clear()
    staff = cast.person("lin", "林晓", cast.store(), "officer")
    staff.user.set_password(PASSWORD)
    staff.user.save()
    return staff


def signed_in(agent: str) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.post(reverse("account_login"), {"login": "lin", "password": PASSWORD})
    return client


def test_one_session_is_ended_from_another(lin: Staff) -> None:
    here, there = signed_in("Firefox of the office"), signed_in("Phone")
    page = here.get(reverse("own_account")).content.decode()
    assert "Firefox of the office" in page and "Phone" in page and "这里" in page
    [number] = re.findall(r"/accounts/sessions/(\d+)/end/", page)
    assert here.post(reverse("own_session_end", args=[number])).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)


def test_of_an_address_only_the_network_is_kept_and_shown(lin: Staff) -> None:
    client = Client(headers={"User-Agent": "here"}, REMOTE_ADDR="203.0.113.87")
    client.post(reverse("account_login"), {"login": "lin", "password": PASSWORD})
    page = client.get(reverse("own_account")).content.decode()
    assert "203.0.113.0/24" in page
    assert "203.0.113.87" not in page
    assert UserSession.objects.get().ip == "203.0.113.0"
    new = {"oldpassword": PASSWORD, "password1": "quay-Lantern-58", "password2": "quay-Lantern-58"}
    assert client.post(reverse("account_change_password"), new).status_code == 302
    assert set(UserSession.objects.values_list("ip", flat=True)) == {"203.0.113.0"}
    assert (network_of("2001:db8:aaaa:bbbb::7"), shown_network("2001:db8:aaaa::")) == (
        "2001:db8:aaaa::",
        "2001:db8:aaaa::/48",
    )


def test_whoever_guesses_is_counted_by_the_whole_address(lin: Staff, settings: Any) -> None:
    settings.LOCK_AFTER = 1
    neighbours = [Client(REMOTE_ADDR=f"203.0.113.{number}") for number in (1, 2)]
    for number in range(10):
        neighbours[0].post(reverse("account_login"), {"login": f"guess{number}", "password": "wrong"})
    answers = [
        client.post(reverse("account_login"), {"login": "lin", "password": PASSWORD}).status_code
        for client in neighbours
    ]
    assert answers == [200, 302]


def test_all_others_are_ended_at_once(lin: Staff) -> None:
    here, others = signed_in("here"), [signed_in("a"), signed_in("b")]
    here.post(reverse("own_sessions_end"))
    assert here.get("/").status_code == 200
    assert [other.get("/").status_code for other in others] == [302, 302]


def test_nobody_ends_the_session_of_somebody_else(lin: Staff) -> None:
    mine = signed_in("mine")
    number = re.findall(r"rows", mine.get(reverse("own_account")).content.decode()) and 1
    other = client_of(cast.person("wu", "吴东", cast.store(), "officer"))
    before = AuditEntry.objects.count()
    assert other.post(reverse("own_session_end", args=[number])).status_code == 404
    assert (mine.get("/").status_code, AuditEntry.objects.count()) == (200, before)


def test_a_token_is_shown_once_and_taken_back() -> None:
    client = client_of(cast.person("admin", "管理员", cast.store(), "admin"))
    address = reverse("own_token_new")
    assert client.post(address, {"name": "导出", "days": 90}).status_code == 422
    assert client.post(address, {"name": "导出", "days": 90, "scopes": ["audit.read"]}).status_code == 422
    assert not ApiToken.objects.exists()
    page = client.post(address, {"name": "导出", "days": 90, "scopes": ["staff.read"]}).content.decode()
    secret = re.findall(r"cd_[\w-]+", page)[0]
    assert token_find(secret) is not None
    assert secret not in client.get(reverse("own_account")).content.decode()
    token = ApiToken.objects.get()
    other = client_of(cast.person("wu", "吴东", cast.store(), "officer"))
    assert other.post(reverse("own_token_revoke", args=[token.pk])).status_code == 404
    client.post(reverse("own_token_revoke", args=[token.pk]))
    assert token_find(secret) is None


@pytest.fixture
def zhou() -> Client:
    return client_of(cast.person("zhou", "周合", cast.store(), "compliance", everywhere=True))


def test_a_review_is_begun_decided_exported_and_closed_on_the_screen(zhou: Client, lin: Staff) -> None:
    assert "本季度还没有完成权限复核" in zhou.get(reverse("reviews")).content.decode()
    page = zhou.post(reverse("review_new"), {"store": lin.home_id})["Location"]
    review = AccessReview.objects.get()
    wu = cast.person("wu", "吴东", cast.store(), "officer")
    line = review.lines.get()
    assert "待复核" in zhou.get(page).content.decode()
    assert zhou.post(reverse("review_close", args=[review.pk])).status_code == 422
    assert zhou.post(page, {"act": "bulk:keep", "picked": [line.pk], "pick": [line.pk]}).status_code in (200, 302)
    assert zhou.post(reverse("review_withdraw", args=[line.pk]), {"reason": "已转岗"}).status_code == 302
    exported = zhou.post(page, {"act": "export"})
    assert exported["Content-Type"].startswith("application/vnd.openxmlformats")
    assert zhou.post(reverse("review_close", args=[review.pk])).status_code == 302
    assert RoleGrant.objects.get(staff=lin).until is not None
    assert RoleGrant.objects.get(staff=wu).until is None
    assert "已完成" in zhou.get(page).content.decode()
    assert zhou.post(reverse("review_withdraw", args=[line.pk]), {"reason": "x"}).status_code == 409


@pytest.fixture
def quoting() -> Iterator[None]:
    before = stages.stages()
    stages.install({"quote": Words("报价", "quoting")})
    yield
    stages.install(before)


@pytest.mark.usefixtures("quoting")
def test_the_map_is_published_on_the_screen_and_a_vacancy_is_explained(zhou: Client, lin: Staff) -> None:
    address = reverse("duties_publish", args=[lin.home_id])
    refused = zhou.post(address, {"version": 0, "quote": "collector"})
    assert (refused.status_code, "在本店无人担任" in refused.content.decode()) == (422, True)
    assert not Responsibility.objects.exists()
    assert zhou.post(address, {"version": 0, "quote": "officer"})["Location"] == reverse("duties")
    page = zhou.get(reverse("duties")).content.decode()
    assert "报价" in page and "金融专员" in page and "1 人" in page
    RoleGrant.objects.filter(staff=lin).delete()
    assert "无人担任" in zhou.get(reverse("duties")).content.decode()


def test_sessions_that_ran_out_are_forgotten(lin: Staff) -> None:
    signed_in("here"), signed_in("there")
    assert sessions_forget() == 0
    Session.objects.all().delete()
    assert sessions_forget() == 2
