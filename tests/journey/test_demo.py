"""The demo group: every stage there, everything conserved. A small one, built as the large one is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from django.contrib.auth.hashers import check_password
from django.db.models import Count, Sum
from stdnum.cn import ric

from chedai.catalog.vehicles.rules import vin_refusal
from chedai.crm.customers.models import Customer
from chedai.deals.disbursement.models import PayoutOrder
from chedai.deals.pipeline.models import Deal
from chedai.journey.demo import building
from chedai.journey.demo.building import ENDINGS, Ending, demo_build, demo_logins, lenders_answer_at
from chedai.journey.demo.house import PASSWORD
from chedai.journey.demo.people import person, vin
from chedai.org.models import Staff, Store
from chedai.platform import clock
from chedai.platform.accounts.models import User
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.services import log_verify
from chedai.platform.errors import Conflict
from tests.conftest import MOMENT

pytestmark = pytest.mark.django_db

SMALL = tuple(Ending(one.name, 2, one.most, one.least) for one in ENDINGS)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> Iterator[building.Built]:
    """Two deals for each ending, and twelve people beside."""
    monkeypatch.setattr(building, "ENDINGS", SMALL)
    monkeypatch.setattr(building, "CUSTOMERS", 32)
    heard: list[tuple[str, int, int]] = []
    with clock.frozen(MOMENT):
        made = demo_build(lambda *told: heard.append(told))
        assert heard[0] == ("house", 1, 1)
        assert heard[-1] == ("customers", 12, 12)
        yield made


def test_the_sizes_of_the_group_are_those_it_promises() -> None:
    assert sum(one.count for one in ENDINGS) == 150
    assert building.CUSTOMERS == 400


def test_a_deal_stands_at_every_stage(built: building.Built) -> None:
    assert (Store.objects.count(), Staff.objects.count(), Customer.objects.count()) == (3, 25, 32)
    counted = dict(Deal.objects.values_list("stage").annotate(Count("pk")))
    assert set(counted) == {
        "quote",
        "application",
        "decision",
        "contract",
        "disbursement",
        "collateral",
        "complete",
    }
    assert {"open", "funded", "lost"} == set(Deal.objects.values_list("state", flat=True))


def test_what_was_paid_out_is_what_was_lent(built: building.Built) -> None:
    funded = Deal.objects.filter(state="funded")
    paid = PayoutOrder.objects.filter(deal__in=funded, state="released")
    assert paid.count() == funded.count() == 4
    assert paid.aggregate(n=Sum("amount"))["n"] == funded.aggregate(n=Sum("amount"))["n"]


def test_the_log_of_the_year_is_sound_and_no_step_lies_ahead(built: building.Built) -> None:
    assert log_verify().findings == ()
    assert not AuditEntry.objects.filter(at__gt=MOMENT).exists()


def test_somebody_of_each_role_may_sign_in(built: building.Built) -> None:
    roles = {role.split()[-1] for _, _, role in demo_logins()}
    assert len(demo_logins()) == 9
    assert len(roles) == 9
    assert all(check_password(PASSWORD, user.password) for user in User.objects.all()[:1])


def test_it_is_built_once(built: building.Built) -> None:
    with pytest.raises(Conflict):
        demo_build(lambda *told: None)
    assert Staff.objects.count() == 25


def test_partners_answer_at_the_sandbox(built: building.Built) -> None:
    assert lenders_answer_at("http://127.0.0.1:8901", "secret-of-both-sides") == 6


def test_invented_people_pass_every_check() -> None:
    made = [person(Random(number), number) for number in range(400)]
    assert len({one.id_number for one in made}) == len({one.phone for one in made}) == 400
    assert all(ric.is_valid(one.id_number) for one in made)
    assert all(re.fullmatch(r"1[3-9]\d{9}", one.phone) for one in made)
    assert all(vin_refusal(vin(number)) is None for number in range(200))
