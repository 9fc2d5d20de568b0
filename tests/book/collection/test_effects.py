"""What each arm brought, counted by hand beside; agencies that must be reviewed before they get a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q

from chedai.book.collection.effects import Effect, HeldOut, Helped, effects, helped
from chedai.book.collection.models import PlanLine
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.book.collection.services.outside import (
    agency_open,
    agency_review,
    case_place,
    placement_recall,
    review_due,
)
from chedai.book.collection.services.planning import collection_plan
from chedai.book.collection.states import Group
from chedai.platform import clock
from chedai.platform.errors import Refusal
from tests.book.collection import book
from tests.book.collection.book import CLOSE, INSTALMENT, MORNING, TODAY, Desk
from tests.cast import acting

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    return book.desk()


def test_an_arm_is_judged_by_what_its_cases_brought_and_cost(desk: Desk) -> None:
    with clock.frozen(MORNING):
        cases = [book.planned(book.late_loan(desk, n)) for n in (1, 2, 3)]
        PlanLine.objects.update(segment="m1", arm="champion")
        for case in cases[:2]:
            made = contact_begin(case_id=case.pk, number_id=book.own_number(case).pk, actor=acting(desk.collector))
            promised = {"promise_amount": INSTALMENT, "promise_on": TODAY + DAY}
            contact_result(contact_id=made.pk, result="promise", actor=acting(desk.collector), **promised)  # type: ignore[arg-type]
        book.pay(cases[0].loan, INSTALMENT, TODAY + DAY, cures=True)
        book.pay(cases[1].loan, 100_000, TODAY)
        book.fall_late(cases[2].loan, cases[2].since, "M2", 2)
    with clock.frozen(MORNING + 2 * DAY):
        collection_plan(day=TODAY + 2 * DAY, actor=CLOSE)
        found = effects(Q(), TODAY, TODAY + 2 * DAY)
    assert found == [
        Effect(
            segment="m1",
            arm="champion",
            cases=3,
            cured=1,
            rolled=1,
            promised=2,
            kept=1,
            received=INSTALMENT + 100_000,
            cost=600,  # two calls
        )
    ]
    assert found[0].few


def test_an_agency_gets_no_case_without_a_review_that_passed_and_is_not_overdue(desk: Desk) -> None:
    with clock.frozen(MORNING):
        case = book.planned(book.late_loan(desk))
        actor = acting(desk.manager)
        facts = {"code": "W1", "name": "安信", "fee_rate": 0, "listed": True, "actor": actor}
        agency = agency_open(contract_from=date(2026, 1, 1), contract_until=date(2028, 6, 30), **facts)  # type: ignore[arg-type]

        def place() -> str:
            with pytest.raises(Refusal) as refused:
                case_place(case_id=case.pk, agency_id=agency.pk, until=date(2027, 12, 1), actor=actor)
            return refused.value.code

        assert place() == "agency-not-passed"
        points = {"conduct_points": 59, "recovery": 99, "complaints": 99}
        agency_review(agency_id=agency.pk, conclusion="合规不足", actor=actor, **points)
        assert place() == "agency-not-passed"
    with clock.frozen(MORNING + DAY):
        points["conduct_points"] = 60
        agency_review(agency_id=agency.pk, conclusion="已整改", actor=actor, **points)
        assert review_due(agency, TODAY) == TODAY + DAY + 365 * DAY
        placed = case_place(case_id=case.pk, agency_id=agency.pk, until=date(2027, 12, 1), actor=actor)
        assert (place(), placed.overdue) == ("placed", INSTALMENT)
        collection_plan(day=TODAY + DAY, actor=CLOSE)
        assert not PlanLine.objects.filter(day=TODAY + DAY, case=case).exists()  # not in our queue meanwhile
        placement_recall(placement_id=placed.pk, reason="客户投诉", actor=actor)
        collection_plan(day=TODAY + DAY, actor=CLOSE)
        assert PlanLine.objects.filter(day=TODAY + DAY, case=case).exists()
    with clock.frozen(MORNING + 367 * DAY):
        assert place() == "agency-review-due"
    with clock.frozen(MORNING + 590 * DAY):
        assert place() == "agency-contract"


def test_what_calling_before_the_due_day_brings_is_told_once_both_groups_have_somebody() -> None:
    def told(*counts: tuple[int, int]) -> Helped:
        return helped(HeldOut(group, n, good) for group, (n, good) in zip(Group, counts, strict=True))

    assert told((40, 30), (0, 0)) == Helped(None, True)
    assert told((40, 30), (30, 15)) == Helped(250, False)
    assert told((40, 20), (29, 29)) == Helped(-500, True)
