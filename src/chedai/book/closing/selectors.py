"""Finding links, requests and closures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Min, Q, QuerySet

from chedai.book.closing.models import Closure, ClosureItem, LoanLink, SettlementAsk
from chedai.book.closing.rules import days_to_release
from chedai.book.closing.states import AskState, ClosingItemState, ClosureState
from chedai.book.loans.models import Loan
from chedai.book.loans.states import RECEIPTS, LoanStatus
from chedai.platform.clock import SHANGHAI
from chedai.platform.errors import NotFound
from chedai.platform.policies.selectors import book_in_force

REFUND_DAYS: Final = "paper.closing_refund_days"
"""The policy that says within how many days of settling money held for the customer is paid back."""
_OPEN_ITEM = Q(items__state=ClosingItemState.OPEN)


def links_of(loan_id: int) -> list[LoanLink]:
    """Every link ever made for a loan, newest first."""
    return list(LoanLink.objects.filter(loan_id=loan_id).order_by("-pk"))


def ask_open(loan_id: int) -> SettlementAsk | None:
    """The customer's wish to settle that waits; None where there is none."""
    return SettlementAsk.objects.filter(loan_id=loan_id, state=AskState.OPEN).first()


def asks_waiting(records: Q) -> QuerySet[SettlementAsk]:
    """Wishes to settle that wait, of the loans `records` (of `loan__store_id`, `loan__officer_id`) leaves to see."""
    found = SettlementAsk.objects.filter(records, state=AskState.OPEN)
    return found.select_related("loan__customer").order_by("settle_on", "pk")


def closure_of(loan_id: int) -> Closure | None:
    """The closure of a loan that counts; None before it is settled."""
    found = Closure.objects.filter(loan_id=loan_id).exclude(state=ClosureState.VOID)
    return found.select_related("loan", "certificate").first()


def closure_lock(closure_id: int) -> Closure:
    """A closure, locked until the transaction ends. Lock its loan first. Errors: `NotFound`."""
    found = Closure.objects.select_for_update(no_key=True, of=("self",)).filter(pk=closure_id).first()
    if found is None:
        raise NotFound("no-such-closure", "没有这笔结清手续", "there is no such closure")
    return found


def closure_read(closure_id: int) -> Closure:
    """A closure with its loan. Errors: `NotFound`."""
    found = Closure.objects.filter(pk=closure_id).select_related("loan__customer").first()
    if found is None:
        raise NotFound("no-such-closure", "没有这笔结清手续", "there is no such closure")
    return found


def items_of(closure_id: int) -> list[ClosureItem]:
    """What is owed to the customer, in its order."""
    return list(ClosureItem.objects.filter(closure_id=closure_id).order_by("pk"))


def item_read(item_id: int) -> ClosureItem:
    """One item with its closure and loan. Errors: `NotFound`."""
    found = ClosureItem.objects.filter(pk=item_id).select_related("closure__loan").first()
    if found is None:
        raise NotFound("no-such-item", "没有这个事项", "there is no such item")
    return found


def closures_seen(records: Q) -> QuerySet[Closure]:
    """The closures `records` (of `loan__store_id`, `loan__officer_id`) leaves to see. `next_due`: what comes first."""
    found = Closure.objects.filter(records).exclude(state=ClosureState.VOID)
    people = ("loan__customer", "loan__store", "loan__officer__user")
    return found.annotate(next_due=Min("items__due_on", filter=_OPEN_ITEM)).select_related(*people)


def items_due(records: Q, by: date) -> QuerySet[ClosureItem]:
    """What is due to customers by a day and not done, the oldest first."""
    found = ClosureItem.objects.filter(records, state=ClosingItemState.OPEN, due_on__lte=by)
    found = found.filter(closure__state=ClosureState.OPEN)
    return found.select_related("closure__loan__customer").order_by("due_on", "pk")


def refunds_due(records: Q) -> list[tuple[Loan, date]]:
    """Settled loans that hold money of their customers, each with the day by which it is to be paid back; first first.

    `records` is of loans. The days from settling are policy (`paper.closing_refund_days`).
    """
    seen = Loan.objects.filter(records, credit__gt=0, state=LoanStatus.SETTLED).select_related("customer")
    opened = Closure.objects.filter(loan__in=seen, state=ClosureState.OPEN).values_list("loan_id", "opened_at")
    since = {loan_id: moment.astimezone(SHANGHAI).date() for loan_id, moment in opened}
    book, held = book_in_force(), [(loan, since[loan.pk]) for loan in seen if loan.pk in since]
    days = [(loan, day + timedelta(book.in_force(REFUND_DAYS, day).number)) for loan, day in held]
    return sorted(days, key=lambda pair: (pair[1], pair[0].pk))


def release_days(records: Q, since: date) -> tuple[int, float | None]:
    """Of loans settled since a day: how many liens were released, and the median of days it took."""
    found = Closure.objects.filter(records, settled_on__gte=since, released_on__isnull=False)
    rows = found.exclude(state=ClosureState.VOID).values_list("settled_on", "released_on")
    pairs = [(settled, released) for settled, released in rows if released is not None]
    return len(pairs), days_to_release(pairs)


def last_receipt(loan: Loan) -> int:
    """The money that settled a loan: its last receipt that stands (fen)."""
    receipts = loan.events.filter(kind__in=RECEIPTS, reversal=None)
    return receipts.order_by("-on", "-seq").values_list("amount", flat=True).first() or 0
