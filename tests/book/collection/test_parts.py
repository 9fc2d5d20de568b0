"""The morning goes through the book in parts: one that is cut in the middle goes on where it stood, nothing double."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from chedai.book.collection.models import CollectionCase, DebtorNumber, Placement, PlanLine, PreDue, PromiseToPay
from chedai.book.collection.services import planning
from chedai.book.collection.services.outside import agency_open
from chedai.book.collection.services.planning import collection_plan
from chedai.book.loans.models import BucketMove, Loan
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.days.closing import NightStep, close_run
from chedai.platform.days.models import DayClose, DayStep
from tests.book.collection import book
from tests.book.collection.book import CLOSE, INSTALMENT, MORNING, TODAY, Desk
from tests.cast import acting

pytestmark = pytest.mark.django_db
BEFORE = TODAY - timedelta(1)
STEP = NightStep("collection", "催收计划", "the morning of collection", collection_plan)


@pytest.fixture
def loans(monkeypatch: pytest.MonkeyPatch) -> list[Loan]:
    """Seven loans and what a morning may find of them, the day before it: two to a part."""
    with clock.frozen(MORNING - timedelta(1)):
        desk = book.desk()
        loans = [book.late_loan(desk, n, today=BEFORE) for n in range(1, 5)]
        collection_plan(day=BEFORE, actor=CLOSE)
        book.pay(loans[0], INSTALMENT, BEFORE, cures=True)
        _promised(desk, loans[0], BEFORE)
        _promised(desk, loans[1], BEFORE)
        _placed(desk, loans[2])
        CollectionCase.objects.update(collector=desk.collector)
        CollectionCase.objects.filter(loan=loans[3]).update(collector=None, next_on=TODAY + timedelta(9))
        book.fall_late(loans[3], TODAY - timedelta(70), "M3", 3)
        loans += [book.late_loan(desk, n) for n in (5, 6, 7)]
        book.pay(loans[6], INSTALMENT, BEFORE, cures=True)
        BucketMove.objects.create(loan=loans[6], day=BEFORE, was="M0", now="M1", overdue=1, balance=1, missed=1)
        Loan.objects.filter(pk=loans[6].pk).update(due_day=(TODAY + timedelta(3)).day)
    monkeypatch.setattr(planning, "PART", 2)
    return loans


def _promised(desk: Desk, loan: Loan, due_on: date) -> None:
    case = CollectionCase.objects.get(loan=loan)
    CollectionCase.objects.filter(pk=case.pk).update(next_on=TODAY + timedelta(5))
    told = {"made_on": BEFORE, "due_on": due_on, "made_by": desk.collector, "made_at": clock.now()}
    PromiseToPay.objects.create(case=case, amount=INSTALMENT, **told)


def _placed(desk: Desk, loan: Loan) -> None:
    term = {"contract_from": date(2026, 1, 1), "contract_until": date(2026, 12, 31)}
    whose = {"code": "W1", "name": "安信", "fee_rate": 0, "listed": True, "actor": acting(desk.manager)}
    agency = agency_open(**term, **whose)  # type: ignore[arg-type]
    case, by = CollectionCase.objects.get(loan=loan), desk.manager.user
    told = {"placed_on": BEFORE, "until": BEFORE, "overdue": case.overdue, "placed_by": by}
    Placement.objects.create(case=case, agency=agency, **told)


def _state() -> dict[str, Any]:
    """Everything the morning writes, by loan: the keys that a part cut off has used up are not given out again."""
    whose = {CollectionCase: "loan", PlanLine: "case__loan", PromiseToPay: "case__loan", Placement: "case__loan"}
    state: dict[str, Any] = {}
    for model in (*whose, DebtorNumber, PreDue):
        names = [f.attname for f in model._meta.concrete_fields if f.name not in ("id", "case", "name", "phone")]
        state[model.__name__] = sorted(map(str, model.objects.values_list(*filter(None, (whose.get(model), *names)))))
    state["step"] = list(DayStep.objects.values_list("looked", "changed", "left_out", "parts"))
    state["audit"] = sorted(AuditEntry.objects.values_list("action", flat=True))
    return state


def _morning() -> None:
    with clock.frozen(MORNING):
        close_run(day=TODAY, steps=[STEP], actor=CLOSE, tell=lambda *told: None)


def test_a_morning_cut_in_each_of_its_parts_ends_as_one_that_was_not(
    loans: list[Loan], monkeypatch: pytest.MonkeyPatch
) -> None:
    planned_before = AuditEntry.objects.filter(action="collection.planned").count()
    with transaction.atomic():
        _morning()
        wanted = _state()
        transaction.set_rollback(True)
    record, cuts = planning.record, iter([True, False, True, False, True, False, True, False])

    def cut(**given: Any) -> None:
        record(**given)
        if next(cuts):
            raise KeyboardInterrupt  # all of the part is written by then

    monkeypatch.setattr(planning, "record", cut)
    ends = []
    while not DayClose.objects.filter(ended_at__isnull=False).exists():
        try:
            _morning()
        except KeyboardInterrupt:
            ends.append(DayStep.objects.get().after)
    assert ends == [0, loans[1].pk, loans[3].pk, loans[5].pk]
    assert _state() == wanted
    assert AuditEntry.objects.filter(action="collection.planned").count() == planned_before + 4
    before = _state()
    _morning()
    assert _state() == before


def test_each_part_does_all_there_is_to_do_for_its_loans(loans: list[Loan]) -> None:
    _morning()
    cases = {case.loan_id: case for case in CollectionCase.objects.all()}
    assert [cases[loan.pk].state for loan in loans[:6]] == ["closed", *["open"] * 5]
    assert loans[6].pk not in cases
    promises = {one.case.loan_id: (one.state, one.received) for one in PromiseToPay.objects.select_related("case")}
    assert promises == {loans[0].pk: ("kept", INSTALMENT), loans[1].pk: ("broken", 0)}
    assert Placement.objects.get().recalled_on == TODAY
    queued = set(PlanLine.objects.filter(day=TODAY).values_list("case__loan_id", flat=True))
    # the broken promise comes back the same morning, the case with a day ahead does not
    assert queued == {loans[n].pk for n in (1, 2, 4, 5)}
    assert (cases[loans[3].pk].bucket, cases[loans[3].pk].overdue) == ("M3", 3 * INSTALMENT)
    assert PreDue.objects.get().loan_id == loans[6].pk
    # two cases are in one hand: who comes later goes to the other until that has as many, in whatever part
    hands = [cases[loan.pk].collector for loan in loans[1:6]]
    assert [hand.user.username for hand in hands if hand] == ["tang", "tang", "he", "he", "tang"]
    assert DayStep.objects.get().parts == 4
