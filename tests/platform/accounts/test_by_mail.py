"""The link by mail, through a real mail server: the first password, a forgotten one, used once, rules of passwords."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chedai.org.models import RoleGrant, Staff
from chedai.platform.audit.models import AuditEntry
from tests import cast
from tests.support import smtp
from tests.support.postgres import free_port

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

PASSWORD = "lantern-Quay-47"


@pytest.fixture
def mailbox(tmp_path: Path, settings: Any) -> Iterator[smtp.Mailbox]:
    cache.clear()
    with smtp.server(tmp_path / "mail") as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        yield box


def admin() -> Client:
    client = Client()
    client.force_login(cast.person("admin", "管理员", cast.store(), "admin").user)
    return client


def join(client: Client, **other: Any) -> Any:
    given = {"number": "A7", "name": "林晓", "username": "Lin", "email": "lin@example.com", "joined_on": "2026-11-20"}
    return client.post(reverse("staff_new"), given | {"home": cast.store().pk} | other)


def link(box: smtp.Mailbox) -> str:
    text = box.mails()[-1].get_content()
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", text)
    assert found, text
    return found[1]


def set_password(address: str, password: str, again: str = "") -> Any:
    client = Client()
    form = client.get(address)["Location"]
    return client.post(form, {"password1": password, "password2": again or password})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("seq").values_list("action", flat=True))


def test_who_joins_sets_the_first_password_by_the_link(mailbox: smtp.Mailbox) -> None:
    assert join(admin()).status_code == 302
    [mail] = mailbox.mails()
    assert (mail["To"], mail["Subject"]) == ("lin@example.com", "设置车贷运营平台的登录密码")
    assert "林晓" in mail.get_content() and "你的登录名是 lin" in mail.get_content()
    address = link(mailbox)
    assert set_password(address, PASSWORD).status_code == 302
    assert Client().post(reverse("account_login"), {"login": "lin", "password": PASSWORD})["Location"] == "/"
    assert actions() == [
        "account.opened",
        "staff.joined",
        "account.link_sent",
        "account.password_set",
        "account.signed_in",
    ]
    used = Client().get(address)
    assert "这个链接已经用过或已过期" in used.content.decode()


@pytest.mark.parametrize("weak", ["short-9a", "password123", "1234567890", "linxiao-lin", "lin@example.com"])
def test_a_password_that_is_easily_guessed_is_refused(mailbox: smtp.Mailbox, weak: str) -> None:
    join(admin(), username="linxiao", email="lin@example.com")
    before = actions()
    answer = set_password(link(mailbox), weak)
    assert answer.status_code == 200
    assert not Staff.objects.get(number="A7").user.has_usable_password()
    assert actions() == before


def test_a_forgotten_password_is_set_anew_and_other_sessions_end(mailbox: smtp.Mailbox) -> None:
    join(admin())
    set_password(link(mailbox), PASSWORD)
    RoleGrant.objects.create(staff=Staff.objects.get(number="A7"), role="officer", since=date(2026, 1, 1))
    elsewhere = Client()
    elsewhere.post(reverse("account_login"), {"login": "lin", "password": PASSWORD})
    assert elsewhere.get("/").status_code == 200
    cache.clear()
    Client().post(reverse("account_reset_password"), {"email": "LIN@example.com"})
    set_password(link(mailbox), "another-Harbour-8")
    assert elsewhere.get("/").status_code == 302
    assert Client().post(reverse("account_login"), {"login": "lin", "password": PASSWORD}).status_code == 200


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(mailbox: smtp.Mailbox) -> None:
    answer = Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert answer["Location"] == reverse("account_reset_password_done")
    assert mailbox.mails() == []


def test_where_no_mail_server_answers_the_account_is_there_and_the_page_says_so(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    client = admin()
    answer = join(client)
    assert Staff.objects.filter(number="A7").exists()
    assert "邮件没有发出" in client.get(answer["Location"]).content.decode()
    assert "account.link_sent" not in actions()


def test_an_account_without_an_address_gets_no_link(mailbox: smtp.Mailbox) -> None:
    client, staff = admin(), cast.person("wu", "吴东", cast.store(), "officer")
    before = actions()
    answer = client.post(reverse("staff_link", args=[staff.pk]))
    assert (answer.status_code, mailbox.mails()) == (422, [])
    assert actions() == before
