"""A house with people in it, for the tests of the screens: two stores, a team, a person for each role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chedai.org.models import AuthorityLimit, Staff, Store, Team
from chedai.org.permissions import table
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.services import approval_request
from tests import cast

SINCE = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class House:
    """Who works where."""

    east: Store
    west: Store
    team: Team
    officer: Staff
    colleague: Staff
    manager: Staff
    approver: Staff
    admin: Staff
    auditor: Staff
    nobody: Staff


def build() -> House:
    """The house, with limits of authority for one kind of approval."""
    east, west = cast.store(), cast.store("B2", "城西店")
    team = Team.objects.create(store=east, name="一组")
    made = House(
        east,
        west,
        team,
        officer=cast.person("lin", "林晓", east, "officer"),
        colleague=cast.person("zhou", "周敏", east, "officer"),
        manager=cast.person("xu", "许宁", east, "manager"),
        approver=cast.person("wu", "吴敏", east, "approver"),
        admin=cast.person("hang", "周航", east, "admin", everywhere=True),
        auditor=cast.person("shen", "沈涛", west, "auditor", everywhere=True),
        nobody=cast.person("qin", "秦朗", west),
    )
    Staff.objects.filter(pk__in=[made.officer.pk, made.colleague.pk]).update(team=team)
    for role, amount in (("manager", 20_000_000), ("approver", 100_000_000)):
        AuthorityLimit.objects.create(action="price.deviation", since=SINCE, deviation=200, role=role, amount=amount)
    return made


def chief(house: House) -> Staff:
    """Somebody with every role, which the rules of the house would never allow: opens every page for the tests."""
    return cast.person("jiang", "蒋总", house.east, *table().roles, everywhere=True)


def approval(
    house: House, number: int = 1, amount: int = 10_000_000, steps: tuple[str, ...] = ("manager",)
) -> Approval:
    """The officer asks for an approval."""
    return approval_request(
        action="price.deviation",
        subject=f"quote:{number}",
        document={"rate": "5.28%", "reason": "二次购车"},
        steps=steps,
        amount=amount,
        deviation=60,
        unit=house.east.pk,
        actor=cast.acting(house.officer),
    )
