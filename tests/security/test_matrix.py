"""The permission matrix: every address and every operation, every role, own and other, against the table.

A new address without a lock fails here; so does one that names a record and has no line in `holdings`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from chedai.org import stages
from chedai.org.models import Staff
from chedai.org.permissions import Reach, Role, table
from chedai.platform import clock
from chedai.platform.accounts.tokens import token_make
from chedai.platform.actors import system
from chedai.web.models import Draft
from tests.conftest import MOMENT
from tests.security import (
    applications,
    catalog,
    collection,
    custody,
    customers,
    debits,
    loan_calls,
    papers,
    quotes,
    reception,
    underwriting,
)
from tests.security.addresses import Operation, Screen, operations, screens
from tests.security.holdings import (
    BY_ASKER,
    BY_BODY,
    FOR_EVERYBODY,
    NEEDS_TOO,
    OF_HOUSE,
    OF_PERSON,
    OF_STORE,
    ROLES,
    House,
)
from tests.support import ground

pytestmark = [pytest.mark.django_db, pytest.mark.one_database, pytest.mark.usefixtures("held_clock")]

OPEN: Final = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "healthz",
    "language",
    "lender_callback",
    "lender_paper",
    "metrics",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "my_loan",
    "my_loan_account",
    "my_loan_certificate",
    "my_loan_payoff",
    "my_loan_plan",
    "my_loan_prepay",
    "my_loan_withdraw",
    "openid_connect_callback",
    "openid_connect_login",
    "phone",
    "phone_apply",
    "phone_changes",
    "phone_consents",
    "phone_copy",
    "phone_paper",
    "phone_papers",
    "phone_sign",
    "phone_statement",
    "phone_statement_decline",
    "phone_upload",
    "phone_upload_finish",
    "phone_upload_piece",
    "phone_upload_received",
    "quote_public",
    "quote_public_image",
    "quote_public_pdf",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
}
"""Every address that asks for no right. Each says at its door why; a new one is added here, in sight."""

REFUSED: Final = (403, 404)
FAR_AWAY: Final = 4_000_000_000
"""A second of a clock that is never so late: what was proved then is proved a moment ago."""


@pytest.fixture(scope="module")
def furnished(_grounds: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """The house with everything in it, made once: what a test does is undone behind it."""
    before, whole = stages.stages(), transaction.atomic()
    with django_db_blocker.unblock(), clock.frozen(MOMENT):
        ground.lay()
        whole.__enter__()
        made = House()
        made.furnish()
    yield made
    stages.install(before)
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture
def house(furnished: House) -> House:
    cache.clear()
    return furnished


def rows() -> dict[str, int]:
    """How many rows every table has, the log included; how many calls came in a minute is no effect."""
    counted = [m for m in apps.get_models() if m._meta.label not in ("platform.CallWindow", "sessions.Session")]
    return {model._meta.label: model._base_manager.count() for model in counted}


@contextmanager
def nothing_stays() -> Iterator[None]:
    """What an allowed call does is undone, so that the next one finds the same house."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def locked() -> list[Screen]:
    return [s for s in screens() if s.lock is not None and s.lock.permission is not None]


def right_of(address: Screen | Operation) -> str:
    return str(address.lock and address.lock.permission)


def needs_too(role: Role, name: str) -> bool:
    """Whether the role holds the second right an address asks for, for a whole store."""
    return name not in NEEDS_TOO or table().reach_of(role, NEEDS_TOO[name]) is Reach.STORE


def client_of(staff: Staff) -> Client:
    """Signed in, and having proved it a moment ago, so that pages of second factors look at their record."""
    client = Client(raise_request_exception=False)
    client.force_login(staff.user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": FAR_AWAY, "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(staff.user_id)
    session.save()
    return client


def call(client: Client, url: str) -> int:
    """The page; or, where the address only takes something, what it says to nothing."""
    answer = client.get(url)
    return client.post(url).status_code if answer.status_code == 405 else answer.status_code


def refused(client: Client, url: str) -> bool:
    """Whether an address neither shows nor takes anything."""
    answers = (client.get(url).status_code, client.post(url).status_code)
    return set(answers) <= {*REFUSED, 405} and bool(set(answers) & set(REFUSED))


def test_every_address_has_a_lock_or_a_reason_to_have_none() -> None:
    assert {s.name: s.route for s in screens() if s.lock is None} == {}
    assert {o.path for o in operations() if o.lock is None or o.lock.permission is None or not o.needs_token} == set()
    assert {s.name for s in screens() if s.lock and s.lock.permission is None} == OPEN
    assert [s.name for s in screens() if s.lock and not s.lock.permission and not s.lock.open_because] == []


def test_every_address_with_a_record_says_whose_it_is() -> None:
    tables = (OF_STORE, OF_PERSON, OF_HOUSE, BY_ASKER)
    named = set().union(*tables)
    assert sum(len(one) for one in tables) == len(named), "an address stands in two tables"
    holding = {s.name for s in locked() if s.parameters}
    holding |= {f"{o.method} {o.path}" for o in operations() if o.names}
    assert holding - named == set(), "add a line to tests/security/holdings.py"
    assert named - holding == set(), "addresses that are gone"


def test_what_belongs_to_the_house_stands_so_in_the_table() -> None:
    of_house = {s.name: right_of(s) for s in locked() if s.name in OF_HOUSE}
    of_house |= {k: right_of(o) for o in operations() if (k := f"{o.method} {o.path}") in OF_HOUSE}
    elsewhere = {name for name, right in of_house.items() if right not in table().house}
    assert elsewhere == FOR_EVERYBODY.keys()
    of_store = {right_of(s) for s in locked() if s.name in OF_STORE}
    assert of_store & table().house == set()
    assert {"policy.read", "policy.draft", "policy.publish"} <= table().house


def test_nobody_comes_in_without_signing_in(house: House) -> None:
    before = rows()
    for screen in locked():
        url = screen.url(house.everything(screen.name, house.people["admin"])[0])
        for answer in (Client().get(url), Client().post(url)):
            outside = answer.status_code == 405 or answer.get("Location", "").startswith("/accounts/login/")
            assert outside, (screen.name, answer.status_code)
    for operation in operations():
        values = house.everything(f"{operation.method} {operation.path}", house.people["admin"])[0]
        answer = getattr(Client(), operation.method)(operation.url(values))
        assert answer.status_code == 401, operation
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_right_is_refused_and_nothing_changes(role: Role, house: House) -> None:
    staff = house.people[role]
    client = client_of(staff)
    kept_out = [s for s in locked() if table().reach_of(role, right_of(s)) is None]
    assert kept_out
    before = rows()
    for screen in kept_out:
        for values in house.everything(screen.name, staff):
            url = screen.url(values)
            answers = {client.get(url).status_code, client.post(url).status_code}
            assert 403 in answers <= {403, 405}, (screen.name, role, answers)
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_with_the_right_comes_in_in_its_own_store_and_not_in_another(role: Role, house: House) -> None:
    client, before = client_of(house.people[role]), rows()
    for screen in locked():
        reach = table().reach_of(role, right_of(screen))
        if reach is None or screen.name in OF_PERSON or screen.name in OF_HOUSE:
            continue
        if screen.name not in OF_STORE:
            with nothing_stays():
                assert call(client, screen.url({})) != 403, (screen.name, role)
            continue
        with nothing_stays():
            own = call(client, screen.url(house.of_store(screen.name, house.here)))
        # The record belongs to somebody else of the store: who reaches only their own does not reach it.
        comes_in = reach is Reach.STORE and needs_too(role, screen.name)
        assert (own not in REFUSED) == comes_in, (screen.name, role, own)
        assert refused(client, screen.url(house.of_store(screen.name, house.there))), (screen.name, role)
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_what_somebody_made_is_theirs_and_nobody_elses(role: Role, house: House) -> None:
    """An import belongs to who brought it, as sessions, tokens, keys, requests and drafts to whose they are."""
    staff = house.people[role]
    client, before = client_of(staff), rows()
    for screen in locked():
        if screen.name not in OF_PERSON or table().reach_of(role, right_of(screen)) is None:
            continue
        with nothing_stays():
            own = call(client, screen.url(house.of_person(screen.name, staff)))
        assert (own not in REFUSED) == needs_too(role, screen.name), (screen.name, role, own)
        for other in house.targets.values():
            assert refused(client, screen.url(house.of_person(screen.name, other))), (screen.name, role, other)
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_what_belongs_to_the_house_is_the_same_from_every_store(role: Role, house: House) -> None:
    here, away = client_of(house.people[role]), client_of(house.away[role])
    for screen in locked():
        if screen.name not in OF_HOUSE or table().reach_of(role, right_of(screen)) is None:
            continue
        url, found = screen.url(house.of_house(screen.name)), []
        for client in (here, away):
            with nothing_stays():
                found.append(call(client, url))
        assert found[0] == found[1], (screen.name, role, found)
        assert (found[0] not in REFUSED) == needs_too(role, screen.name), (screen.name, role, found)


def test_a_draft_of_somebody_else_cannot_be_named(house: House) -> None:
    mine, other = (client_of(house.people[role]) for role in ("officer", "manager"))
    address = "/drafts/style.sample/"
    assert mine.post(address, {"name": "甲"}).status_code == 200
    before = Draft.objects.get().values
    other.post(address, {"name": "乙"})
    other.post(f"{address}drop/")
    assert [draft.owner_id for draft in Draft.objects.all()] == [house.people["officer"].user_id]
    assert Draft.objects.get().values == before


BODIES: Final[dict[str, Any]] = {
    "post /approvals/{approval_id}/decisions": {"verdict": "approve", "opinion": "同意", "digest": "0" * 64},
    "post /bank-files": {"file": {"name": "a.csv", "content": "5pel5pyfLOmHkeminQoyMDI2LTExLTIwLDEK"}},
    "post /webhooks": {"url": "https://hooks.example/x", "events": ["approval.decided"]},
    "put /webhooks/{webhook_id}": {"is_active": False, "events": ["approval.decided"]},
    **catalog.BODIES,
    **loan_calls.BODIES,
    **debits.BODIES,
    **customers.BODIES,
    **applications.BODIES,
    **quotes.BODIES,
    **underwriting.BODIES,
    **papers.BODIES,
    **custody.BODIES,
    **reception.BODIES,
    **collection.BODIES,
}
"""What an operation wants to be sent, so that it is refused for the right reason."""


def ask(operation: Operation, values: dict[str, Any], secret: str, named: dict[str, Any] | None = None) -> HttpResponse:
    client = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)
    url = operation.url(values)
    if operation.method == "get":
        return client.get(url)
    body = json.dumps(BODIES.get(f"{operation.method} {operation.path}", {}) | (named or {}))
    headers = {"Idempotency-Key": "matrix-key-1"}
    return getattr(client, operation.method)(url, body, content_type="application/json", headers=headers)


def by_body(operation: Operation, key: str, secret: str, house: House) -> list[int]:
    """What is answered where the body names a record of one's own store, and one of another."""
    found, (where, name) = [], BY_BODY[key]
    for store in (house.here, house.there):
        (number,) = house.of_store(where, store).values()
        with nothing_stays():
            found.append(ask(operation, {}, secret, {name: number}).status_code)
    return found


def secret_of(staff: Staff) -> str:
    """A token with every scope there is: what it may do is then what its person may do."""
    expires_at, every = clock.now() + timedelta(days=1), tuple(table().permissions)
    new = token_make(user_id=staff.user_id, name="t", scopes=every, expires_at=expires_at, actor=system("test"))
    return new.secret


@pytest.mark.parametrize("role", ROLES)
def test_operations_of_the_interface_follow_the_same_table(role: Role, house: House) -> None:
    staff = house.people[role]
    secret, away = secret_of(staff), secret_of(house.away[role])
    assert operations()
    before = rows()
    for operation in operations():
        reach, key = table().reach_of(role, right_of(operation)), f"{operation.method} {operation.path}"
        if reach is None:
            for values in house.everything(key, staff):
                answer = ask(operation, values, secret)
                assert answer.status_code == 403, (operation, role, answer.content)
            continue
        if key in BY_BODY:
            found = by_body(operation, key, secret, house)
            assert (found[0] in REFUSED, found[1] in REFUSED) == (reach is Reach.OWN, True), (operation, role, found)
            continue
        own_values = house.everything(key, staff)[0]
        with nothing_stays():
            own = ask(operation, own_values, secret).status_code
        if key in OF_STORE:
            assert (own in REFUSED) == (reach is Reach.OWN), (operation, role, own)
            assert ask(operation, house.of_store(key, house.there), secret).status_code in REFUSED
        elif key in OF_PERSON:
            assert own not in REFUSED, (operation, role, own)
            for other in house.targets.values():
                assert ask(operation, house.of_person(key, other), secret).status_code in REFUSED, (operation, role)
        else:
            assert own not in REFUSED, (operation, role, own)
            with nothing_stays():
                assert ask(operation, own_values, away).status_code == own, (operation, role)
    assert rows() == before
