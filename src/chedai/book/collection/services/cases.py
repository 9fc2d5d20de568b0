"""Opening, following and closing cases as the loans say, and giving them to a collector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from chedai.book.collection import selectors
from chedai.book.collection.models import CollectionCase
from chedai.book.collection.owing import Standing, standings
from chedai.book.collection.states import CaseState, ClosedWhy
from chedai.book.collection.stretches import Loans, Named
from chedai.book.loans.events import BucketChanged, LoanBecameOverdue, LoanCured, LoansAged, LoanSettled
from chedai.book.loans.models import Loan
from chedai.book.loans.states import LoanStatus
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal
from chedai.platform.inserting import Column, rows_write_numbered
from chedai.platform.updating import rows_update
from chedai.platform.work import record, service

ACTOR = system("collection")
_FOLLOWED: Final = ("since", "bucket", "missed", "overdue")


@service
def case_open_on_overdue(event: LoanBecameOverdue) -> None:
    """A loan fell overdue: it has a case."""
    cases_follow(loans=Named((event.loan_id,)), day=event.day)


@service
def case_follow_bucket(event: BucketChanged) -> None:
    """A loan moved to another bucket: so does its case."""
    cases_follow(loans=Named((event.loan_id,)), day=event.day)


@service
def cases_follow_night(event: LoansAged) -> None:
    """The night found loans late, or in another bucket: their cases follow, all in one go."""
    cases_follow(loans=Named(event.loan_ids), day=event.day)


@service
def case_close_on_cure(event: LoanCured) -> None:
    """A loan owes nothing late any more: its case is closed."""
    cases_follow(loans=Named((event.loan_id,)), day=clock.business_date())


@service
def case_close_on_settled(event: LoanSettled) -> None:
    """A loan owes nothing at all: its case is closed."""
    cases_follow(loans=Named((event.loan_id,)), day=clock.business_date())


def cases_follow(*, loans: Loans, day: date) -> int:
    """Bring the cases of some loans into step with how late they are; how many changed.

    Called inside a service. What is late without a case gets one, what is no longer late closes, the rest follows.
    A loan written off is still owed: its case stays.
    """
    late = {one.loan_id: one for one in standings(loans)}
    held = CollectionCase.objects.filter(loans.by("loan_id"), state=CaseState.OPEN).order_by("pk")
    rows = list(held.select_for_update(no_key=True, of=("self",)).values_list("pk", "loan_id", *_FOLLOWED))
    changed = _close({pk: loan for pk, loan, *_ in rows if loan not in late}, day)
    behind = {pk: late[loan] for pk, loan, *known in rows if loan in late and tuple(known) != _figures(late[loan])}
    if behind:
        columns = zip(*map(_figures, behind.values()), strict=True)
        changed += rows_update(CollectionCase, list(behind), dict(zip(_FOLLOWED, columns, strict=True)))
    known_loans = {loan for _, loan, *_ in rows}
    return changed + _open([one for loan, one in late.items() if loan not in known_loans], day)


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


def _figures(now: Standing) -> tuple[date, str, int, int]:
    return now.since, now.bucket, now.missed, now.overdue


def _close(going: Mapping[int, int], day: date) -> int:
    """Close cases, given with their loans; those of loans written off stay."""
    states = dict(Loan.objects.filter(pk__in=going.values()).values_list("pk", "state"))
    why = {
        pk: ClosedWhy.SETTLED if states[loan] == LoanStatus.SETTLED else ClosedWhy.CURED
        for pk, loan in going.items()
        if states[loan] != LoanStatus.WRITTEN_OFF
    }
    CollectionCase.objects.filter(pk__in=why).update(state=CaseState.CLOSED, closed_on=day, overdue=0)
    for one in set(why.values()):
        CollectionCase.objects.filter(pk__in=[pk for pk in why if why[pk] is one]).update(closed_why=one)
    for pk, reason in why.items():
        facts: dict[str, Scalar] = {"loan": going[pk], "why": reason}
        record(actor=ACTOR, action="collection.closed", subject=f"collection:{pk}", facts=facts)
    return len(why)


def _open(late: Sequence[Standing], day: date) -> int:
    if not late:
        return 0
    since, bucket, missed, overdue = zip(*map(_figures, late), strict=True)
    columns: dict[str, Column] = {
        "loan_id": [one.loan_id for one in late],
        "customer_id": [one.customer_id for one in late],
        "store_id": [one.store_id for one in late],
        "opened_on": day,
        "since": since,
        "bucket": bucket,
        "missed": missed,
        "overdue": overdue,
        "next_on": day,
    }
    made = rows_write_numbered(CollectionCase, columns)
    facts: dict[str, Scalar] = {"day": day.isoformat(), "cases": len(made)}
    subject = f"collection:{made[0] if len(made) == 1 else 0}"  # 0: of a whole part, as its plan
    record(actor=ACTOR, action="collection.opened", subject=subject, facts=facts)
    return len(made)
