"""The morning, a step of the close: cases follow loans, promises are judged, strategies choose, queues are filled.

It goes through the book stretch by stretch, each in a transaction of its own; rows are read and written by columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from chedai.book.collection.models import CollectionCase, PlanLine, PromiseToPay
from chedai.book.collection.services.cases import cases_follow
from chedai.book.collection.services.numbers import numbers_prepare
from chedai.book.collection.services.outside import placements_end
from chedai.book.collection.services.pre_due import pre_due_list, pre_due_settle
from chedai.book.collection.services.promises import promises_judge
from chedai.book.collection.services.sharing import share_out
from chedai.book.collection.states import CaseState, PlacementState, PromiseState
from chedai.book.collection.strategies import Facing, Strategies, Strategy, chosen, strategies_on
from chedai.book.collection.stretches import Stretch, stretch_after
from chedai.book.loans.stripes import stripes_hold
from chedai.deals.underwriting.models import Assessment
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.report import StepReport
from chedai.platform.inserting import Column, rows_write
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.updating import rows_update
from chedai.platform.work import record, service

PART: Final = 2000
"""Cases in one part: who pays or works one of them meanwhile waits a moment only."""
_PLANNED: Final = ("grade", "segment", "arm", "strategy", "action", "script", "priority", "next_on", "collector_id")
_READ: Final = ("pk", "loan__number", "loan__deal_id", "customer_id", "store_id", "bucket", "overdue", *_PLANNED)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan may change of a case."""

    grade: str
    segment: str
    arm: str
    strategy: str
    action: str
    script: str
    priority: int
    next_on: date
    collector_id: int | None


@dataclass(slots=True)
class Case:
    """An open case as the morning finds it, `was`, and as it leaves it, `now`; the line of policy it is worked by."""

    pk: int
    loan: str
    deal_id: int | None
    customer_id: int
    store_id: int
    bucket: str
    overdue: int
    was: Planned
    now: Planned
    line: Strategy | None = None


@service
def collection_plan(*, day: date, actor: Actor, after: int = 0) -> StepReport:
    """Bring one part of collection, of the loans above `after`, to the morning of `day`. Twice changes nothing.

    `looked` at the open cases, `changed` so many rows, `left_out` the cases that no strategy fits: a manager sees them
    in the list of cases, without an action. Whoever is at risk before the due day is listed with the last part.
    """
    part = stretch_after(after, PART)
    stripes_hold(part.first, part.last)
    changed = cases_follow(loans=part, day=day)
    changed += promises_judge(day=day, loans=part) + placements_end(day=day, loans=part)
    strategies = strategies_on(book_in_force(), day)
    cases = _read(part)
    _prepare(cases, day)
    _recall_after_broken(cases, part, day)
    _share_out(cases, day)
    for case in cases:
        _take(case, strategies)
    changed += _write(cases)
    lines = _queue(cases, part, day)
    changed += lines
    if part.is_final:
        changed += pre_due_settle(day=day) + pre_due_list(day=day)
    if changed:
        facts: dict[str, Scalar] = {"day": day.isoformat(), "cases": len(cases), "queued": lines}
        facts["strategy"] = strategies.version
        record(actor=actor, action="collection.planned", subject="collection:0", facts=facts)
    left_out = sum(case.line is None for case in cases)
    return StepReport(len(cases), changed, left_out, after=None if part.is_final else part.last)


def _read(part: Stretch) -> list[Case]:
    """The open cases of a stretch, locked."""
    found = CollectionCase.objects.filter(part.by("loan_id"), state=CaseState.OPEN).order_by("pk")
    rows = found.select_for_update(no_key=True, of=("self",)).values_list(*_READ)
    cases = []
    for pk, loan, deal, customer, store, bucket, overdue, *held in rows:
        planned = Planned(*held)
        cases.append(Case(pk, loan, deal, customer, store, bucket, overdue, planned, planned))
    return cases


def _prepare(cases: Sequence[Case], day: date) -> None:
    """Give cases that no plan has seen yet their grade and the numbers on file."""
    fresh = [case for case in cases if not case.was.strategy]
    deals = [case.deal_id for case in fresh if case.deal_id is not None]
    rows = Assessment.objects.filter(case__deal_id__in=deals).order_by("pk")
    grades = dict(rows.values_list("case__deal_id", "grade"))
    for case in fresh:
        case.now = replace(case.now, grade=grades.get(case.deal_id or 0, ""))
    numbers_prepare([case.customer_id for case in fresh], day)


def _recall_after_broken(cases: Sequence[Case], part: Stretch, day: date) -> None:
    """A promise broken is worked the same morning, whatever day was set for the next contact."""
    broken = PromiseToPay.objects.filter(part.by("case__loan_id"), state=PromiseState.BROKEN, judged_on=day)
    recalled = set(broken.values_list("case_id", flat=True))
    for case in cases:
        if case.pk in recalled and case.now.next_on > day:
            case.now = replace(case.now, next_on=day)


def _share_out(cases: Sequence[Case], day: date) -> None:
    """Give cases without a collector, or whose collector has left, to the collectors of their store."""
    given = share_out([(case.pk, case.store_id, case.now.collector_id) for case in cases], day)
    for case in cases:
        if case.pk in given:
            case.now = replace(case.now, collector_id=given[case.pk])


def _take(case: Case, strategies: Strategies) -> None:
    """Note on a case the strategy it is worked by."""
    case.line = line = chosen(strategies, Facing(case.loan, case.bucket, case.now.grade, case.overdue))
    held = case.now
    if line is None:
        case.now = Planned(held.grade, "", "", "", "", "", 0, held.next_on, held.collector_id)
        return
    name = f"{strategies.version}#{line.code}"
    if held.strategy != name:
        told = (line.segment, line.arm.value, name, line.action, line.script, line.priority)
        case.now = Planned(held.grade, *told, held.next_on, held.collector_id)


def _write(cases: Sequence[Case]) -> int:
    """Write what changed; how many cases."""
    moved = [case for case in cases if case.now != case.was]
    columns = {name: [getattr(case.now, name) for case in moved] for name in _PLANNED}
    return rows_update(CollectionCase, [case.pk for case in moved], columns)


def _queue(cases: Sequence[Case], part: Stretch, day: date) -> int:
    """Put what is due for a contact into the queues; what an agency has, and what waits for a promise, is not."""
    of_part = part.by("loan_id")
    placed = CollectionCase.objects.filter(of_part, placements__state=PlacementState.PLACED, state=CaseState.OPEN)
    promised = PromiseToPay.objects.filter(part.by("case__loan_id"), state=PromiseState.OPEN)
    known = PlanLine.objects.filter(part.by("case__loan_id"), day=day)
    waits = {*placed.values_list("pk", flat=True), *promised.values_list("case_id", flat=True)}
    waits.update(known.values_list("case_id", flat=True))
    due = [case for case in cases if case.line is not None and case.now.next_on <= day and case.pk not in waits]
    if not due:
        return 0
    names = ("collector_id", "segment", "arm", "strategy", "action", "script", "priority")
    columns: dict[str, Column] = {name: [getattr(case.now, name) for case in due] for name in names}
    columns |= {"case_id": [case.pk for case in due], "bucket": [case.bucket for case in due]}
    return rows_write(PlanLine, columns | {"day": day, "overdue": [case.overdue for case in due]})
