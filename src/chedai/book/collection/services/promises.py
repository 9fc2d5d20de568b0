"""Promises: recorded by a collector, judged by the receipts of the loan alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from chedai.book.collection import rules, selectors
from chedai.book.collection.models import CollectionCase, PromiseToPay
from chedai.book.collection.owing import due_today
from chedai.book.collection.services.gate import refuse_closed
from chedai.book.collection.states import PromiseState
from chedai.book.loans.events import LoanRepaid, LoanReversed
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import record, service

ACTOR = system("collection")
LOOKED_AT_AGAIN = 31
"""A promise kept is looked at again for so many days: its receipt may be reversed."""


def promise_record(
    *, case: CollectionCase, amount: int | None, due_on: date | None, most_days: int, actor: Actor
) -> PromiseToPay:
    """Record a promise in a case that is locked. Called inside a service.

    Errors: `Refusal` at its field; `Conflict` where another promise is open.
    """
    refuse_closed(case)
    if amount is None or due_on is None:
        field = "amount" if amount is None else "due_on"
        raise Refusal("promise-missing", "请填写承诺金额和日期", "give the amount and the day promised", field=field)
    if (held := selectors.promise_open(case.pk)) is not None:
        zh, en = (
            f"已有未到期承诺（{held.due_on}），由到账核对",
            f"a promise until {held.due_on} is open; receipts judge it",
        )
        raise Conflict("promise-open", zh, en)
    today = clock.business_date()
    most = due_today(case.loan, today)
    refused = rules.promise_refusal(amount, due_on, today=today, most=most, days=most_days)
    if refused is not None:
        raise refused
    promise = PromiseToPay.objects.create(
        case=case,
        amount=amount,
        made_on=today,
        due_on=due_on,
        made_by=Staff.objects.get(user_id=actor.ref),
        made_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"promise": promise.pk, "amount": amount, "due": due_on.isoformat()}
    record(actor=actor, action="promise.recorded", subject=f"collection:{case.pk}", facts=facts)
    return promise


@service
def promises_judge_on_receipt(event: LoanRepaid | LoanReversed) -> None:
    """Money came in, or was taken back: the promises of the loan are looked at."""
    promises_judge(day=clock.business_date(), loan_ids=[event.loan_id])


def promises_judge(*, day: date, loan_ids: Sequence[int] | None = None) -> int:
    """Judge the promises that are open, and those judged lately, by the receipts that stand; how many changed.

    Called inside a service. A receipt that was reversed did not happen: a promise it kept is open or broken again.
    """
    lately = day - timedelta(LOOKED_AT_AGAIN)
    rows = PromiseToPay.objects.filter(due_on__gte=lately) | PromiseToPay.objects.filter(state=PromiseState.OPEN)
    if loan_ids is not None:
        rows = rows.filter(case__loan_id__in=list(loan_ids))
    promises = list(rows.select_related("case").order_by("pk"))
    first = min((one.made_on for one in promises), default=day)
    receipts = selectors.receipts_of({one.case.loan_id for one in promises}, first)
    changed = 0
    for promise in promises:
        changed += _judge(promise, receipts.get(promise.case.loan_id, []), day)
    return changed


def _judge(promise: PromiseToPay, receipts: Sequence[rules.Money], day: date) -> bool:
    held = (promise.state, promise.received)
    state, received = rules.judged(promise.amount, promise.made_on, promise.due_on, receipts, day)
    if state is PromiseState.OPEN and promise.state != state and _another_open(promise):
        state = PromiseState.BROKEN  # only one is open at a time, and the younger one is
    if held == (state.value, received):
        return False
    moved = promise.state != state
    promise.state, promise.received = state, received
    promise.judged_on = None if state is PromiseState.OPEN else (day if moved else promise.judged_on)
    promise.save(update_fields=["state", "received", "judged_on"])
    if moved:
        facts: dict[str, Scalar] = {"promise": promise.pk, "state": state.value, "received": received}
        record(actor=ACTOR, action="promise.judged", subject=f"collection:{promise.case_id}", facts=facts)
    return True


def _another_open(promise: PromiseToPay) -> bool:
    others = PromiseToPay.objects.filter(case_id=promise.case_id, state=PromiseState.OPEN)
    return others.exclude(pk=promise.pk).exists()
