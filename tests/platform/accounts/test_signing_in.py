"""Coming in by password: right, wrong, too often, from a closed account; and what the log says of it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.accounts import lockout
from chedai.platform.accounts.models import SignInCount
from chedai.platform.accounts.services import account_close
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict
from tests import cast
from tests.conftest import MOMENT
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

PASSWORD = "lantern-Quay-47"


@pytest.fixture(autouse=True)
def no_limits_by_the_minute() -> None:
    cache.clear()


@pytest.fixture
def lin() -> Staff:
    staff = cast.person("lin", "林晓", cast.store(), "officer")
    staff.user.set_password(PASSWORD)
    staff.user.save()
    return staff


def sign_in(client: Client, password: str = PASSWORD, username: str = "lin", **extra: Any) -> Any:
    return client.post(reverse("account_login"), {"login": username, "password": password}, **extra)


def log() -> list[tuple[str, str, dict[str, Any]]]:
    bodies = [json.loads(bytes(b)) for b in AuditEntry.objects.order_by("seq").values_list("body", flat=True)]
    return [(body["action"], body["subject"], body.get("facts", {})) for body in bodies]


def actions() -> list[str]:
    return [action for action, _, _ in log()]


def test_the_right_password_opens_the_start_page_and_is_on_record(lin: Staff) -> None:
    client = Client()
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    [(action, subject, facts)] = log()
    assert (action, subject, facts["by"]) == ("account.signed_in", f"user:{lin.user_id}", "password")
    assert len(str(facts["address"])) == 16


def test_the_name_is_the_same_however_it_is_written(lin: Staff) -> None:
    assert sign_in(Client(), username="LIN").status_code == 302


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(lin: Staff) -> None:
    wrong, unknown = sign_in(Client(), "x"), sign_in(Client(), "x", "nobody")
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    texts = [answer.content.decode() for answer in (wrong, unknown)]
    said = "用户名" if "用户名" in texts[0] else "密码"
    assert all(said in text for text in texts)
    assert [(a, s) for a, s, _ in log()] == [
        ("account.sign_in_failed", f"user:{lin.user_id}"),
        ("account.sign_in_failed", "user:0"),
    ]


def test_neither_passwords_nor_names_nor_addresses_are_in_the_log(lin: Staff) -> None:
    sign_in(Client(), "wrong-Lantern-9")
    sign_in(Client(), "wrong-Lantern-9", "somebody-else")
    sign_in(Client())
    written = b"".join(bytes(b) for b in AuditEntry.objects.values_list("body", flat=True)).decode()
    for secret in ("wrong-Lantern-9", PASSWORD, "somebody-else", "127.0.0.1", "林晓"):
        assert secret not in written
    assert "127.0.0.1" not in " ".join(SignInCount.objects.values_list("key", flat=True))


def test_after_five_wrong_passwords_the_right_one_does_not_open_either(lin: Staff) -> None:
    for _ in range(5):
        sign_in(Client(), "x")
    answer = sign_in(Client())
    assert "尝试次数过多，已锁定" in answer.content.decode() or "尝试次数过多,已锁定" in answer.content.decode()
    assert actions() == ["account.sign_in_failed"] * 5 + ["account.locked"]
    english = sign_in(Client(headers={"Accept-Language": "en"}), headers={"Accept-Language": "en"})
    assert "too many tries: locked, try again in 15 min" in english.content.decode()
    assert "account.signed_in" not in actions()


def test_a_lock_opens_by_itself_after_a_quarter_of_an_hour(lin: Staff) -> None:
    for _ in range(5):
        sign_in(Client(), "x")
    assert lockout.locked_until("lin") == MOMENT + timedelta(minutes=15)
    with clock.frozen(MOMENT + timedelta(minutes=14, seconds=59)):
        assert sign_in(Client()).status_code == 200
    with clock.frozen(MOMENT + timedelta(minutes=15)):
        assert lockout.locked_until("lin") is None
        assert sign_in(Client()).status_code == 302


def test_an_administrator_opens_a_lock_and_only_one_that_is_there(lin: Staff) -> None:
    for _ in range(5):
        sign_in(Client(), "x")
    admin = cast.acting(cast.person("admin", "管理员", cast.store(), "admin"))
    lockout.account_unlock(user_id=lin.user_id, actor=admin)
    assert sign_in(Client()).status_code == 302
    with pytest.raises(Conflict):
        lockout.account_unlock(user_id=lin.user_id, actor=admin)
    assert actions()[-2:] == ["account.unlocked", "account.signed_in"]


def test_a_right_password_forgets_the_wrong_ones_of_the_account(lin: Staff) -> None:
    for _ in range(3):
        for _ in range(4):
            sign_in(Client(), "x")
        assert sign_in(Client()).status_code == 302


def test_an_address_that_tries_many_names_is_locked_out_of_all(lin: Staff, settings: Any) -> None:
    settings.LOCK_AFTER = 3
    for number in range(30):
        assert lockout_of(f"name{number}") is None
    assert isinstance(lockout_of("lin"), lockout.Locked)
    assert lockout_of("lin", "10.0.0.9") is None


def lockout_of(name: str, address: str = "10.0.0.7") -> Exception | None:
    tried = lockout.attempt(name, address)
    try:
        lockout.attempt_begin(tried)
    except lockout.Locked as locked:
        return locked
    lockout.attempt_failed(tried, username=name)
    return None


def test_a_hundred_guesses_at_once_count_as_a_hundred(lin: Staff) -> None:
    def guess(number: int) -> None:
        with clock.frozen(MOMENT):
            lockout.attempt_begin(lockout.attempt("lin", f"10.0.0.{number}"))

    results = race(guess, 12)
    assert sum(result is None for result in results) == 5
    assert sum(isinstance(result, lockout.Locked) for result in results) == 7


def test_counts_that_had_their_time_are_thrown_away(lin: Staff) -> None:
    sign_in(Client(), "x")
    assert lockout.counts_forget() == 0
    with clock.frozen(MOMENT + timedelta(hours=1)):
        assert lockout.counts_forget() == 2


def test_a_closed_account_does_not_open(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    account_close(user_id=lin.user_id, actor=system("test"))
    assert client.get("/").status_code == 302
    assert sign_in(Client()).status_code == 200


def test_signing_out_ends_the_session_and_is_on_record(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    client.post(reverse("account_logout"))
    assert client.get("/")["Location"] == "/accounts/login/?next=/"
    assert actions() == ["account.signed_in", "account.signed_out"]


@pytest.mark.parametrize(
    "name", ["account_signup", "socialaccount_signup", "socialaccount_connections", "account_email"]
)
def test_nobody_opens_an_account_for_themselves(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_an_idle_pc_signs_out_and_a_page_that_only_asks_for_counts_is_idle(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    assert client.get("/").status_code == 200
    for minutes in (10, 20, 30):
        with clock.frozen(MOMENT + timedelta(minutes=minutes)):
            assert client.get(reverse("shell_counts")).status_code == 200
    with clock.frozen(MOMENT + timedelta(minutes=30, seconds=1)):
        answer = client.get("/audit/")
    assert answer["Location"] == "/accounts/login/?next=/audit/"
    assert actions()[-1] == "account.signed_out"
    assert "30 分钟没有操作" in client.get(answer["Location"]).content.decode()


def test_somebody_who_works_is_not_signed_out(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    for minutes in range(0, 300, 29):
        with clock.frozen(MOMENT + timedelta(minutes=minutes)):
            assert client.get("/").status_code == 200


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(lin: Staff) -> None:
    client = Client()
    sign_in(client)
    client.get("/")
    with clock.frozen(MOMENT + timedelta(hours=1)):
        answer = client.get("/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/accounts/login/?next=/"
