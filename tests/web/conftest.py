"""A house with people in it, and a browser without a screen for each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from django.test import Client

from chedai.org.models import AuthorityLimit, Staff, Store, Team
from chedai.platform import clock
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.services import approval_request
from tests import cast
from tests.conftest import MOMENT

SINCE = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class House:
    """Two stores, a team, and who works there."""

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


@pytest.fixture
def house(db: None) -> Iterator[House]:
    with clock.frozen(MOMENT):
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
        limit = {"action": "price.deviation", "since": SINCE, "deviation": 200}
        AuthorityLimit.objects.create(role="manager", amount=20_000_000, **limit)
        AuthorityLimit.objects.create(role="approver", amount=100_000_000, **limit)
        yield made


@pytest.fixture
def browse() -> Callable[[Staff], Client]:
    """A client with this person signed in."""

    def open_for(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff.user)
        return client

    return open_for


@pytest.fixture
def ask(house: House) -> Callable[..., Approval]:
    """The officer asks for an approval."""

    def make(number: int = 1, amount: int = 10_000_000, steps: tuple[str, ...] = ("manager",)) -> Approval:
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

    return make
