"""Month ends: what a loan was at midnight, its class and allowance, the ledger's entry, and the matrices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from chedai.book.ledger import chart
from chedai.book.ledger.balances import account_balance
from chedai.book.loans.models import BucketMove, Delinquency, Loan
from chedai.book.risk.models import ClassOverride, MonthEnd, WatchItem
from chedai.book.risk.monthends import month_end_keep, month_rows
from chedai.book.risk.portfolio import history, months_kept, rolls, summaries, vintages
from chedai.engine.portfolio import SETTLED
from chedai.platform import clock
from chedai.platform.actors import system
from tests.book.collection.book import Desk, desk, late_loan

pytestmark = pytest.mark.django_db

CLOSE = system("close")
NOVEMBER, DECEMBER = date(2026, 11, 30), date(2026, 12, 31)
OWED = 8_453_103


@pytest.fixture
def shop() -> Desk:
    return desk()


def keep(month_end: date) -> tuple[int, int]:
    day = month_end + timedelta(1)
    with clock.frozen(datetime(day.year, day.month, day.day, 2, tzinfo=UTC)):
        report = month_end_keep(day=day, actor=CLOSE)
    return report.looked, report.changed


def late_since(loan: Loan, since: date, overdue: int = 303_676) -> None:
    Delinquency.objects.update_or_create(
        loan=loan, defaults={"since": since, "bucket": "M1", "missed": 1, "overdue": overdue}
    )


def rows(month_end: date) -> dict[int, tuple[int, int, int, int, int, int]]:
    return {int(r["loan"]): tuple(int(v) for v in r.tolist())[1:] for part in month_rows(month_end) for r in part}  # type: ignore[misc]


def test_what_was_late_at_midnight_is_late_and_what_falls_due_on_the_last_day_is_not(shop: Desk) -> None:
    early, last, good = (late_loan(shop, n) for n in (1, 2, 3))
    late_since(early, NOVEMBER - timedelta(1))
    late_since(last, NOVEMBER)
    Delinquency.objects.filter(loan=good).delete()
    assert keep(NOVEMBER) == (3, 4)  # one class fell, so one loan came on the watch list
    #                            state, class, dpd, owed, overdue, allowance
    assert rows(NOVEMBER) == {
        early.pk: (1, 2, 1, OWED, 303_676, 169_062),
        last.pk: (0, 1, 0, OWED, 0, 84_531),
        good.pk: (0, 1, 0, OWED, 0, 84_531),
    }
    assert account_balance(chart.ALLOWANCE, NOVEMBER) == 169_062 + 2 * 84_531
    assert list(WatchItem.objects.values_list("loan_id", "reason")) == [(early.pk, "grade")]


def test_a_month_is_kept_once_and_only_by_the_close_of_the_first(shop: Desk) -> None:
    late_loan(shop, 1)
    assert keep(NOVEMBER)[0] == 1
    assert keep(NOVEMBER) == (0, 0)
    assert keep(NOVEMBER + timedelta(1)) == (0, 0)
    assert months_kept() == [NOVEMBER]
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthEnd.objects.create(month_end=NOVEMBER, part=0, loans=0, digest="", packed=b"")


@pytest.mark.parametrize(
    ("days", "cls", "share"),
    [(1, 2, 2), (90, 2, 2), (91, 3, 25), (270, 3, 25), (271, 4, 50), (360, 4, 50), (361, 5, 100)],
)
def test_the_class_follows_the_days_and_the_allowance_the_class(shop: Desk, days: int, cls: int, share: int) -> None:
    loan = late_loan(shop, 1)
    late_since(loan, NOVEMBER - timedelta(days))
    keep(NOVEMBER)
    kept = rows(NOVEMBER)[loan.pk]
    assert (kept[1], kept[2], kept[5]) == (cls, days, (OWED * share * 2 + 100) // 200)


def test_observed_loans_are_at_least_special_mention_and_an_opinion_only_makes_worse(shop: Desk) -> None:
    observed, doubted = late_loan(shop, 1), late_loan(shop, 2)
    Delinquency.objects.all().delete()
    Loan.objects.filter(pk=observed.pk).update(restructured_until=NOVEMBER)
    for cls in (4, 3):
        ClassOverride.objects.create(loan=doubted, cls=cls, reason="失联", by=shop.manager.user, at=clock.now())
    keep(NOVEMBER)
    assert {loan: kept[1] for loan, kept in rows(NOVEMBER).items()} == {observed.pk: 2, doubted.pk: 3}
    ClassOverride.objects.create(loan=doubted, cls=0, reason="已联系上", by=shop.manager.user, at=clock.now())
    Loan.objects.filter(pk=observed.pk).update(restructured_until=DECEMBER - timedelta(1))
    keep(DECEMBER)
    assert {loan: kept[1] for loan, kept in rows(DECEMBER).items()} == {observed.pk: 1, doubted.pk: 3}  # held: bad


def test_a_bad_loan_comes_back_only_after_the_clean_months_of_the_policy(shop: Desk) -> None:
    loan = late_loan(shop, 1)
    late_since(loan, date(2026, 8, 1))
    keep(NOVEMBER)
    assert rows(NOVEMBER)[loan.pk][1] == 3
    Delinquency.objects.all().delete()
    BucketMove.objects.create(loan=loan, day=date(2026, 12, 20), was="M5", now="M0", overdue=0, balance=OWED, missed=0)
    for month_end, cls in (
        (DECEMBER, 3),
        (date(2027, 1, 31), 3),
        (date(2027, 5, 31), 3),
        (date(2027, 6, 30), 1),
    ):
        keep(month_end)
        assert rows(month_end)[loan.pk][1] == cls, month_end


def test_a_bad_loan_that_was_eased_stays_bad_while_it_is_observed(shop: Desk) -> None:
    loan = late_loan(shop, 1)
    late_since(loan, date(2026, 8, 1))
    keep(NOVEMBER)
    Delinquency.objects.all().delete()
    BucketMove.objects.create(loan=loan, day=date(2026, 12, 20), was="M5", now="M0", overdue=0, balance=OWED, missed=0)
    Loan.objects.filter(pk=loan.pk).update(restructured_until=date(2027, 7, 31))
    for month_end, cls in ((date(2027, 6, 30), 3), (date(2027, 7, 31), 3), (date(2027, 8, 31), 1)):
        keep(month_end)
        assert rows(month_end)[loan.pk][1] == cls, month_end


def test_history_puts_the_months_side_by_side_and_ended_loans_stay_ended(shop: Desk) -> None:
    lasting, settled, young = (late_loan(shop, n) for n in (1, 2, 3))
    Delinquency.objects.filter(loan__in=[settled, young]).delete()
    late_since(lasting, NOVEMBER - timedelta(40))
    Loan.objects.filter(pk=young.pk).update(disbursed_on=date(2026, 12, 5), first_due=date(2027, 1, 5))
    keep(NOVEMBER)
    Loan.objects.filter(pk=settled.pk).update(state="settled", settled_on=date(2026, 12, 10), owed=0)
    keep(DECEMBER)
    keep(date(2027, 1, 31))
    seen = history(months_kept())
    assert seen is not None
    assert seen.loans.tolist() == [lasting.pk, settled.pk, young.pk]
    assert seen.states.tolist() == [[2, 0, 15], [3, SETTLED, 0], [4, SETTLED, 0]]
    counts, balances = rolls(seen)
    assert (counts[0, 2, 3], counts[0, 0, SETTLED], counts[1, SETTLED, SETTLED]) == (1, 1, 1)
    assert balances[0, 0, SETTLED] == OWED
    aged = vintages(seen, at_least=2)
    assert (aged.amount.tolist(), aged.base.tolist()) == ([[0, 0, -1]], [10_000_000])  # the older cohort began before
    november, december, _ = summaries(seen)
    assert (november.loans, november.owed, november.overdue, november.whole) == (2, 2 * OWED, 303_676, OWED)
    assert (december.loans, december.bad.large.fraction, december.coverage) == (2, 0, None)
    assert np.all(seen.owed[1:, 1] == 0)


def test_a_month_that_is_not_what_was_written_is_found(shop: Desk) -> None:
    late_loan(shop, 1)
    keep(NOVEMBER)
    MonthEnd.objects.update(digest="0" * 64)
    with pytest.raises(ValueError, match="2026-11-30 part 0 is not what was written"):
        list(month_rows(NOVEMBER))
