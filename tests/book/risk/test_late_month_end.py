"""A month end written days late is the one that would have been written on time, to the fen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction

from chedai.book.loans.changes import Change, Extending, Reversing, WritingOff
from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.selectors import payoff_quote
from chedai.book.loans.services.changing import ACTION, loan_change_ask, loan_change_preview
from chedai.book.loans.services.receiving import loan_repay, loan_settle_early, receipt_reverse
from chedai.book.risk.classes import class_set
from chedai.book.risk.models import MonthEnd
from chedai.book.risk.monthends import month_rows
from chedai.engine.terms import LoanTerms
from chedai.journey.close_of_day import close_day
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform import clock
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict
from tests import cast
from tests.book.close.books import BEGIN, CLOSER, house, loan_put
from tests.book.loans.lending import on

pytestmark = pytest.mark.django_db

MONTH_END = date(2026, 1, 31)
FIRST, LATE = date(2026, 2, 1), date(2026, 2, 4)
TERMS = LoanTerms(principal=120_000_00, annual_rate=7_200_000, periods=12, disbursed_on=date(2025, 12, 10))


def pay(loan: Loan, amount: int, day: date, booked: date | None = None) -> None:
    with on(booked or day):
        key = f"{loan.pk}-{LoanEvent.objects.count()}"
        loan_repay(loan_id=loan.pk, amount=amount, received_on=day, actor=CLOSER, key=key)


def settle(loan: Loan, day: date) -> int:
    with on(day):
        total = payoff_quote(Loan.objects.get(pk=loan.pk), day).total
        given = {"loan_id": loan.pk, "received_on": day, "actor": CLOSER, "key": f"off-{loan.pk}"}
        return loan_settle_early(amount=total, **given).event_id


def take_back(event_id: int, day: date) -> None:
    with on(day):
        receipt_reverse(event_id=event_id, reason="退票", actor=CLOSER)


def agree(loan: Loan, change: Change, day: date) -> LoanEvent:
    asks, decides = (cast.acting(Staff.objects.get(user__username=name)) for name in ("lin", "xu"))
    with on(day):
        seen = loan_change_preview(loan_id=loan.pk, change=change)
        asked = loan_change_ask(loan_id=loan.pk, change=change, digest=seen.digest, reason="协商", actor=asks)
        assert asked.approval is not None
        approval_decide(
            approval_id=asked.approval.pk,
            verdict=Verdict.APPROVE,
            digest=asked.approval.digest,
            capacities=frozenset({"manager"}),
            actor=decides,
            opinion="同意",
        )
        asked.refresh_from_db()
    assert asked.event is not None
    return asked.event


def kept() -> list[tuple[int, ...]]:
    """Every loan's row: loan, state, class, days late, owed, overdue, allowance."""
    return [tuple(int(v) for v in row.tolist()) for part in month_rows(MONTH_END) for row in part]


def night(day: date) -> None:
    with clock.frozen(datetime.combine(day, time(1), UTC)):
        close_day(day=day, actor=CLOSER)


def on_time() -> list[tuple[int, ...]]:
    """What the close of the first would have written in its night."""
    with transaction.atomic():
        night(FIRST)
        seen = kept()
        transaction.set_rollback(True)
    assert not MonthEnd.objects.exists()
    return seen


def test_a_month_end_made_late_is_the_one_made_on_time() -> None:
    people = house()
    cast.person("xu", "许宁", cast.store(), "manager")
    AuthorityLimit.objects.create(action=ACTION, since=BEGIN, role="manager", amount=10**12, deviation=0)
    loans = [loan_put(people, TERMS) for _ in range(13)]
    night(BEGIN)
    night(date(2026, 1, 20))
    untouched, cures, pays, backdated, settles, returned, spread, lost, judged, unspread, reopened, ahead, back = loans
    for loan in (settles, ahead):
        pay(loan, 10_435_12, date(2026, 1, 20))
    pay(returned, 5_000_00, date(2026, 1, 20))
    off = settle(reopened, date(2026, 1, 21))
    longer = agree(unspread, Extending(on=date(2026, 1, 21), periods=6), date(2026, 1, 21))
    gone = agree(back, WritingOff(on=date(2026, 1, 21)), date(2026, 1, 21))
    night(MONTH_END)
    expected = on_time()
    assert len({row[1:] for row in expected}) >= 5

    pay(cures, 11_000_00, date(2026, 2, 2))
    pay(pays, 1_000_00, date(2026, 2, 3))
    pay(backdated, 10_435_12, date(2026, 1, 29), booked=date(2026, 2, 2))
    settle(settles, date(2026, 2, 2))
    take_back(LoanEvent.objects.get(loan=returned, kind="repayment").pk, date(2026, 2, 2))
    agree(spread, Extending(on=date(2026, 2, 3), periods=6), date(2026, 2, 3))
    agree(lost, WritingOff(on=date(2026, 2, 3)), date(2026, 2, 3))
    agree(unspread, Reversing(on=date(2026, 2, 3), event=longer.seq), date(2026, 2, 3))
    agree(back, Reversing(on=date(2026, 2, 3), event=gone.seq), date(2026, 2, 3))
    take_back(off, date(2026, 2, 3))
    pay(ahead, 30_000_00, date(2026, 2, 3))
    with on(date(2026, 2, 3)):
        class_set(loan_id=judged.pk, cls=5, reason="失联", actor=cast.acting(Staff.objects.get(user__username="xu")))
    night(LATE)
    assert kept() == expected
    assert untouched.pk == expected[0][0]


def test_a_loan_paid_out_after_the_month_is_not_in_it() -> None:
    people = house()
    old = loan_put(people, TERMS)
    night(BEGIN)
    night(MONTH_END)
    expected = on_time()
    with on(date(2026, 2, 2)):
        loan_put(people, LoanTerms(principal=1_00_00, annual_rate=0, periods=2, disbursed_on=date(2026, 2, 2)))
    night(LATE)
    assert kept() == expected
    assert [row[0] for row in expected] == [old.pk]
    assert MonthEnd.objects.get().month_end + timedelta(1) == FIRST
