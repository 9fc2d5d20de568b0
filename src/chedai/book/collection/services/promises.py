"""Promises: recorded by a collector, judged by the receipts of the loan alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

from chedai.book.collection import rules, selectors
from chedai.book.collection.models import CollectionCase, PromiseToPay
from chedai.book.collection.owing import due_today
from chedai.book.collection.services.gate import refuse_closed
from chedai.book.collection.states import PromiseState
from chedai.book.collection.stretches import Loans, Named
from chedai.book.loans.events import LoanRepaid, LoanReversed
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.updating import rows_update
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
    promises_judge(day=clock.business_date(), loans=Named((event.loan_id,)))


class Held(NamedTuple):
    """A promise as it stands, and of which loan."""

    pk: int
    case_id: int
    loan_id: int
    amount: int
    made_on: date
    made_at: datetime
    due_on: date
    state: str
    received: int
    judged_on: date | None


def promises_judge(*, day: date, loans: Loans) -> int:
    """Judge the promises of some loans that are open, or were judged lately, by the receipts that stand; how many
    changed. Called inside a service. A receipt that was reversed did not happen: a promise it kept is open or broken
    again; where the case has a younger one open by then, it is broken.
    """
    judged_lately = Q(state__in=(PromiseState.KEPT, PromiseState.BROKEN), due_on__gte=day - timedelta(LOOKED_AT_AGAIN))
    rows = PromiseToPay.objects.filter(loans.by("case__loan_id"), Q(state=PromiseState.OPEN) | judged_lately)
    names = ("case_id", "case__loan_id", "amount", "made_on", "made_at", "due_on", "state", "received", "judged_on")
    promises = [Held(*row) for row in rows.order_by("pk").values_list("pk", *names)]
    first = min((one.made_on for one in promises), default=day)
    receipts = selectors.receipts_of({one.loan_id for one in promises}, first)
    waiting = {one.case_id: one.pk for one in promises if one.state == PromiseState.OPEN}
    changed = []
    for promise in promises:
        now = _judged(promise, receipts.get(promise.loan_id, []), day, waiting)
        if now.state == PromiseState.OPEN:
            waiting[now.case_id] = now.pk
        elif waiting.get(now.case_id) == now.pk:
            del waiting[now.case_id]
        if now != promise:
            changed.append((promise, now))
    _write(changed)
    return len(changed)


def _judged(promise: Held, receipts: Sequence[rules.Money], day: date, waiting: Mapping[int, int]) -> Held:
    state, received = rules.judged(promise.amount, promise.made_on, promise.due_on, receipts, day, promise.made_at)
    if state is PromiseState.OPEN and waiting.get(promise.case_id, promise.pk) != promise.pk:
        state = PromiseState.BROKEN  # only one is open at a time, and the younger one is
    if promise.state == state:
        return promise._replace(received=received)
    judged_on = None if state is PromiseState.OPEN else day
    return promise._replace(state=state.value, received=received, judged_on=judged_on)


def _write(changed: Sequence[tuple[Held, Held]]) -> None:
    """Write what was judged anew; those that wait no longer make room first for those that wait again."""
    for is_open in (False, True):
        rows = [now for _, now in changed if (now.state == PromiseState.OPEN) is is_open]
        columns = {name: [getattr(now, name) for now in rows] for name in ("state", "received", "judged_on")}
        rows_update(PromiseToPay, [now.pk for now in rows], columns)
    for was, now in changed:
        if was.state != now.state:
            facts: dict[str, Scalar] = {"promise": now.pk, "state": now.state, "received": now.received}
            record(actor=ACTOR, action="promise.judged", subject=f"collection:{now.case_id}", facts=facts)
