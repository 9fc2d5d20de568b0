"""Opening, following and closing cases as the loans say, and giving them to a collector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from chedai.book.collection import selectors
from chedai.book.collection.models import CollectionCase
from chedai.book.collection.owing import Standing, standings
from chedai.book.collection.services.numbers import numbers_prepare
from chedai.book.collection.states import CaseState, ClosedWhy
from chedai.book.loans.events import BucketChanged, LoanBecameOverdue, LoanCured, LoanSettled
from chedai.book.loans.models import Loan
from chedai.book.loans.states import LoanStatus
from chedai.deals.underwriting.models import Assessment
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal
from chedai.platform.work import record, service

ACTOR = system("collection")
_BATCH = 1000


@service
def case_open_on_overdue(event: LoanBecameOverdue) -> None:
    """A loan fell overdue: it has a case."""
    cases_follow(loan_ids=[event.loan_id], day=event.day)


@service
def case_follow_bucket(event: BucketChanged) -> None:
    """A loan moved to another bucket: so does its case."""
    cases_follow(loan_ids=[event.loan_id], day=event.day)


@service
def case_close_on_cure(event: LoanCured) -> None:
    """A loan owes nothing late any more: its case is closed."""
    cases_follow(loan_ids=[event.loan_id], day=clock.business_date())


@service
def case_close_on_settled(event: LoanSettled) -> None:
    """A loan owes nothing at all: its case is closed."""
    cases_follow(loan_ids=[event.loan_id], day=clock.business_date())


def cases_follow(*, loan_ids: Sequence[int] | None, day: date) -> int:
    """Bring the cases of some loans (None: of all) into step with how late they are; how many changed.

    Called inside a service. What is late without a case gets one, what is no longer late closes, the rest follows.
    A loan written off is still owed: its case stays.
    """
    late = standings(loan_ids)
    cases = CollectionCase.objects.filter(state=CaseState.OPEN)
    if loan_ids is not None:
        cases = cases.filter(loan_id__in=loan_ids)
    known = {case.loan_id: case for case in cases.select_for_update(no_key=True, of=("self",)).order_by("pk")}
    changed = _close([case for loan, case in known.items() if loan not in late], day)
    changed += _update([(case, late[loan]) for loan, case in known.items() if loan in late])
    return changed + _open([one for loan, one in late.items() if loan not in known], day)


@service
def case_assign(*, case_id: int, collector_id: int, reason: str, actor: Actor) -> CollectionCase:
    """Give a case to another collector. Errors: `Refusal` without a reason or for a closed case."""
    case = selectors.case_lock(case_id)
    if case.state != CaseState.OPEN:
        raise Refusal("case-closed", "案件已关闭", "the case is closed")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    facts: dict[str, Scalar] = {"from": case.collector_id, "to": collector_id}
    case.collector = Staff.objects.get(pk=collector_id)
    case.save(update_fields=["collector"])
    record(actor=actor, action="collection.assigned", subject=f"collection:{case.pk}", facts=facts, reason=reason)
    return case


def _close(cases: Iterable[CollectionCase], day: date) -> int:
    going = list(cases)
    states = dict(Loan.objects.filter(pk__in=[case.loan_id for case in going]).values_list("pk", "state"))
    going = [case for case in going if states[case.loan_id] != LoanStatus.WRITTEN_OFF]
    for case in going:
        case.state, case.closed_on = CaseState.CLOSED, day
        settled = states[case.loan_id] == LoanStatus.SETTLED
        case.closed_why = ClosedWhy.SETTLED if settled else ClosedWhy.CURED
        case.overdue = 0
        facts: dict[str, Scalar] = {"loan": case.loan_id, "why": case.closed_why}
        record(actor=ACTOR, action="collection.closed", subject=f"collection:{case.pk}", facts=facts)
    fields = ["state", "closed_on", "closed_why", "overdue"]
    CollectionCase.objects.bulk_update(going, fields, batch_size=_BATCH)
    return len(going)


def _update(pairs: Iterable[tuple[CollectionCase, Standing]]) -> int:
    moved = []
    for case, now in pairs:
        held = (case.since, case.bucket, case.missed, case.overdue)
        if held != (now.since, now.bucket, now.missed, now.overdue):
            case.since, case.bucket, case.missed, case.overdue = now.since, now.bucket, now.missed, now.overdue
            moved.append(case)
    CollectionCase.objects.bulk_update(moved, ["since", "bucket", "missed", "overdue"], batch_size=_BATCH)
    return len(moved)


def _open(late: Sequence[Standing], day: date) -> int:
    loans = Loan.objects.in_bulk([one.loan_id for one in late])
    made = CollectionCase.objects.bulk_create(
        (
            CollectionCase(
                loan=loan,
                customer_id=loan.customer_id,
                store_id=loan.store_id,
                opened_on=day,
                since=one.since,
                bucket=one.bucket,
                missed=one.missed,
                overdue=one.overdue,
                next_on=day,
            )
            for one in late
            for loan in (loans[one.loan_id],)
        ),
        batch_size=_BATCH,
    )
    if made:
        facts: dict[str, Scalar] = {"day": day.isoformat(), "cases": len(made)}
        record(actor=ACTOR, action="collection.opened", subject=f"collection:{made[0].pk}", facts=facts)
    return len(made)


def cases_prepare(cases: Sequence[CollectionCase], day: date) -> int:
    """Give cases that no plan has seen yet their grade and the numbers on file; how many. Called inside a service."""
    fresh = [case for case in cases if not case.strategy]
    deals = [case.loan.deal_id for case in fresh if case.loan.deal_id is not None]
    rows = Assessment.objects.filter(case__deal_id__in=deals).order_by("pk")
    grades = dict(rows.values_list("case__deal_id", "grade"))
    for case in fresh:
        case.grade = grades.get(case.loan.deal_id or 0, "")
    numbers_prepare([case.customer_id for case in fresh], day)
    return len(fresh)
