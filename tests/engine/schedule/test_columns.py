"""Batches: shapes, ragged terms, amounts beyond the fast path, and refusals that name the loan's row."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from chedai.engine.errors import AmountOverflow, EngineError, Infeasible, InvalidArgument, LengthMismatch
from chedai.engine.money import Rounding, divide
from chedai.engine.schedule import YearParts, schedule_columns, timetable_columns, year_part_columns
from chedai.engine.schedule.amounts import divide_column, rounded
from chedai.engine.schedule.kernel import BLOCK
from chedai.engine.terms import Amortisation, DayCount, InterestMethod, Residue, Step, StepKind, Stub, Unit
from tests.engine.schedule.loans import plan

STEPPED = Amortisation.STEPPED
IO_THEN_LEVEL = (Step(12, StepKind.INTEREST_ONLY), Step(24, StepKind.SOLVE))


def test_a_batch_is_periods_by_loans_and_padded_with_zeros() -> None:
    made = schedule_columns([10_000_000, 1_000_000], [6_000_000, 5_000_000], [36, 3])
    assert made.principal.shape == made.interest.shape == made.total.shape == made.balance.shape == (36, 2)
    assert (made.principal.dtype, made.interest.dtype) == (np.int64, np.int64)
    assert made.total[:3, 1].tolist() == [336_115, 336_115, 336_116]
    assert not made.total[3:, 1].any()
    assert made.instalment is not None
    assert made.instalment.tolist() == [304_219, 336_115]
    assert made.balance[:, 0].tolist() == [row.balance for row in plan("100000", "6", 36).rows]
    assert made.periods.tolist() == [36, 3]


def test_one_row_serves_all_loans() -> None:
    made = schedule_columns(10_000_000, [6_000_000, 5_880_000], 36)
    assert made.instalment is not None
    assert made.instalment.tolist() == [304_219, 303_676]


@pytest.mark.parametrize("method", [Amortisation.EQUAL_INSTALMENT, Amortisation.BULLET])
def test_the_arrays_of_an_earlier_result_are_written_again(method: Amortisation) -> None:
    facts: dict[str, Any] = {"amortisation": method}
    earlier = schedule_columns([5_000_000, 7_000_000], 12_000_000, 36, **facts)
    fresh = schedule_columns([10_000_000, 100], [6_000_000, 0], [24, 3], **facts)
    again = schedule_columns([10_000_000, 100], [6_000_000, 0], [24, 3], **facts, out=earlier)
    assert np.shares_memory(again.principal, earlier.principal)
    assert again.principal.tolist() == fresh.principal.tolist()
    assert again.interest.tolist() == fresh.interest.tolist()
    for principal, periods in (([1, 2, 3], 24), ([1, 2], 48)):
        other = schedule_columns(principal, 0, periods, **facts, out=earlier)
        assert not np.shares_memory(other.principal, earlier.principal)


def test_more_loans_than_a_block() -> None:
    count = BLOCK + 3
    periods = np.full(count, 2)
    periods[-1] = 3
    loans = np.arange(1, count + 1) * 100
    for facts in ({}, {"interest_method": InterestMethod.FLAT}):
        earlier = schedule_columns(loans, 12_000_000, 3)
        made = schedule_columns(loans, 12_000_000, periods, **facts, out=earlier)
        assert (made.principal.sum(axis=0) == loans).all()
        assert not made.total[2, :BLOCK].any()
        assert made.total[2, -1] > 0


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("rate", [4_000_000, 4_000_001])
def test_amounts_beyond_int64_products_are_still_exact(rounding: Rounding, rate: int) -> None:
    principal = 9 * 10**12
    for method in (Amortisation.INTEREST_FIRST, Amortisation.BULLET, Amortisation.EQUAL_INSTALMENT):
        made = schedule_columns([principal + 75, 150], rate * 100, 300, amortisation=method, rounding=rounding)
        assert made.principal.sum(axis=0).tolist() == [principal + 75, 150]
        if method is Amortisation.INTEREST_FIRST:
            exact = [divide(balance * rate * 100, 12 * 10**8, rounding) for balance in (principal + 75, 150)]
            assert made.interest[0].tolist() == exact


def test_half_a_fen_to_even_in_batches() -> None:
    method = Amortisation.INTEREST_FIRST
    up = schedule_columns([150, 450, 750], 4_000_000, 1, amortisation=method)
    even = schedule_columns([150, 450, 750], 4_000_000, 1, amortisation=method, rounding=Rounding.HALF_EVEN)
    assert up.interest.tolist() == [[1, 2, 3]]
    assert even.interest.tolist() == [[0, 2, 2]]


def test_a_flat_instalment_below_its_interest_is_no_matter_in_a_plan_of_one() -> None:
    made = schedule_columns([1, 411], [0, 4_380_000], [2, 1], instalment=[1, 1], interest_method=InterestMethod.FLAT)
    assert made.principal.tolist() == [[1, 411], [0, 0]]


def test_equal_parts_with_an_unreasonable_total_stay_exact() -> None:
    made = schedule_columns(9 * 10**12, 10**12, 60, interest_method=InterestMethod.FLAT)
    assert made.interest.sum() == 9 * 10**12 * 10**12 * 60 // (12 * 10**8)
    assert made.principal.sum() == 9 * 10**12


@pytest.mark.parametrize(
    ("argument", "row", "facts"),
    [
        ("principal", 1, {"principal": [100, 0]}),
        ("principal", 1, {"principal": [100, 10**16]}),
        ("principal", None, {"principal": []}),
        ("annual_rate", 0, {"annual_rate": [float("nan"), 1.0]}),
        ("annual_rate", 1, {"annual_rate": [1, -1]}),
        ("periods", 0, {"periods": [0, 1]}),
        ("periods", 1, {"periods": [1, 65_536]}),
        ("periods", 1, {"periods": [36, 35], "amortisation": STEPPED, "steps": IO_THEN_LEVEL}),
        ("balloon", 1, {"balloon": [1, 10_000_000], "amortisation": Amortisation.BALLOON}),
        ("balloon", None, {"balloon": [0, 1]}),
        ("instalment", 0, {"instalment": [0, 1]}),
        ("instalment", None, {"instalment": 1, "amortisation": Amortisation.BULLET}),
        ("steps", None, {"steps": IO_THEN_LEVEL}),
        ("steps", None, {"steps": IO_THEN_LEVEL[1:], "amortisation": STEPPED}),
        ("steps", None, {"amortisation": STEPPED}),
        ("interest_method", None, {"interest_method": InterestMethod.FLAT, "amortisation": Amortisation.BALLOON}),
        ("grace_principal", 1, {"grace_principal": 3, "periods": [4, 3]}),
        ("grace_principal", None, {"grace_principal": -1}),
        ("grace_principal", None, {"grace_principal": 1, "amortisation": STEPPED, "steps": IO_THEN_LEVEL}),
        ("grace_interest", 0, {"grace_interest": 3, "periods": [3, 4]}),
        ("interest_free_periods", 1, {"interest_free_periods": 4, "periods": [4, 3]}),
        ("instalment_multiple", None, {"instalment_multiple": 0}),
    ],
)
def test_bad_columns_are_refused_by_argument_and_row(argument: str, row: int | None, facts: dict[str, Any]) -> None:
    columns = {"principal": [10_000_000, 10_000_000], "annual_rate": 6_000_000, "periods": 36}
    with pytest.raises(InvalidArgument) as refusal:
        schedule_columns(**(columns | facts))
    assert (refusal.value.argument, refusal.value.row) == (argument, row)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(LengthMismatch, match="annual_rate: has 2 rows where 3 are needed"):
        schedule_columns([1, 2, 3], [1, 2], 36)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"instalment": [50_000, 49_999]}, "instalment, row 2: must cover the interest of instalment 1"),
        (
            {"instalment": [300_000, 400_000], "amortisation": Amortisation.BALLOON},
            "instalment, row 2: leaves no tail",
        ),
        (
            {"instalment": [60_000, 29_999], "interest_method": InterestMethod.FLAT, "annual_rate": 3_600_000},
            "instalment, row 2: must cover the interest of instalment 1",
        ),
        (
            {
                "principal": [10_000_000, 1_000_000],
                "amortisation": STEPPED,
                "steps": (Step(12, StepKind.PRINCIPAL, 100_000), Step(24, StepKind.INTEREST_ONLY)),
            },
            "steps, row 2: repay more than is owed at instalment 11",
        ),
    ],
)
def test_a_loan_without_a_schedule_is_named(facts: dict[str, Any], rule: str) -> None:
    columns = {"principal": [10_000_000, 10_000_000], "annual_rate": 6_000_000, "periods": 36}
    with pytest.raises(Infeasible, match=rule):
        schedule_columns(**(columns | facts))


def test_a_payment_is_held_against_the_interest_of_every_period() -> None:
    parts = year_part_columns(DayCount.ACT_360, timetable_columns(["2026-01-31"] * 2, 36))
    with pytest.raises(Infeasible, match="instalment, row 2: must cover the interest of instalment 2"):
        schedule_columns([9_000_000, 10_000_000], 6_000_000, 36, instalment=50_000, year_parts=parts)


def test_steps_that_overpay_the_free_amount_are_named_too() -> None:
    steps = (Step(2, StepKind.SOLVE), Step(3, StepKind.INSTALMENT, 1))
    with pytest.raises(Infeasible, match="steps, row 2: repay more than is owed before the free amount"):
        schedule_columns([10, 2], 0, 5, amortisation=STEPPED, steps=steps)


def test_interest_beyond_int64_is_refused_by_row() -> None:
    with pytest.raises(AmountOverflow) as refusal:
        schedule_columns([100, 9 * 10**12], [100, 10**16], 36)
    assert (refusal.value.argument, refusal.value.row) == ("annual_rate", 1)
    with pytest.raises(AmountOverflow, match="annual_rate, row 2: is beyond what a rate can be"):
        schedule_columns([100, 100], [1, 9 * 10**18], 36, year_parts=YearParts(14, 365))
    # The widest principal and the widest rate belong to different loans: each of them fits.
    made = schedule_columns([100, 9 * 10**12], [10**16, 100], 2, amortisation=Amortisation.INTEREST_FIRST)
    assert made.interest[0].tolist() == [833_333_333, 750_000]


@pytest.mark.parametrize(
    ("parts", "error", "row"),
    [
        (np.ones((35, 2), np.int64), LengthMismatch, None),
        (np.ones((36, 3), np.int64), LengthMismatch, None),
        (np.ones(36, np.int64), LengthMismatch, None),
        (np.array([[1, -1]] * 36), InvalidArgument, 1),
    ],
)
def test_year_parts_that_do_not_fit_are_refused(
    parts: np.ndarray[Any, Any], error: type[EngineError], row: int | None
) -> None:
    with pytest.raises(error) as refusal:
        schedule_columns([100, 100], 6_000_000, 36, year_parts=YearParts(parts, 12))
    assert (refusal.value.argument, refusal.value.row) == ("year_parts", row)


def test_a_spread_in_a_batch_moves_only_the_loans_that_need_it() -> None:
    made = schedule_columns([7_600_000, 10_000_000], [15_000_000, 6_000_000], 36, residue=Residue.SPREAD)
    assert made.instalment is not None
    assert made.instalment.tolist() == [263_457, 304_219]
    assert made.total[-1].tolist() == [263_436, 304_236]


def test_a_spread_below_the_interest_is_dropped_for_that_loan_alone() -> None:
    usury: dict[str, Any] = {"principal": [40_539, 40_539], "annual_rate": [600_000_000, 6_000_000], "periods": 11}
    usury["instalment_multiple"] = 1000
    plain, spread = schedule_columns(**usury), schedule_columns(**usury, residue=Residue.SPREAD)
    assert spread.total[:, 0].tolist() == plain.total[:, 0].tolist()


def test_half_a_fen_of_a_level_instalment_by_the_calendar_is_decided_exactly() -> None:
    parts = year_part_columns(DayCount.ACT_365, timetable_columns(["2026-01-01", "2026-01-01"], 4))
    free = schedule_columns([10, 14], 0, 4, year_parts=parts, interest_free_periods=1, rounding=Rounding.HALF_EVEN)
    assert free.instalment is not None
    assert free.instalment.tolist() == [2, 4]


def test_an_estimate_near_half_a_fen_is_decided_exactly() -> None:
    asked: list[int] = []

    def exact(row: int) -> int:
        asked.append(row)
        return 7

    estimate = np.array([1.5 + 1e-12, 1.4, 1.6, np.nan, np.inf])
    assert rounded(estimate, np.ones(5), 1, 1, exact).tolist() == [7, 1, 2, 7, 7]
    assert asked == [0, 3, 4]


def test_the_error_of_an_estimate_grows_with_what_it_was_made_of() -> None:
    estimate = np.array([1000.4999, 1000.4999])
    found = rounded(estimate, np.array([1e3, 1e12]), 8, 1, lambda row: -row)
    assert found.tolist() == [1000, -1]


@pytest.mark.parametrize("rounding", Rounding)
def test_division_by_rows_rounds_like_division(rounding: Rounding) -> None:
    numerator = np.arange(-25, 26)
    for denominator in (1, 2, 7, 10):
        found = divide_column(numerator, np.full_like(numerator, denominator), rounding)
        assert found.tolist() == [divide(int(n), denominator, rounding) for n in numerator]


@pytest.mark.parametrize(
    ("argument", "row", "facts"),
    [
        ("disbursed_on", None, {"disbursed_on": [1, 2]}),
        ("disbursed_on", 1, {"disbursed_on": np.array(["2026-01-01", "NaT"], "datetime64[D]")}),
        ("first_due", 1, {"first_due": [date(2026, 2, 1), date(2026, 1, 1)]}),
        ("due_day", 0, {"due_day": [32, 1]}),
        ("due_day", 1, {"due_day": [31, 0]}),
        ("due_day", None, {"due_day": 5, "unit": Unit.DAY}),
        ("periods", None, {"periods": 0}),
        ("every", None, {"every": 0}),
    ],
)
def test_bad_dates_are_refused_by_argument_and_row(argument: str, row: int | None, facts: dict[str, Any]) -> None:
    columns = {"disbursed_on": [date(2026, 1, 1), date(2026, 1, 1)], "periods": 3}
    with pytest.raises(InvalidArgument) as refusal:
        timetable_columns(**(columns | facts))
    assert (refusal.value.argument, refusal.value.row) == (argument, row)


@pytest.mark.parametrize("argument", ["first_due", "due_day"])
def test_date_columns_of_different_lengths_are_refused(argument: str) -> None:
    values = [date(2026, 3, 1)] * 3 if argument == "first_due" else [1, 2, 3]
    with pytest.raises(LengthMismatch) as refusal:
        timetable_columns([date(2026, 1, 1)] * 2, 3, **{argument: values})  # type: ignore[arg-type]
    assert refusal.value.argument == argument


def test_one_first_due_date_serves_all_loans() -> None:
    dates = timetable_columns(["2026-01-10", "2026-01-20"], 2, first_due=date(2026, 2, 20), stub=Stub.NONE)
    assert dates.bounds[0].tolist() == [date(2026, 1, 20), date(2026, 1, 20)]
    assert dates.bounds[2].tolist() == [date(2026, 3, 20), date(2026, 3, 20)]


def test_year_parts_of_like_periods_are_one_number() -> None:
    dates = timetable_columns(["2026-01-31"], 3)
    for day_count in (DayCount.THIRTY_360, DayCount.PERIOD, DayCount.MONTH_ODD):
        assert year_part_columns(day_count, dates) == YearParts(1, 12)
    days = year_part_columns(DayCount.ACT_360, dates)
    assert not isinstance(days.numerator, int)
    assert (days.numerator[:, 0].tolist(), days.denominator) == ([28, 31, 30], 360)
    weeks = year_part_columns(DayCount.PERIOD, timetable_columns(["2026-01-31"], 3, unit=Unit.WEEK))
    assert Fraction(int(weeks.numerator), weeks.denominator) == Fraction(1, 52)  # type: ignore[call-overload]
