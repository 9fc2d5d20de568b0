"""Days are closed once, a mixed book stands as its replay says, and what is spoilt is found."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.core.management import call_command

from chedai.book.ledger.balances import account_balance
from chedai.book.loans.close import suspending
from chedai.book.loans.cohorts import AccrualCohort
from chedai.book.loans.models import BucketMove, Delinquency, Loan, LoanEvent, OpenItem
from chedai.book.loans.proof.proving import book_prove
from chedai.book.loans.selectors import loan_lock, open_items, standings_on
from chedai.book.loans.services.keeping import quarantine
from chedai.engine.life import AdvanceRule, Conventions
from chedai.engine.life.events import Charge, ChargeKind, Repayment, Restructure
from chedai.engine.terms import LoanTerms
from chedai.journey.close_of_day import close_day, close_rehearse, days_to_close
from chedai.platform.days.models import DayClose, DayStep
from chedai.platform.days.services import business_day_turn
from chedai.platform.errors import Conflict
from chedai.platform.work import work
from tests.book.close.books import BEGIN, CLOSER, PENALTY, happen, house, loan_put, random_terms

pytestmark = pytest.mark.django_db

LEVEL = LoanTerms(principal=12_000_000, annual_rate=7_200_000, periods=12, disbursed_on=date(2025, 12, 10))
"""120,000 yuan at 7.2 % over a year, due on the tenth: 720.00 yuan of interest in the first month."""


@pytest.fixture(autouse=True)
def far_ahead() -> None:
    business_day_turn(to=date(2026, 12, 31), reason="test", actor=CLOSER)


def through(first: date, last: date) -> None:
    for n in range((last - first).days + 1):
        close_day(day=first + timedelta(n), actor=CLOSER)


def test_a_due_day_becomes_an_open_item_then_a_late_loan_then_another_bucket() -> None:
    loan = loan_put(house(), LEVEL)
    close_day(day=date(2026, 1, 9), actor=CLOSER)
    assert not OpenItem.objects.exists()
    assert account_balance("1133", date(2026, 1, 9)) == 69_677  # thirty days of thirty-one
    close_day(day=date(2026, 1, 10), actor=CLOSER)
    assert not OpenItem.objects.exists()  # the day is not over: it may still be paid
    assert account_balance("1133", date(2026, 1, 10)) == 72_000
    assert not Delinquency.objects.exists()
    close_day(day=date(2026, 1, 11), actor=CLOSER)
    item = OpenItem.objects.get()
    assert (item.n, item.due_on, item.interest) == (1, date(2026, 1, 10), 72_000)
    assert account_balance("1132", date(2026, 1, 10)) == 72_000
    assert account_balance("1133", date(2026, 1, 10)) == 0
    late = Delinquency.objects.get()
    assert (late.since, late.bucket, late.missed) == (date(2026, 1, 10), "M1", 1)
    assert late.overdue == item.principal + item.interest
    close_day(day=date(2026, 2, 11), actor=CLOSER)
    late.refresh_from_db()
    assert (late.bucket, late.missed) == ("M2", 2)
    assert [(one.day, one.was, one.now) for one in BucketMove.objects.order_by("pk")] == [
        (date(2026, 1, 11), "M0", "M1"),
        (date(2026, 2, 10), "M1", "M2"),
    ]
    (standing,) = standings_on(date(2026, 2, 11))
    assert (standing.since, standing.bucket) == (date(2026, 1, 10), "M2")
    through(date(2026, 4, 10), date(2026, 4, 11))
    loan.refresh_from_db()
    assert loan.suspended_since == date(2026, 4, 11)  # 91 days past due
    assert account_balance("1132", date(2026, 4, 11)) == 0
    assert account_balance("9101", date(2026, 4, 11)) == sum(one.interest for one in OpenItem.objects.all())
    assert book_prove(date(2026, 4, 11)).holds


def test_a_loan_put_aside_while_the_night_waits_leaves_what_accrues_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loan = loan_put(house(), LEVEL)
    through(date(2026, 1, 10), date(2026, 1, 11))

    def meanwhile(first: int, last: int) -> None:
        with work():
            quarantine(loan_lock(loan.pk), "测试|test", CLOSER)

    monkeypatch.setattr(suspending, "stripes_hold", meanwhile)
    suspending.loans_suspend(day=date(2026, 4, 11), actor=CLOSER, after=0)
    loan.refresh_from_db()
    assert (loan.suspended_since, set(AccrualCohort.objects.values_list("interest", flat=True))) == (None, {0})


def test_money_held_pays_what_falls_due_and_a_day_paid_before_its_close_is_not_billed_again() -> None:
    people = house()
    ahead, punctual = (loan_put(people, LEVEL) for _ in range(2))
    through(date(2026, 1, 8), date(2026, 1, 9))
    happen(ahead.pk, Repayment(on=date(2026, 1, 9), amount=1_200_000), date(2026, 1, 9))
    whole = 12_000_000 - 10_962_309  # the principal and the interest of the first instalment follow from the plan
    happen(punctual.pk, Repayment(on=date(2026, 1, 10), amount=whole), date(2026, 1, 10))
    close_day(day=date(2026, 1, 10), actor=CLOSER)
    assert account_balance("1133", date(2026, 1, 10)) == 72_000  # of the loan that was paid ahead, not yet billed
    assert book_prove(date(2026, 1, 10)).holds
    close_day(day=date(2026, 1, 11), actor=CLOSER)
    ahead.refresh_from_db()
    assert not OpenItem.objects.filter(loan=ahead).exists()
    assert ahead.credit == 1_200_000 - (12_000_000 - ahead.owed) - 72_000
    assert OpenItem.objects.filter(loan=punctual).count() == 1
    assert book_prove(date(2026, 1, 11)).holds


def test_every_day_of_a_mixed_book_stands_as_the_replay_of_its_loans_says() -> None:
    chance, people = random.Random(8), house()
    odd = Conventions(penalty=PENALTY, advance_rule=AdvanceRule.LAST)
    loans = [loan_put(people, random_terms(chance), chance.choice([None, None, odd])) for _ in range(6)]
    for n in range(12):
        day = BEGIN + timedelta(n)
        close_day(day=day, actor=CLOSER)
        assert book_prove(day).differences == []
        for _ in range(2):
            _lives(chance, loans, day)
    assert LoanEvent.objects.filter(kind="restructure").exists()
    assert book_prove(day).differences == []


def _lives(chance: random.Random, loans: list[Loan], day: date) -> None:
    """What people do that day: pay what is due, in part or ahead, be charged a fee, agree on a new plan."""
    loan = Loan.objects.get(pk=chance.choice(loans).pk)
    due = sum(one.principal + one.interest + one.fee for one in loan.open_items.all())
    act = chance.random()
    if loan.state == "active" and due and act < 0.3:
        happen(loan.pk, Restructure(on=day, first_due=day + timedelta(25), periods=5), day)
    elif loan.state == "active" and act < 0.4:
        happen(loan.pk, Charge(on=day, kind=ChargeKind.FEE, amount=5_000, due_on=day + timedelta(3)), day)
    elif loan.state == "active" and act < 0.8:
        happen(loan.pk, Repayment(on=day, amount=max(due // chance.choice([1, 2]), 150_000)), day)


def test_a_closed_day_is_closed_and_a_rehearsal_keeps_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    loan_put(house(), LEVEL)
    close_day(day=date(2026, 1, 10), actor=CLOSER)
    ((day, steps),) = close_rehearse(day=date(2026, 1, 11), actor=CLOSER)
    assert day == date(2026, 1, 11)
    assert [(one.code, one.changed) for one in steps if one.code == "bill"] == [("bill", 1)]
    assert not OpenItem.objects.exists()
    assert DayClose.objects.count() == 1
    close_day(day=date(2026, 1, 11), actor=CLOSER)
    before = list(DayStep.objects.values_list("code", "looked", "changed", "parts"))
    assert close_day(day=date(2026, 1, 11), actor=CLOSER) == []
    assert list(DayStep.objects.values_list("code", "looked", "changed", "parts")) == before
    assert OpenItem.objects.count() == 1
    for told, *flags in (
        ("演算 rehearsed", "--day=2026-01-12", "--dry-run"),
        ("closed already", "--day=2026-01-11", "--dry-run"),
    ):
        call_command("close_day", *flags)
        assert told in capsys.readouterr().out


def test_missed_days_are_closed_one_by_one_and_no_day_before_it_has_come() -> None:
    close_day(day=date(2026, 1, 5), actor=CLOSER)
    assert days_to_close(date(2026, 1, 8)) == [date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 8)]
    closes = close_day(day=date(2026, 1, 8), actor=CLOSER)
    assert [one.day for one in closes] == [date(2026, 1, 6), date(2026, 1, 7), date(2026, 1, 8)]
    with pytest.raises(Conflict, match="has not reached"):
        close_day(day=date(2027, 1, 1), actor=CLOSER)


def test_a_loan_whose_events_make_no_plan_is_named_and_stops_nobody() -> None:
    people = house()
    broken, sound = loan_put(people, LEVEL), loan_put(people, LEVEL)
    Loan.objects.filter(pk=broken.pk).update(due_day=0)  # of no fixed day: the close replays it
    LoanEvent.objects.filter(loan=broken).update(body=b'{"amount": 1}', on=date(2026, 1, 10), kind="payoff")
    assert open_items(broken, date(2026, 1, 10)) == []  # told of what is stored, before the night puts it aside
    assert [(row.n, row.interest) for row in open_items(sound, date(2026, 1, 10))] == [(1, 72_000)]  # due today, no row
    close_day(day=date(2026, 1, 11), actor=CLOSER)
    broken.refresh_from_db()
    assert broken.quarantine
    assert OpenItem.objects.get().loan_id == sound.pk
    assert DayClose.objects.get().left_out >= 1
    proof = book_prove(date(2026, 1, 11))
    assert proof.set_aside == [broken.pk]


def test_what_is_spoilt_is_found_and_named() -> None:
    loan = loan_put(house(), LEVEL)
    through(date(2026, 1, 9), date(2026, 1, 12))
    day = date(2026, 1, 12)
    assert book_prove(day).holds
    OpenItem.objects.update(principal=1)
    Loan.objects.update(owed=11_999_999, credit=7)
    Delinquency.objects.update(missed=3)
    found = {(one.subject, one.what): (one.stored, one.proved) for one in book_prove(day).differences}
    assert found[f"loan:{loan.pk}/1", "principal"][0] == 1
    assert found[f"loan:{loan.pk}", "owed"] == (11_999_999, 12_000_000)
    assert found[f"loan:{loan.pk}", "credit"] == (7, 0)
    assert found[f"loan:{loan.pk}", "missed"] == (3, 1)
    assert len(found) == 4
