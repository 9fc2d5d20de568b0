"""Before the due day (提前催收): who is at risk is listed; a share is held out, to show whether calling helps."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Max, QuerySet

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
from chedai.platform.inserting import Column, rows_write
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.updating import rows_update
from chedai.platform.work import record, service

RESULTS = {
    "reminded": ("已提醒", "reminded"),
    "no_answer": ("无人接听", "no answer"),
    "cannot": ("付不出", "cannot pay"),
}
"""What can come of a call before the due day, in Chinese and English."""


def pre_due_list(*, day: date) -> int:
    """List those at risk whose next instalment is due in the days of the policy; how many. Called inside a service.

    At risk: overdue within the days the policy looks back, and not late now. Whether somebody is called or held out is
    worked out from the loan's number and the due day.
    """
    book = book_in_force()
    due = day + timedelta(book.in_force("collection_strategy.pre_due_days", day).number)
    back = day - timedelta(book.in_force("collection_strategy.pre_due_looks_back", day).number)
    hold_out = book.in_force("collection_strategy.hold_out", day).rate
    known = set(PreDue.objects.filter(due_on=due).values_list("loan_id", flat=True))
    found = [one for one in _at_risk(due, back) if one[0] not in known]
    if not found:
        return 0
    loans, numbers, customers, stores = zip(*found, strict=True)
    columns: dict[str, Column] = {
        "loan_id": loans,
        "customer_id": customers,
        "store_id": stores,
        "listed_on": day,
        "due_on": due,
        "why": "overdue_lately",
        "group": [rules.group_of(number, due, hold_out).value for number in numbers],
    }
    return rows_write(PreDue, columns)


def pre_due_settle(*, day: date) -> int:
    """Note of everybody listed whose due day has passed whether it was paid in time; how many."""
    waiting = list(PreDue.objects.filter(due_on__lt=day, paid_in_time=None).values_list("pk", "loan_id", "due_on"))
    loans = {loan for _, loan, _ in waiting}
    late = dict(Delinquency.objects.filter(loan_id__in=loans).values_list("loan_id", "since"))
    moves = BucketMove.objects.filter(loan_id__in=loans, day__lte=day)
    last_moved = dict(moves.values_list("loan_id").annotate(last=Max("day")))
    paid = [last_moved.get(loan, date.min) <= due < late.get(loan, date.max) for _, loan, due in waiting]
    return rows_update(PreDue, [pk for pk, _, _ in waiting], {"paid_in_time": paid})


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


def _at_risk(due: date, back: date) -> QuerySet[Loan, tuple[int, str, int, int]]:
    """Active loans whose day of the month the due day is, late since `back`, not now: key, number, customer, store."""
    last_of_month = (due + timedelta(1)).day == 1
    days = list(range(due.day, 32)) if last_of_month else [due.day]
    lately = BucketMove.objects.filter(day__gte=back).values("loan_id")
    loans = Loan.objects.filter(due_day__in=days, state=LoanStatus.ACTIVE, pk__in=lately, delinquency=None)
    return loans.filter(first_due__lte=due).order_by("pk").values_list("pk", "number", "customer_id", "store_id")
