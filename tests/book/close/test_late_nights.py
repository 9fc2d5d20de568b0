"""Nights made up for after the counter was busy: who was worked out since is not aged back, and nobody stops them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from chedai.book.loans.models import BucketMove, Delinquency, Loan
from chedai.book.loans.proof.proving import book_prove
from chedai.book.loans.selectors import standings_on
from chedai.book.loans.services.receiving import loan_repay
from chedai.engine.life.events import Restructure
from chedai.engine.terms import LoanTerms
from chedai.journey.close_of_day import close_day
from chedai.platform.days.models import DayClose
from tests.book.close.books import CLOSER, happen, house, loan_put
from tests.book.loans.lending import on

pytestmark = pytest.mark.django_db

TERMS = LoanTerms(principal=120_000_00, annual_rate=7_200_000, periods=12, disbursed_on=date(2025, 12, 10))
INSTALMENT = 10_394_28


def night(day: date) -> None:
    with on(day):
        close_day(day=day, actor=CLOSER)


def pay(loan: Loan, amount: int, day: date) -> None:
    with on(day):
        loan_repay(loan_id=loan.pk, amount=amount, received_on=day, actor=CLOSER, key=f"{loan.pk}-{day}")


def moves(loan: Loan) -> list[tuple[date, str, str]]:
    return list(BucketMove.objects.filter(loan=loan).order_by("pk").values_list("day", "was", "now"))


def days_late() -> list[tuple[date, int, int, str, int, int]]:
    """The snapshot of every day that was closed: how late each loan was, and with what."""
    return [
        (day, one.loan_id, (day - one.since).days, one.bucket, one.overdue, one.balance)
        for day in DayClose.objects.order_by("day").values_list("day", flat=True)
        for one in standings_on(day).order_by("loan_id")
        if one.since is not None
    ]


def test_a_loan_worked_out_since_is_not_aged_back() -> None:
    people = house()
    late, later = (loan_put(people, TERMS) for _ in range(2))
    night(date(2026, 1, 8))
    night(date(2026, 2, 8))
    pay(late, 100, date(2026, 2, 13))
    moved = [(date(2026, 1, 11), "M0", "M1"), (date(2026, 2, 13), "M1", "M2")]
    assert moves(late) == moved
    night(date(2026, 2, 14))
    assert moves(late) == moved
    assert moves(later) == [(date(2026, 1, 11), "M0", "M1"), (date(2026, 2, 10), "M1", "M2")]
    assert {row.missed for row in Delinquency.objects.all()} == {2}
    assert book_prove(date(2026, 2, 14)).holds


def test_the_overdue_of_a_missed_day_are_those_of_that_day() -> None:
    people = house()
    cured, partly, new, still = (loan_put(people, TERMS) for _ in range(4))
    night(date(2026, 1, 9))
    pay(new, INSTALMENT, date(2026, 1, 9))
    night(date(2026, 1, 14))
    with transaction.atomic():
        night(date(2026, 1, 17))
        night(date(2026, 2, 12))
        expected = [row for row in days_late() if row[0] <= date(2026, 1, 17)]
        transaction.set_rollback(True)
    pay(cured, INSTALMENT + 100_00, date(2026, 2, 12))
    pay(partly, 1_000_00, date(2026, 2, 12))
    pay(new, 100, date(2026, 2, 12))
    night(date(2026, 2, 12))
    assert [row for row in days_late() if row[0] <= date(2026, 1, 17)] == expected
    assert {row[1] for row in expected} == {cured.pk, partly.pk, still.pk}
    assert min(row[2] for row in days_late() if row[1] == new.pk) == 1


def test_a_loan_agreed_anew_that_paid_since_is_not_taken_back_to_be_suspended() -> None:
    loan = loan_put(house(), TERMS)
    happen(loan.pk, Restructure(on=date(2026, 1, 9), first_due=date(2026, 2, 10), periods=12), date(2026, 1, 9))
    night(date(2026, 5, 9))
    pay(loan, 100_00, date(2026, 5, 14))
    night(date(2026, 5, 14))
    loan.refresh_from_db()
    assert (loan.quarantine, loan.worked_on, loan.suspended_since) == ("", date(2026, 5, 14), date(2026, 5, 14))
    assert [one.since for one in standings_on(date(2026, 5, 14))] == [date(2026, 2, 10)]
    assert book_prove(date(2026, 5, 14)).holds


def test_who_was_late_and_paid_while_the_nights_were_missed_is_late_no_more() -> None:
    loan = loan_put(house(), TERMS)
    night(date(2026, 1, 9))
    pay(loan, INSTALMENT + 100_00, date(2026, 1, 14))
    night(date(2026, 1, 14))
    assert [row[0].day for row in days_late()] == [11, 12, 13]
    assert moves(loan) == []
