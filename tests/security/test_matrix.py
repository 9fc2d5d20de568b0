"""The permission matrix: every address and every operation, every role, own store and another, against the table.

A new address without a lock fails here; so does one that holds a record and is not named in `RECORDS` or `UNBOUND`.
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

from chedai.org import reviews, stages
from chedai.org.models import RoleGrant, Staff, Store
from chedai.org.permissions import Reach, Words, table
from chedai.platform import clock
from chedai.platform.accounts.tokens import token_make
from chedai.platform.actors import system
from chedai.platform.approvals.models import Approval
from tests import cast
from tests.security.addresses import Operation, Screen, operations, screens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

ROLES: Final = tuple(table().roles)

EXCLUDED: Final = {
    "healthz": "says only whether the system is well; a load balancer has no account",
    "readyz": "says only whether the system is ready; a load balancer has no account",
    "metrics": "guarded by its own token, for the monitoring of the house",
}
"""Addresses outside the table, and why."""

UNBOUND: Final = {
    "draft": "drafts are found by who asks",
    "draft_drop": "drafts are found by who asks",
    "own_session_end": "sessions are found by who asks",
    "own_token_revoke": "tokens are found by who asks",
    "mfa_remove_webauthn": "keys are found by who asks",
    "mfa_edit_webauthn": "keys are found by who asks",
    "approval_withdraw": "only who asked for it withdraws it",
    "approval_paper": "needs a paper of the approval",
    "audit_entry": "the log belongs to no store",
    "job_retry": "jobs belong to no store",
    "job_cancel": "jobs belong to no store",
    "policy": "policies hold for the whole group",
    "policy_file": "policies hold for the whole group",
    "policy_compare": "policies hold for the whole group",
    "policy_file_write": "policies hold for the whole group",
    "policy_draft": "policies hold for the whole group",
    "policy_draft_edit": "policies hold for the whole group",
    "policy_draft_submit": "policies hold for the whole group",
    "policy_draft_withdraw": "policies hold for the whole group",
    "import_template": "a template belongs to no store",
    "import": "a batch asks for the right of its kind as well: tests of the imports",
    "import_progress": "a batch asks for the right of its kind as well: tests of the imports",
    "import_bad": "a batch asks for the right of its kind as well: tests of the imports",
    "import_write": "a batch asks for the right of its kind as well: tests of the imports",
    "import_undo": "a batch asks for the right of its kind as well: tests of the imports",
}
"""Addresses with a number in them that is not a record of a store, and why."""


class House:
    """Two stores with the same things in each, and a person for every role in the first."""

    def __init__(self) -> None:
        self.here, self.there = cast.store(), cast.store("B1", "城西店")
        stages.install({"quote": Words("报价", "quoting")})
        self.people = {role: cast.person(f"r-{role}", role, self.here, role) for role in ROLES}
        self.records = {store.pk: self._records(store) for store in (self.here, self.there)}

    def _records(self, store: Store) -> dict[str, dict[str, int]]:
        target = cast.person(f"target-{store.pk}", "目标", store, "officer")
        grant = RoleGrant.objects.get(staff=target)
        admin = cast.acting(self.people["compliance"])
        review = reviews.review_begin(store_id=store.pk, actor=admin)
        line = review.lines.get(grant=grant)
        approval = self._approval(target, store)
        person = {"pk": target.pk}
        return {
            **dict.fromkeys(("staff_one", "staff_describe", "staff_grant", "staff_leave", "staff_factors"), person),
            **dict.fromkeys(("staff_unlock", "staff_sign_out", "staff_link"), person),
            "grant_withdraw": {"pk": grant.pk},
            "review": {"pk": review.pk},
            "review_close": {"pk": review.pk},
            "review_withdraw": {"pk": line.pk},
            "duties_publish": {"pk": store.pk},
            "approval": {"approval_id": approval.pk},
            "get /approvals/{approval_id}": {"approval_id": approval.pk},
        }

    def _approval(self, by: Staff, store: Store) -> Approval:
        return Approval.objects.create(
            action="rate.override",
            subject="deal:1",
            unit=store.pk,
            frozen=b"{}",
            digest="0" * 64,
            steps=["approver"],
            requested_by_id=by.user_id,
            requested_at=clock.now(),
        )


@pytest.fixture
def house() -> Iterator[House]:
    cache.clear()
    before = stages.stages()
    yield House()
    stages.install(before)


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


def client_of(staff: Staff) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff.user)
    return client


def call(client: Client, url: str) -> HttpResponse:
    """The page; or, where the address only takes something, what it says to nothing."""
    answer = client.get(url)
    return client.post(url) if answer.status_code == 405 else answer


def test_every_address_has_a_lock_or_a_reason_to_have_none() -> None:
    bare = {s.name: s.route for s in screens() if s.lock is None and s.name not in EXCLUDED}
    assert bare == {}
    assert {o.path for o in operations() if o.lock is None or o.lock.permission is None or not o.needs_token} == set()
    silent = [s.name for s in screens() if s.lock and s.lock.permission is None and not s.lock.open_because]
    assert silent == []


def test_every_address_with_a_record_says_which(house: House) -> None:
    named = house.records[house.here.pk].keys() | UNBOUND.keys()
    holding = {s.name for s in locked() if s.parameters}
    assert holding - named == set()


def test_nobody_comes_in_without_signing_in(house: House) -> None:
    before = rows()
    for screen in locked():
        url = screen.url(house.records[house.here.pk].get(screen.name, {}))
        for answer in (Client().get(url), Client().post(url)):
            outside = answer.status_code == 405 or answer.get("Location", "").startswith("/accounts/login/")
            assert outside, (screen.name, answer.status_code)
    for operation in operations():
        answer = getattr(Client(), operation.method)(operation.url({}))
        assert answer.status_code == 401, operation
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_right_is_refused_and_nothing_changes(role: str, house: House) -> None:
    client = client_of(house.people[role])
    refused = [s for s in locked() if table().reach_of(role, str(s.lock and s.lock.permission)) is None]
    assert refused
    before = rows()
    for screen in refused:
        for store in (house.here, house.there):
            url = screen.url(house.records[store.pk].get(screen.name, {}))
            for answer in (client.get(url), client.post(url)):
                assert answer.status_code in (403, 405), (screen.name, role, answer.status_code)
            assert 403 in (client.get(url).status_code, client.post(url).status_code), (screen.name, role)
    assert rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_a_role_with_the_right_comes_in_in_its_own_store_and_not_in_another(role: str, house: House) -> None:
    client = client_of(house.people[role])
    for screen in locked():
        reach = table().reach_of(role, str(screen.lock and screen.lock.permission))
        if reach is None:
            continue
        if screen.name not in house.records[house.here.pk]:
            with nothing_stays():
                assert call(client, screen.url({})).status_code != 403, (screen.name, role)
            continue
        with nothing_stays():
            own = call(client, screen.url(house.records[house.here.pk][screen.name])).status_code
        # The record belongs to somebody else of the store: who reaches only their own does not reach it.
        assert (own in (403, 404)) == (reach is Reach.OWN), (screen.name, role, own)
        before = rows()
        url = screen.url(house.records[house.there.pk][screen.name])
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code in (403, 404, 405), (screen.name, role, answer.status_code)
        assert rows() == before


BODIES: Final[dict[str, Any]] = {
    "post /approvals/{approval_id}/decisions": {"verdict": "approve", "opinion": "同意", "digest": "0" * 64},
    "post /webhooks": {"url": "https://hooks.example/x", "events": ["approval.decided"]},
    "put /webhooks/{webhook_id}": {"is_active": False, "events": ["approval.decided"]},
}
"""What an operation wants to be sent, so that it is refused for the right reason."""


def ask(operation: Operation, url: str, secret: str) -> HttpResponse:
    client = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)
    if operation.method == "get":
        return client.get(url)
    body = json.dumps(BODIES.get(f"{operation.method} {operation.path}", {}))
    headers = {"Idempotency-Key": "matrix-key-1"}
    return getattr(client, operation.method)(url, body, content_type="application/json", headers=headers)


@pytest.mark.parametrize("role", ROLES)
def test_operations_of_the_interface_follow_the_same_table(role: str, house: House) -> None:
    staff = house.people[role]
    expires_at, every = clock.now() + timedelta(days=1), tuple(table().permissions)
    by = system("test")
    secret = token_make(user_id=staff.user_id, name="t", scopes=every, expires_at=expires_at, actor=by).secret
    assert operations()
    for operation in operations():
        reach = table().reach_of(role, str(operation.lock and operation.lock.permission))
        key = f"{operation.method} {operation.path}"
        of = {store.pk: house.records[store.pk].get(key, {}) for store in (house.here, house.there)}
        before = rows()
        if reach is None:
            for values in of.values():
                answer = ask(operation, operation.url(values), secret)
                assert answer.status_code == 403, (operation, role, answer.content)
            assert rows() == before
            continue
        with nothing_stays():
            own = ask(operation, operation.url(of[house.here.pk]), secret).status_code
        if not of[house.here.pk]:
            assert own != 403, (operation, role)
            continue
        assert (own in (403, 404)) == (reach is Reach.OWN), (operation, role, own)
        assert ask(operation, operation.url(of[house.there.pk]), secret).status_code in (403, 404)
        assert rows() == before
