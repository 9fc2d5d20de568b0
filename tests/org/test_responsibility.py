"""The responsibility map: exactly one accountable role for each stage, and no publishing while a place is vacant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from chedai.org import responsibility, stages
from chedai.org.models import Responsibility, RoleGrant, Staff
from chedai.org.permissions import Words
from chedai.org.responsibility import Duty
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusals
from tests import cast
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

TODAY = date(2026, 11, 20)
MAP = {"quote": "officer", "approve": "approver"}


@pytest.fixture(autouse=True)
def two_stages() -> Iterator[None]:
    before = stages.stages()
    stages.install({"quote": Words("报价", "quoting"), "approve": Words("批复", "approving")})
    yield
    stages.install(before)


@pytest.fixture
def boss() -> Actor:
    return cast.acting(cast.person("zhou", "周合", cast.store(), "compliance", everywhere=True))


@pytest.fixture
def lin() -> Staff:
    return cast.person("lin", "林晓", cast.store(), "officer")


@pytest.fixture
def he() -> Staff:
    return cast.person("he", "何风", cast.store(), "approver", everywhere=True)


def publish(boss: Actor, roles: dict[str, str] | None = None, version: int = 0) -> int:
    store_id = cast.store().pk
    return responsibility.responsibility_publish(store_id=store_id, roles=roles or MAP, version=version, actor=boss)


def refused(boss: Actor, roles: dict[str, str]) -> list[tuple[str | None, str]]:
    before = (Responsibility.objects.count(), AuditEntry.objects.count())
    with pytest.raises(Refusals) as refusal:
        publish(boss, roles)
    assert (Responsibility.objects.count(), AuditEntry.objects.count()) == before
    return [(one.field, one.zh) for one in refusal.value.refusals]


def test_a_map_is_published_and_read_stage_by_stage(boss: Actor, lin: Staff, he: Staff) -> None:
    store_id = cast.store().pk
    assert responsibility.responsibility_map(store_id, TODAY) == [Duty("quote", "", 0), Duty("approve", "", 0)]
    assert publish(boss) == 1
    assert responsibility.responsibility_map(store_id, TODAY) == [
        Duty("quote", "officer", 1),
        Duty("approve", "approver", 1),
    ]
    assert responsibility.responsibility_map(cast.store("B1", "城西店").pk, TODAY)[0].role == ""


def test_a_stage_without_a_role_keeps_the_map_from_being_published(boss: Actor, lin: Staff) -> None:
    assert refused(boss, {"quote": "officer", "approve": ""}) == [("approve", "“批复”没有负责角色")]
    assert refused(boss, {"quote": "king", "approve": ""})[0] == ("quote", "“报价”没有负责角色")


def test_a_role_nobody_holds_there_keeps_it_too(boss: Actor, lin: Staff) -> None:
    assert refused(boss, MAP) == [("approve", "“批复”的负责角色风控审批在本店无人担任")]


def test_a_stage_nobody_knows_is_refused(boss: Actor, lin: Staff, he: Staff) -> None:
    assert refused(boss, MAP | {"party": "officer"}) == [(None, "没有这个环节：party")] or refused(
        boss, MAP | {"party": "officer"}
    ) == [(None, "没有这个环节：party")]


def test_the_place_of_somebody_who_left_is_vacant(boss: Actor, lin: Staff, he: Staff) -> None:
    publish(boss)
    Staff.objects.filter(pk=he.pk).update(left_on=TODAY)
    assert responsibility.responsibility_map(cast.store().pk, TODAY)[1].is_vacant
    RoleGrant.objects.filter(staff=lin).update(until=date(2026, 11, 19))
    assert responsibility.responsibility_map(cast.store().pk, TODAY)[0].is_vacant
    with pytest.raises(Refusals):
        publish(boss, version=1)


def test_a_new_version_takes_the_place_of_the_old_which_stays_to_be_read(boss: Actor, lin: Staff, he: Staff) -> None:
    publish(boss)
    Responsibility.objects.update(since=date(2026, 1, 1))
    assert publish(boss, {"quote": "approver", "approve": "approver"}, version=1) == 2
    store_id = cast.store().pk
    assert responsibility.responsibility_map(store_id, TODAY)[0].role == "approver"
    assert responsibility.responsibility_map(store_id, date(2026, 6, 1))[0].role == "officer"
    assert Responsibility.objects.filter(until=None).count() == 2


def test_who_saw_an_older_map_does_not_overwrite_a_newer_one(boss: Actor, lin: Staff, he: Staff) -> None:
    publish(boss)
    with pytest.raises(Conflict):
        publish(boss, version=0)
    with pytest.raises(NotFound):
        responsibility.responsibility_publish(store_id=0, roles=MAP, version=0, actor=boss)


def test_of_two_who_publish_at_once_one_does(boss: Actor, lin: Staff, he: Staff) -> None:
    results = race(lambda n: publish(boss), 4)
    assert sorted(str(type(r).__name__) for r in results) == ["Conflict", "Conflict", "Conflict", "int"]
