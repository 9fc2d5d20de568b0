"""Before the due day (提前催收): who is at risk is listed; a share is held out, to show whether calling helps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from chedai.book.collection import rules, selectors
from chedai.book.collection.models import PreDue
from chedai.book.collection.services.gate import gate
from chedai.book.collection.services.numbers import numbers_prepare
from chedai.book.collection.states import Channel, Group, Whom
from chedai.book.loans.models import BucketMove, Delinquency, Loan
from chedai.book.loans.states import LoanStatus
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

RESULTS = {
    "reminded": ("已提醒", "reminded"),
    "no_answer": ("无人接听", "no answer"),
    "cannot": ("付不出", "cannot pay"),
}
"""What can come of a call before the due day, in Chinese and English."""
_BATCH = 1000


def pre_due_list(*, day: date) -> int:
    """List those at risk whose next instalment is due in the days of the policy; how many. Called inside a service.

    At risk: overdue within the days the policy looks back, and not late now. Whether somebody is called or held out is
    worked out from the loan's number and the due day.
    """
    book = book_in_force()
    due = day + timedelta(book.in_force("collection_strategy.pre_due_days", day).number)
    back = day - timedelta(book.in_force("collection_strategy.pre_due_looks_back", day).number)
    hold_out = book.in_force("collection_strategy.hold_out", day).rate
    made = [
        PreDue(
            loan=loan,
            customer_id=loan.customer_id,
            store_id=loan.store_id,
            listed_on=day,
            due_on=due,
            why="overdue_lately",
            group=rules.group_of(loan.number, due, hold_out),
        )
        for loan in _at_risk(due, back)
    ]
    known = set(PreDue.objects.filter(due_on=due).values_list("loan_id", flat=True))
    fresh = [one for one in made if one.loan_id not in known]
    PreDue.objects.bulk_create(fresh, batch_size=_BATCH)
    return len(fresh)


def pre_due_settle(*, day: date) -> int:
    """Note of everybody listed whose due day has passed whether it was paid in time; how many."""
    waiting = list(PreDue.objects.filter(due_on__lt=day, paid_in_time=None).order_by("pk"))
    loans = [one.loan_id for one in waiting]
    late = dict(Delinquency.objects.filter(loan_id__in=loans).values_list("loan_id", "since"))
    moves: dict[int, list[date]] = {}
    for loan, on in BucketMove.objects.filter(loan_id__in=loans, day__lte=day).values_list("loan_id", "day"):
        moves.setdefault(loan, []).append(on)
    for one in waiting:
        still_late = late.get(one.loan_id, date.max) <= one.due_on
        one.paid_in_time = not still_late and all(on <= one.due_on for on in moves.get(one.loan_id, ()))
    PreDue.objects.bulk_update(waiting, ["paid_in_time"], batch_size=_BATCH)
    return len(waiting)


@service
def pre_due_call(*, entry_id: int, result: str, staff_id: int, actor: Actor) -> PreDue:
    """Write down a call before the due day. Nobody held out is called.

    It counts like any other call. Errors: `NotAllowed` for the hold-out group; `Conflict` where the call is written
    already or the day has passed; `Refusals` of conduct.
    """
    entry = selectors.pre_due_lock(entry_id)
    if entry.group == Group.HOLD_OUT:
        zh, en = "对照组不联系，用来比较效果", "the hold-out group is left alone, to compare with"
        raise NotAllowed("held-out", zh, en)
    if entry.result or entry.due_on < clock.business_date():
        raise Conflict("already-called", "已登记，或已过还款日", "written already, or the due day has passed")
    if result not in RESULTS:
        raise Refusal("no-such-result", "请选择结果", "choose a result", field="result")
    _count(entry, result)
    entry.result, entry.called_at, entry.called_by_id = result, clock.now(), staff_id
    entry.save(update_fields=["result", "called_at", "called_by"])
    facts: dict[str, Scalar] = {"entry": entry.pk, "result": result}
    record(actor=actor, action="pre_due.called", subject=f"loan:{entry.loan_id}", facts=facts)
    return entry


def _count(entry: PreDue, result: str) -> None:
    """The call counts like any other. Errors: what conduct forbids."""
    numbers_prepare([entry.customer_id], clock.business_date())
    number = next(iter(selectors.numbers_of(entry.customer_id)), None)
    if number is None or number.whom != Whom.DEBTOR:
        raise Refusal("no-number", "没有本人号码", "there is no number of the debtor", field="number")
    passed = gate(entry.customer_id, number, Channel.CALL)
    if passed.dialled is not None:
        passed.dialled.dials += 1
        passed.dialled.save(update_fields=["dials"])
    passed.debtor.effective += result != "no_answer"
    passed.debtor.save(update_fields=["effective"])


def _at_risk(due: date, back: date) -> Iterator[Loan]:
    """Active loans whose day of the month the due day is, overdue since `back`, not late now."""
    last_of_month = (due + timedelta(1)).day == 1
    days = list(range(due.day, 32)) if last_of_month else [due.day]
    lately = BucketMove.objects.filter(day__gte=back).values("loan_id")
    loans = Loan.objects.filter(due_day__in=days, state=LoanStatus.ACTIVE, pk__in=lately, delinquency=None)
    return loans.filter(first_due__lte=due).order_by("pk").iterator(chunk_size=_BATCH)
