"""Staff join, take roles that do not conflict, lose them, and leave in one act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from chedai.org import authority, handover, services
from chedai.org.access import access_of
from chedai.org.handover import Belongings
from chedai.org.models import AuthorityLimit, RoleGrant, Staff
from chedai.platform.actors import Actor
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict, NotFound, Refusal
from tests import cast
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]

TODAY = date(2026, 11, 20)


@pytest.fixture
def admin() -> Actor:
    return cast.acting(cast.person("admin", "管理员", cast.store(), "admin", everywhere=True))


def refused(code: str, **call: object) -> None:
    before = (RoleGrant.objects.count(), AuditEntry.objects.count())
    with pytest.raises(Refusal) as refusal:
        services.role_grant(**call)  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert (RoleGrant.objects.count(), AuditEntry.objects.count()) == before


def test_somebody_joins_and_gets_a_role(admin: Actor) -> None:
    staff = services.staff_join(
        number="A007", name="林晓", username="Lin", home_id=cast.store().pk, joined_on=TODAY, actor=admin
    )
    services.role_grant(staff_id=staff.pk, role="officer", store_id=staff.home_id, actor=admin)
    assert access_of(staff.user_id).roles == {"officer"}
    assert (staff.user.username, staff.user.has_usable_password()) == ("lin", False)
    bodies = b"".join(bytes(b) for b in AuditEntry.objects.values_list("body", flat=True)).decode()
    assert "林晓" not in bodies
    assert list(AuditEntry.objects.order_by("seq").values_list("action", flat=True)) == [
        "account.opened",
        "staff.joined",
        "role.granted",
    ]


@pytest.mark.parametrize(
    ("fact", "field"), [({"number": "N001"}, "number"), ({"home_id": 0}, "home"), ({"username": "ADMIN"}, "username")]
)
def test_a_number_a_name_or_a_store_that_cannot_be_is_refused(
    admin: Actor, fact: dict[str, object], field: str
) -> None:
    Staff.objects.update(number="N001")
    given = {"number": "A7", "name": "林晓", "username": "lin", "home_id": cast.store().pk, "joined_on": TODAY, **fact}
    with pytest.raises(Refusal) as refusal:
        services.staff_join(actor=admin, **given)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert Staff.objects.count() == 1


@pytest.mark.parametrize(("held", "wanted"), [("officer", "approver"), ("approver", "finance"), ("auditor", "admin")])
def test_roles_that_exclude_each_other_are_refused_in_the_same_store(admin: Actor, held: str, wanted: str) -> None:
    here = cast.store()
    staff = cast.person("lin", "林晓", here, held)
    for store_id in (here.pk, None):
        refused("roles-conflict", staff_id=staff.pk, role=wanted, store_id=store_id, actor=admin)


def test_in_another_store_the_same_person_may_hold_the_other_role(admin: Actor) -> None:
    staff, there = cast.person("lin", "林晓", cast.store(), "officer"), cast.store("B1", "城西店")
    services.role_grant(staff_id=staff.pk, role="approver", store_id=there.pk, actor=admin)
    assert access_of(staff.user_id).roles == {"officer", "approver"}


def test_the_refusal_says_which_roles_and_why(admin: Actor) -> None:
    staff = cast.person("lin", "林晓", cast.store(), "officer")
    with pytest.raises(Refusal) as refusal:
        services.role_grant(staff_id=staff.pk, role="approver", store_id=None, actor=admin)
    assert refusal.value.zh == "金融专员与风控审批不得由同一人担任：审贷分离：经办与审批不得为同一人"


def test_nobody_grants_a_role_to_themselves_or_to_who_left(admin: Actor) -> None:
    me, gone = Staff.objects.get(), cast.person("gone", "旧人", cast.store())
    Staff.objects.filter(pk=gone.pk).update(left_on=TODAY)
    refused("own-role", staff_id=me.pk, role="manager", store_id=None, actor=admin)
    refused("staff-left", staff_id=gone.pk, role="manager", store_id=None, actor=admin)
    refused("no-such-role", staff_id=cast.person("a", "甲", cast.store()).pk, role="king", store_id=None, actor=admin)
    refused("no-such-staff", staff_id=0, role="manager", store_id=None, actor=admin)


def test_of_two_conflicting_grants_at_once_one_is_given(admin: Actor) -> None:
    staff = cast.person("lin", "林晓", cast.store())
    wanted = ("officer", "approver", "officer", "approver")
    race(lambda n: services.role_grant(staff_id=staff.pk, role=wanted[n], store_id=None, actor=admin), 4)
    assert RoleGrant.objects.filter(staff=staff).count() == 1


def test_a_role_is_taken_back_at_once_and_once(admin: Actor) -> None:
    staff = cast.person("lin", "林晓", cast.store(), "officer")
    grant = RoleGrant.objects.get(staff=staff)
    services.role_withdraw(grant_id=grant.pk, reason="转岗", actor=admin)
    assert access_of(staff.user_id).grants == ()
    with pytest.raises(Conflict):
        services.role_withdraw(grant_id=grant.pk, reason="转岗", actor=admin)


def limit(role: str, amount: int, deviation: int = 0, **other: object) -> AuthorityLimit:
    given = {"action": "rate.override", "actor": cast.acting(Staff.objects.all()[0]), **other}
    return services.authority_set(role=role, amount=amount, deviation=deviation, **given)  # type: ignore[arg-type]


@pytest.mark.usefixtures("admin")
def test_a_request_climbs_to_the_first_authority_that_suffices() -> None:
    limit("manager", 20_000_000, 50)
    limit("approver", 50_000_000, 200)

    def steps(amount: int, deviation: int) -> tuple[str, ...]:
        return authority.steps_for("rate.override", amount=amount, deviation=deviation, store_id=None, on=TODAY)

    assert steps(20_000_000, 50) == ("manager",)
    assert steps(20_000_001, 0) == ("manager", "approver")
    assert steps(1, 51) == ("manager", "approver")
    with pytest.raises(Refusal) as refusal:
        steps(50_000_001, 0)
    assert refusal.value.zh == "没有人的审批权限足够：金额 500,000.01 元，偏离 0 基点"


@pytest.mark.usefixtures("admin")
def test_a_persons_own_limit_replaces_that_of_the_role() -> None:
    limit("manager", 20_000_000)
    here = cast.store()
    new, old = (cast.person(name, name, here, "manager") for name in ("new", "old"))
    limit("manager", 5_000_000, staff_id=new.pk)

    def may(staff: Staff, amount: int) -> frozenset[str]:
        access = access_of(staff.user_id)
        return authority.capacities(access, "rate.override", amount=amount, deviation=0, store_id=here.pk, on=TODAY)

    assert may(old, 20_000_000) == may(new, 5_000_000) == {"manager"}
    assert may(new, 5_000_001) == frozenset()
    elsewhere = cast.store("B1", "城西店").pk
    access = access_of(old.user_id)
    assert not authority.capacities(access, "rate.override", amount=1, deviation=0, store_id=elsewhere, on=TODAY)


@pytest.mark.usefixtures("admin")
def test_a_new_limit_ends_the_one_before_and_history_stays() -> None:
    limit("manager", 20_000_000)
    AuthorityLimit.objects.update(since=date(2026, 1, 1))
    limit("manager", 30_000_000)
    limit("manager", 25_000_000)
    assert list(AuthorityLimit.objects.order_by("since").values_list("amount", "until")) == [
        (20_000_000, date(2026, 11, 19)),
        (25_000_000, None),
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"role": "king"}, "no-such-role"), ({"amount": -1}, "limit-negative"), ({"deviation": -1}, "limit-negative")],
)
def test_a_limit_that_makes_no_sense_is_refused(admin: Actor, wrong: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        limit(**{"role": "manager", "amount": 1, **wrong})  # type: ignore[arg-type]
    assert refusal.value.code == code
    with pytest.raises(Refusal) as refusal:
        limit("manager", 1, staff_id=Staff.objects.get().pk)
    assert refusal.value.code == "own-authority"


@pytest.fixture
def customers() -> Iterator[dict[int, int]]:
    """Who has how many customers."""
    owned: dict[int, int] = {}

    def move(giver: int, taker: int, actor: Actor) -> int:
        owned[taker] = owned.get(taker, 0) + owned.get(giver, 0)
        return owned.pop(giver, 0)

    before = handover.belongings()
    handover.install({"customers": Belongings("客户", "customers", lambda staff: owned.get(staff, 0), move)})
    yield owned
    handover.install(before)


def leave(leaver: Staff, successor: Staff, actor: Actor) -> dict[str, int]:
    return services.staff_leave(staff_id=leaver.pk, successor_id=successor.pk, left_on=TODAY, actor=actor)


def test_who_leaves_hands_everything_over_in_one_act(admin: Actor, customers: dict[int, int]) -> None:
    leaver, successor = (cast.person(name, name, cast.store(), "officer") for name in ("lin", "wu"))
    customers[leaver.pk] = 37
    assert leave(leaver, successor, admin) == {"customers": 37}
    assert customers == {successor.pk: 37}
    leaver.refresh_from_db()
    assert (leaver.left_on, leaver.user.is_active, access_of(leaver.user_id).grants) == (TODAY, False, ())
    with pytest.raises(Conflict):
        leave(leaver, successor, admin)


def test_if_anything_is_left_behind_nothing_has_happened(admin: Actor, customers: dict[int, int]) -> None:
    leaver, successor = (cast.person(name, name, cast.store(), "officer") for name in ("lin", "wu"))
    customers[leaver.pk] = 37
    handover.install({"customers": Belongings("客户", "customers", customers.__getitem__, lambda *_: 0)})
    with pytest.raises(RuntimeError, match="not handed over"):
        leave(leaver, successor, admin)
    leaver.refresh_from_db()
    assert (leaver.left_on, leaver.user.is_active) == (None, True)


@pytest.mark.usefixtures("customers")
def test_the_successor_is_another_person_who_is_here(admin: Actor) -> None:
    leaver, gone = (cast.person(name, name, cast.store()) for name in ("lin", "wu"))
    Staff.objects.filter(pk=gone.pk).update(left_on=TODAY)
    for successor in (leaver, gone):
        with pytest.raises(Refusal) as refusal:
            leave(leaver, successor, admin)
        assert refusal.value.field == "successor"
    with pytest.raises(NotFound):
        services.staff_leave(staff_id=leaver.pk, successor_id=999, left_on=TODAY, actor=admin)
