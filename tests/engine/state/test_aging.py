"""How late a loan is: by oldest unpaid instalment, by count, with grace; the two overdue ratios."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.accrual import GraceMissed
from chedai.engine.aging import Buckets, OverdueDefinition, aging, aging_matrix, overdue_balance, overdue_ratio
from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX
from chedai.engine.reference import state as reference

AS_OF = date(2026, 7, 1)
DUE_DATES = [date(2026, month, 10).toordinal() for month in range(1, 7)]
SIX_THOUSAND = [100_000] * 6
CREDIT_REPORT = Buckets()
VARIANT = Buckets((0, 29, 59, 89, 119, 149, 179))

instalments = st.lists(
    st.tuples(st.integers(-200, 200), st.integers(0, 1000), st.integers(0, 1000)), min_size=0, max_size=6
)


def test_a_loan_paid_on_time_has_no_age() -> None:
    age = aging(DUE_DATES, SIX_THOUSAND, SIX_THOUSAND, [0, 6], AS_OF)
    assert [column.tolist() for column in age] == [[0], [0], [0], [0]]


def test_age_runs_from_the_oldest_unpaid_instalment() -> None:
    paid = [100_000, 100_000, 40_000, 100_000, 0, 100_000]
    age = aging(DUE_DATES, SIX_THOUSAND, paid, [0, 6], AS_OF)
    assert age.days_past_due.tolist() == [(AS_OF - date(2026, 3, 10)).days]
    assert age.missed.tolist() == [2]
    assert age.overdue.tolist() == [160_000]
    assert age.oldest.tolist() == [date(2026, 3, 10).toordinal()]


def test_the_day_after_the_due_date_is_day_one() -> None:
    due = [DUE_DATES[0]]
    ages = [int(aging(due, [1], [0], [0, 1], date(2026, 1, 10) + timedelta(days=d)).days_past_due[0]) for d in range(3)]
    assert ages == [0, 1, 2]
    assert aging(due, [1], [0], [0, 1], date(2026, 1, 11)).oldest.tolist() == due


def test_inside_the_grace_a_loan_is_not_overdue() -> None:
    due, day = [DUE_DATES[0]], date(2026, 1, 13)
    assert aging(due, [1], [0], [0, 1], day, grace_days=3).days_past_due.tolist() == [0]
    missed = date(2026, 1, 14)
    assert aging(due, [1], [0], [0, 1], missed, grace_days=3).days_past_due.tolist() == [4]
    late = aging(due, [1], [0], [0, 1], missed, grace_days=3, grace_missed=GraceMissed.AFTER_GRACE)
    assert late.days_past_due.tolist() == [1]


def test_a_small_rest_is_overlooked_where_the_lender_says_so() -> None:
    assert aging([1], [1000], [991], [0, 1], 5, tolerance=9).days_past_due.tolist() == [0]
    over = aging([1], [1000], [990], [0, 1], 5, tolerance=9)
    assert (over.days_past_due.tolist(), over.overdue.tolist(), over.missed.tolist()) == ([4], [10], [1])


def test_a_book_of_loans_each_with_its_own_day_and_grace() -> None:
    age = aging([10, 20, 5, 30], [7, 7, 7, 7], [0, 0, 0, 0], [0, 2, 2, 3, 4], [25, 25, 8, 30], grace_days=[0, 0, 3, 0])
    assert age.days_past_due.tolist() == [15, 0, 0, 0]
    assert age.missed.tolist() == [2, 0, 0, 0]
    assert age.overdue.tolist() == [14, 0, 0, 0]
    assert age.oldest.tolist() == [10, 0, 0, 0]


def test_one_loan_as_a_matrix_equals_ragged_rows() -> None:
    paid = [0, 100_000, 0, 0, 0, 0]
    one = aging_matrix(DUE_DATES, SIX_THOUSAND, paid, AS_OF)
    two = aging_matrix([DUE_DATES, DUE_DATES], [SIX_THOUSAND] * 2, [paid, SIX_THOUSAND], AS_OF)
    assert one.days_past_due.tolist() == [172]
    assert [column.tolist() for column in two] == [[172, 0], [5, 0], [500_000, 0], [DUE_DATES[0], 0]]


@given(instalments, st.integers(0, 10), st.sampled_from(GraceMissed))
def test_age_agrees_with_walking_the_days(rows: list[tuple[int, int, int]], grace: int, missed: GraceMissed) -> None:
    rows = [(day, due, min(due, paid)) for day, due, paid in rows]
    today = AS_OF.toordinal()
    age = aging(
        np.array([today + r[0] for r in rows], dtype=np.int64),
        np.array([r[1] for r in rows], dtype=np.int64),
        np.array([r[2] for r in rows], dtype=np.int64),
        [0, len(rows)],
        AS_OF,
        grace_days=grace,
        grace_missed=missed,
    )
    dated = [(AS_OF + timedelta(days=day), Decimal(due), Decimal(paid)) for day, due, paid in rows]
    backdated = missed is GraceMissed.BACKDATED
    judged = reference.age(dated, AS_OF, grace_days=grace, backdated=backdated)
    assert (age.days_past_due[0], age.missed[0], age.overdue[0]) == judged


@given(instalments, st.integers(1, 100))
def test_waiting_never_makes_a_loan_younger(rows: list[tuple[int, int, int]], more: int) -> None:
    rows = [(day, due, min(due, paid)) for day, due, paid in rows]
    columns = [np.array([r[k] for r in rows], dtype=np.int64) for k in range(3)]
    now, later = (aging(*columns, [0, len(rows)], day) for day in (50, 50 + more))
    assert now.days_past_due[0] <= later.days_past_due[0]
    assert now.missed[0] <= later.missed[0]
    assert now.overdue[0] <= later.overdue[0]


def test_buckets_of_the_credit_report() -> None:
    days = [0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 150, 151, 180, 181, 1000]
    assert CREDIT_REPORT.by_days(days).tolist() == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7]
    assert CREDIT_REPORT.names == ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+")


def test_buckets_that_cut_at_29_59_89() -> None:
    assert VARIANT.by_days([29, 30, 59, 60, 89, 90]).tolist() == [1, 2, 2, 3, 3, 4]


def test_buckets_by_missed_instalments() -> None:
    assert CREDIT_REPORT.by_count([0, 1, 6, 7, 30]).tolist() == [0, 1, 6, 7, 7]


@given(st.integers(0, 400), st.sampled_from([CREDIT_REPORT, VARIANT]))
def test_a_bucket_is_the_one_a_person_would_look_up(days: int, buckets: Buckets) -> None:
    assert buckets.by_days(days)[0] == reference.bucket(days, buckets.last_days)


def test_edges_that_do_not_rise_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="last_days, row 3: must rise") as refusal:
        Buckets((0, 30, 30))
    assert (refusal.value.rule_zh, refusal.value.value) == ("须递增", 30)
    with pytest.raises(InvalidArgument, match="last_days, row 2: must rise"):
        Buckets((30, 30))
    for edges in ((), (-1, 30)):
        with pytest.raises(InvalidArgument, match="last_days: must start at 0 or later") as start:
            Buckets(edges)
        assert start.value.rule_zh == "首档截止日不得小于 0"
    with pytest.raises(InvalidArgument, match="days_past_due, row 1"):
        CREDIT_REPORT.by_days(-1)
    with pytest.raises(InvalidArgument, match="missed, row 1"):
        CREDIT_REPORT.by_count(-1)


def test_six_thousand_with_the_first_missed_is_one_thousand_or_six() -> None:
    age = aging_matrix(DUE_DATES, SIX_THOUSAND, [0, 0, 0, 0, 0, 0], date(2026, 2, 1))
    small = overdue_ratio(age.days_past_due, age.overdue, 600_000, OverdueDefinition.SMALL)
    large = overdue_ratio(age.days_past_due, age.overdue, 600_000, OverdueDefinition.LARGE)
    assert (small.part, large.part, small.whole) == (100_000, 600_000, 600_000)
    assert (small.fraction, large.fraction) == (Fraction(1, 6), Fraction(1))


def test_for_people_the_overdue_part_counts_up_to_90_days_and_the_whole_balance_beyond() -> None:
    days, part, balance = [0, 90, 91], [0, 300, 400], [1000, 1000, 1000]
    assert overdue_balance(days, part, balance, OverdueDefinition.RETAIL).tolist() == [0, 300, 1000]
    assert overdue_balance(days, part, balance, OverdueDefinition.RETAIL, whole_above=30).tolist() == [0, 1000, 1000]
    assert overdue_balance(days, part, balance, OverdueDefinition.SMALL).tolist() == [0, 300, 400]
    assert overdue_balance(days, part, balance, OverdueDefinition.LARGE).tolist() == [0, 1000, 1000]
    assert overdue_balance(1, 5, 9, OverdueDefinition.LARGE, whole_above=90).tolist() == [9]
    assert overdue_ratio(days, part, balance, OverdueDefinition.RETAIL).fraction == Fraction(1300, 3000)
    assert overdue_ratio(days, part, balance, OverdueDefinition.RETAIL, whole_above=30).part == 2000


def test_a_loan_that_is_not_late_counts_nothing() -> None:
    for definition in OverdueDefinition:
        assert overdue_balance(0, 5, 9, definition).tolist() == [0]


def test_a_book_beyond_int64_still_has_a_ratio() -> None:
    ratio = overdue_ratio([0, 1], [0, 1], [FEN_MAX, FEN_MAX], OverdueDefinition.LARGE)
    assert ratio.fraction == Fraction(1, 2)


def test_a_book_without_balance_has_no_ratio() -> None:
    with pytest.raises(InvalidArgument, match="whole: must be above 0"):
        overdue_ratio([0], [0], [0], OverdueDefinition.SMALL)


def test_bad_columns_are_refused_with_their_row() -> None:
    with pytest.raises(InvalidArgument, match="paid, row 2: is more than was due") as refusal:
        aging([1, 2], [10, 10], [10, 11], [0, 2], 5)
    assert refusal.value.rule_zh == "超过应还金额"
    with pytest.raises(LengthMismatch, match="paid: has 1 rows where 2 are needed"):
        aging([1, 2], [10, 10], [10], [0, 2], 5)
    with pytest.raises(LengthMismatch, match="due"):
        aging([1, 2], [10], [10, 10], [0, 2], 5)
    with pytest.raises(InvalidArgument, match="due, row 1"):
        aging([1], [-1], [0], [0, 1], 5)
    with pytest.raises(InvalidArgument, match="paid, row 1: must be at least 0"):
        aging([1], [1], [-1], [0, 1], 5)
    with pytest.raises(LengthMismatch, match="as_of"):
        aging([1], [1], [0], [0, 1], [5, 6])
    with pytest.raises(InvalidArgument, match="grace_days, row 1"):
        aging([1], [1], [0], [0, 1], 5, grace_days=-1)
    with pytest.raises(AmountOverflow, match="due, row 1"):
        aging([1, 1], [FEN_MAX, FEN_MAX], [0, 0], [0, 2], 5)
    for argument in ("days_past_due", "overdue", "balance"):
        columns = {"days_past_due": 1, "overdue": 1, "balance": 1, argument: -1}
        with pytest.raises(InvalidArgument, match=f"{argument}, row 1"):
            overdue_balance(**columns, definition=OverdueDefinition.SMALL)
