"""Calls from outside: one effect for one key, so many a minute, and tokens that open what they were made for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from chedai.platform import clock
from chedai.platform.accounts.models import ApiToken, User
from chedai.platform.accounts.tokens import NewToken, token_find, token_make, token_revoke
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.models import AuditEntry
from chedai.platform.calls.models import CallWindow, KeyedCall
from chedai.platform.calls.services import Answer, KeyReused, TooOften, call_count, call_once, calls_forget
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.work import record
from tests.conftest import MOMENT
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

CALLER = Actor(ActorKind.TOKEN, 3, "")


def effect() -> Answer:
    record(actor=CALLER, action="thing.done", subject="thing:1")
    return Answer(201, b'{"id": 1}')


def call(key: str = "k1", request: bytes = b"POST /things {}") -> Answer:
    return call_once(caller=CALLER.key, key=key, request=request, effect=effect)


def test_the_same_key_gets_the_same_answer_and_has_no_second_effect() -> None:
    assert call() == Answer(201, b'{"id": 1}')
    assert call() == Answer(201, b'{"id": 1}', again=True)
    assert AuditEntry.objects.count() == 1
    assert call("k2").again is False


def test_sixteen_callers_with_one_key_get_one_effect_and_one_answer() -> None:
    answers = race(lambda number: call(), 16)
    assert {(a.status, a.body) for a in answers if isinstance(a, Answer)} == {(201, b'{"id": 1}')}
    assert [isinstance(a, Answer) for a in answers] == [True] * 16
    assert AuditEntry.objects.count() == KeyedCall.objects.count() == 1


def test_an_answer_that_tells_a_secret_rests_sealed_and_is_told_again() -> None:
    """A link's token is told once and kept as a hash; its answer must not keep it in clear for the days of a retry."""

    def tell() -> Answer:
        return Answer(201, b'{"token": "open-sesame"}')

    made = call_once(caller=CALLER.key, key="k1", request=b"POST /links {}", effect=tell)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM platform_keyed_call")
        rests = bytes(cursor.fetchone()[0])
    assert b"token" not in rests and b"sesame" not in rests
    again = call_once(caller=CALLER.key, key="k1", request=b"POST /links {}", effect=tell)
    assert (again.status, again.body, again.again) == (201, made.body, True)


def test_a_key_belongs_to_one_request() -> None:
    call()
    with pytest.raises(KeyReused):
        call(request=b"POST /things {other}")


def test_what_was_refused_may_be_tried_again_with_the_same_key() -> None:
    def refuse() -> Answer:
        record(actor=CALLER, action="thing.done", subject="thing:1")
        raise Refusal("no", "不行", "no")

    with pytest.raises(Refusal):
        call_once(caller=CALLER.key, key="k1", request=b"POST /things {}", effect=refuse)
    assert not KeyedCall.objects.exists()
    assert not AuditEntry.objects.exists()
    assert call().again is False


def test_a_caller_has_so_many_calls_a_minute() -> None:
    assert [call_count(caller="a", limit=2) for _ in range(2)] == [1, 0]
    with pytest.raises(TooOften) as refusal:
        call_count(caller="a", limit=2)
    assert refusal.value.seconds == 60
    assert call_count(caller="b", limit=2) == 1
    with clock.frozen(MOMENT + timedelta(minutes=1)):
        assert call_count(caller="a", limit=2) == 1


def test_sixteen_at_once_are_counted_sixteen() -> None:
    race(lambda number: call_count(caller="a", limit=100), 16)
    assert CallWindow.objects.get().calls == 16


def test_what_has_had_its_time_is_forgotten() -> None:
    call()
    call_count(caller="a", limit=9)
    assert calls_forget() == 0
    with clock.frozen(MOMENT + timedelta(days=8)):
        assert calls_forget() == 2


@pytest.fixture
def user() -> User:
    return User.objects.create(username="bot", display_name="接口", created_at=MOMENT)


def make(user: User, days: float = 30, *scopes: str) -> NewToken:
    expires_at = MOMENT + timedelta(days=days)
    return token_make(user_id=user.pk, name="银行", scopes=scopes or ("job.read",), expires_at=expires_at, actor=CALLER)


def test_a_token_opens_until_it_expires_is_revoked_or_its_account_is_closed(user: User) -> None:
    made = make(user)
    found = token_find(made.secret)
    assert found is not None
    assert (found.pk, found.user_id, found.scopes) == (made.token.pk, user.pk, ["job.read"])
    assert ApiToken.objects.get().used_at == MOMENT
    with clock.frozen(MOMENT + timedelta(days=30)):
        assert token_find(made.secret) is None
    User.objects.update(is_active=False)
    assert token_find(made.secret) is None
    User.objects.update(is_active=True)
    token_revoke(token_id=made.token.pk, actor=CALLER)
    assert token_find(made.secret) is None
    with pytest.raises(NotFound):
        token_revoke(token_id=made.token.pk, actor=CALLER)


@pytest.mark.parametrize("change", [lambda s: s[:-1] + "?", lambda s: "x" + s, lambda s: "", lambda s: "cd_é_x"])
def test_a_token_that_is_not_quite_right_opens_nothing(user: User, change: object) -> None:
    assert token_find(change(make(user).secret)) is None  # type: ignore[operator]


def test_neither_table_nor_log_holds_the_secret(user: User) -> None:
    secret = make(user).secret.rpartition("_")[2]
    kept = repr(ApiToken.objects.values().get()) + repr(
        [bytes(b) for b in AuditEntry.objects.values_list("body", flat=True)]
    )
    assert secret not in kept


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"scopes": ()}, "scopes"), ({"days": 0}, "expires_at"), ({"days": 400}, "expires_at")],
)
def test_a_token_without_name_scope_or_end_is_refused(user: User, wrong: dict[str, object], field: str) -> None:
    given: dict[str, object] = {"name": "银行", "scopes": ("job.read",), "days": 30, **wrong}
    expires_at = MOMENT + timedelta(days=int(str(given.pop("days"))))
    with pytest.raises(Refusal) as refusal:
        token_make(user_id=user.pk, expires_at=expires_at, actor=CALLER, **given)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not ApiToken.objects.exists()
