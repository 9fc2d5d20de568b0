"""The first close ever finds a book that lived before it: what fell due in that time is billed, all of it, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chedai.book.ledger.balances import account_balance
from chedai.book.ledger.models import JournalEntry
from chedai.book.loans.models import Delinquency, Loan, LoanEvent, OpenItem
from chedai.book.loans.proof.proving import book_prove
from chedai.book.loans.selectors import loan_lock
from chedai.book.loans.services.keeping import quarantine
from chedai.engine.life.events import Repayment
from chedai.engine.terms import LoanTerms
from chedai.journey.close_of_day import close_day
from chedai.platform.days.services import business_day_turn
from chedai.platform.work import work
from tests.book.close.books import CLOSER, happen, house, loan_put
from tests.book.loans.lending import AGREED, TERMS, lend, on

pytestmark = pytest.mark.django_db

LEVEL = LoanTerms(principal=12_000_000, annual_rate=7_200_000, periods=12, disbursed_on=date(2025, 12, 10))
FIRST = date(2026, 1, 13)
"""The first day ever closed: three days after the first due date of a loan paid out on 10 December."""


def items() -> list[tuple[int, int, date]]:
    return list(OpenItem.objects.order_by("loan_id", "n").values_list("loan_id", "n", "due_on"))


def test_instalments_that_fell_due_before_the_first_close_are_billed_once() -> None:
    business_day_turn(to=date(2026, 12, 31), reason="test", actor=CLOSER)
    people = house()
    days = (date(2025, 12, 10), date(2025, 11, 11), date(2025, 11, 12), date(2025, 12, 13))
    three, two, yesterday, today = (loan_put(people, replace(LEVEL, disbursed_on=one)).pk for one in days)
    ahead, aside = (loan_put(people, LEVEL).pk for _ in range(2))
    happen(ahead, Repayment(on=date(2025, 12, 20), amount=1_200_000), date(2025, 12, 20))
    with work():
        quarantine(loan_lock(aside), "测试|test", CLOSER)
    (close,) = close_day(day=FIRST, actor=CLOSER)
    dues = [(three, 1, date(2026, 1, 10))]
    dues += [(two, 1, date(2025, 12, 11)), (two, 2, date(2026, 1, 11))]
    dues += [(yesterday, 1, date(2025, 12, 12)), (yesterday, 2, date(2026, 1, 12))]
    assert items() == dues
    late = {one.loan_id: (one.since, one.missed, one.bucket) for one in Delinquency.objects.all()}
    assert late[three] == (date(2026, 1, 10), 1, "M1")
    assert late[two] == (date(2025, 12, 11), 2, "M2")
    assert late.keys() == {three, two, yesterday}
    one = Loan.objects.get(pk=ahead)
    assert one.credit == 1_200_000 - (12_000_000 - one.owed) - 72_000
    assert account_balance("1132", FIRST) == sum(item.interest for item in OpenItem.objects.all())
    assert book_prove(FIRST).differences == []
    entries = JournalEntry.objects.count()
    close_day(day=FIRST, actor=CLOSER)
    assert JournalEntry.objects.count() == entries
    close_day(day=date(2026, 1, 14), actor=CLOSER)
    assert items() == [*dues, (today, 1, date(2026, 1, 13))]
    assert book_prove(date(2026, 1, 14)).differences == []
    step = close.steps.get(code="bill")
    assert (step.looked, step.changed, step.left_out) == (4, 4, 0)


def test_a_loan_that_comes_on_the_book_late_is_worked_out_on_the_day_it_comes() -> None:
    three_days = replace(AGREED, terms=replace(TERMS, disbursed_on=date(2026, 1, 10), first_due=date(2026, 2, 10)))
    booked, after = date(2026, 2, 13), date(2026, 2, 14)
    with on(booked):
        lent = lend(three_days, booked=booked)
        assert lent.parts() == [(1, 2_542_19, 500_00, 0)]
        for _ in range(2):
            close_day(day=booked, actor=CLOSER)
    with on(after):
        close_day(day=after, actor=CLOSER)
        assert [one[0] for one in lent.parts()] == [1]
        assert account_balance("1132", after) == lent.parts()[0][2]
        assert LoanEvent.objects.count() == 1
        assert book_prove(after).differences == []
