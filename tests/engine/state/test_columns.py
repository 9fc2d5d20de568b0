"""Matrices, ragged rows and exact shares: what is refused, with its row, and what is computed to the last unit."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.columns import (
    Share,
    day_number,
    exact_sum,
    fen_matrix,
    flag_column,
    matrix_sums,
    months_later,
    part_of,
    plus,
    proportion,
    row_column,
    row_count,
    row_offsets,
    row_sums,
    running_total,
)
from chedai.engine.daycount import add_months
from chedai.engine.errors import AmountOverflow, EngineError, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX, RATE_SCALE, Rounding, divide

amounts = st.integers(-(2**62), 2**62)


def _refused(
    kind: type[EngineError], row: int | None, call: object, *arguments: object, **named: object
) -> EngineError:
    with pytest.raises(kind) as refusal:
        call(*arguments, **named)  # type: ignore[operator]
    assert refusal.value.row == row
    return refusal.value


def test_a_matrix_names_the_row_of_a_bad_cell() -> None:
    assert fen_matrix("due", [[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    refusal = _refused(InvalidArgument, 1, fen_matrix, "due", [[1, 2], [3, -4]])
    assert (refusal.argument, refusal.value, refusal.rule_zh) == ("due", -4, "不得小于 0")
    _refused(AmountOverflow, 1, fen_matrix, "due", np.array([[0, 1], [2**63, 1]], dtype=np.uint64))
    _refused(InvalidArgument, None, fen_matrix, "due", [["a", "b"]])
    assert fen_matrix("due", [[-1]], least=None).tolist() == [[-1]]
    assert fen_matrix("due", [[1.0, 2.0]], least=None).dtype == np.int64
    assert fen_matrix("due", np.zeros((0, 4), dtype=np.int64)).shape == (0, 4)


def test_a_matrix_of_the_wrong_shape_is_refused() -> None:
    assert _refused(InvalidArgument, None, fen_matrix, "due", [1, 2]).value == (2,)
    refusal = _refused(InvalidArgument, None, fen_matrix, "due", [[1, 2]], columns=4)
    assert refusal.rule == "must be rows of 4 columns"
    assert refusal.rule_zh == "必须是每行 4 列的矩阵"
    assert _refused(InvalidArgument, None, fen_matrix, "due", 7).rule == "must be rows of ? columns"


def test_offsets_start_at_0_never_fall_and_end_at_the_items() -> None:
    assert row_offsets("offsets", [0, 2, 2, 3], items=3).tolist() == [0, 2, 2, 3]
    for values in ([], [1, 3], [0, 2]):
        refusal = _refused(LengthMismatch, None, row_offsets, "offsets", np.array(values, dtype=np.int64), items=3)
        assert refusal.rule == "must run from 0 to the 3 items"
        assert refusal.rule_zh == "必须从 0 到 3(明细行数)"
    assert _refused(InvalidArgument, 2, row_offsets, "offsets", [0, 2, 1, 3], items=3).rule == "must never fall"
    assert _refused(InvalidArgument, 3, row_offsets, "offsets", [0, 0, 2, 1, 1], items=1).rule_zh == "不得递减"


def test_one_value_serves_every_row_and_another_length_is_refused() -> None:
    assert row_column("rate", 5, 3).tolist() == [5, 5, 5]
    assert row_column("rate", [-1, 2], 2, least=None).tolist() == [-1, 2]
    refusal = _refused(LengthMismatch, None, row_column, "rate", [1, 2], 3)
    assert (refusal.rule, refusal.rule_zh) == ("has 2 rows where 3 are needed", "有 2 行,应为 3 行")
    _refused(InvalidArgument, 0, row_column, "rate", [-1], 3)


def test_columns_have_as_many_rows_as_the_longest_or_none_at_all() -> None:
    assert row_count(1, [2]) == 1
    assert row_count(1, [1, 2, 3], [1, 2]) == 3
    assert row_count(1, []) == 0


def test_flags_are_true_and_false_only() -> None:
    assert flag_column("bad", [True, False], 2).tolist() == [True, False]
    assert flag_column("bad", True, 2).tolist() == [True, True]
    _refused(InvalidArgument, None, flag_column, "bad", [0, 1], 2)
    _refused(InvalidArgument, None, flag_column, "bad", [[True]], 1)
    assert _refused(LengthMismatch, None, flag_column, "bad", [True, False], 3).argument == "bad"


def test_running_totals_and_sums_of_rows() -> None:
    assert running_total(np.array([3, 4, 5])).tolist() == [0, 3, 7, 12]
    assert row_sums("due", np.array([3, 4, 5]), np.array([0, 0, 2, 3])).tolist() == [0, 7, 5]
    assert matrix_sums("due", np.array([[1, 2], [3, 4]])).tolist() == [3, 7]


def test_sums_at_the_edge_of_int64() -> None:
    half = 2**62
    almost = 2**32 - 1
    assert row_sums("due", np.array([almost] * 3), np.array([0, 3])).tolist() == [3 * almost]
    assert row_sums("due", np.array([half, half - 1, half]), np.array([0, 2, 3])).tolist() == [FEN_MAX, half]
    assert matrix_sums("due", np.array([[half, half - 1]])).tolist() == [FEN_MAX]
    refusal = _refused(AmountOverflow, 1, row_sums, "due", np.array([1, half, half]), np.array([0, 1, 3]))
    assert (refusal.argument, refusal.rule, refusal.rule_zh) == ("due", "adds up beyond int64", "合计超出 int64")
    _refused(AmountOverflow, 0, matrix_sums, "due", np.array([[half, half]]))
    assert plus("due", np.array([half]), np.array([half - 1])).tolist() == [FEN_MAX]
    _refused(AmountOverflow, 1, plus, "due", np.array([1, half]), np.array([1, half]))
    assert exact_sum(np.array([FEN_MAX, FEN_MAX, 3])) == 2 * FEN_MAX + 3


@given(
    amounts,
    st.integers(-(2**40), 2**40) | st.integers(-FEN_MAX, FEN_MAX),
    st.integers(1, 2**40) | st.integers(2**61, FEN_MAX),
    st.sampled_from(Rounding),
)
def test_a_proportion_is_exact(amount: int, numerator: int, denominator: int, rounding: Rounding) -> None:
    exact = divide(amount * numerator, denominator, rounding)
    if abs(exact) > FEN_MAX:
        with pytest.raises(AmountOverflow):
            proportion(amount, numerator, denominator, rounding=rounding)
    else:
        assert proportion(amount, numerator, denominator, rounding=rounding).tolist() == [exact]


@given(st.integers(-2000, 2000), st.integers(1, 40), st.sampled_from(Rounding))
def test_a_proportion_rounds_halves_as_told(amount: int, denominator: int, rounding: Rounding) -> None:
    assert proportion(amount, 1, 2 * denominator, rounding=rounding)[0] == divide(amount, 2 * denominator, rounding)


def test_halves_to_the_even_fen() -> None:
    halves = proportion([1, 3, 5, 7, -3], 1, 2, rounding=Rounding.HALF_EVEN)
    assert halves.tolist() == [0, 2, 2, 4, -2]
    assert proportion([1, 3, 5, -3], 1, 4, rounding=Rounding.HALF_EVEN).tolist() == [0, 1, 1, -1]


def test_a_proportion_at_the_edge_of_int64() -> None:
    assert proportion(FEN_MAX, 2, 2).tolist() == [FEN_MAX]
    assert proportion(-FEN_MAX, 2, 2).tolist() == [-FEN_MAX]
    assert proportion(1, 2**61 + 1, 2**62).tolist() == [1]
    assert proportion(1, FEN_MAX // 2, FEN_MAX).tolist() == [0]
    assert proportion(1, FEN_MAX // 2 + 1, FEN_MAX).tolist() == [1]
    assert _refused(AmountOverflow, 0, proportion, FEN_MAX, 2, 1).argument == "amount"
    assert _refused(InvalidArgument, None, proportion, 1, "x", 1).argument == "numerator"


def test_a_proportion_works_row_by_row() -> None:
    assert proportion([100, 2**62], [3, 3], [2, 7]).tolist() == [150, divide(2**62 * 3, 7)]
    refusal = _refused(AmountOverflow, 1, proportion, [1, FEN_MAX], 3, 2, argument="price")
    assert (refusal.argument, refusal.value) == ("price", divide(FEN_MAX * 3, 2))
    assert _refused(InvalidArgument, 0, proportion, 1, 1, 0).argument == "denominator"


@given(st.integers(0, FEN_MAX), st.integers(0, RATE_SCALE))
def test_a_part_is_never_a_fen_more_than_the_share(amount: int, share: int) -> None:
    assert part_of("share", np.array([amount]), share).tolist() == [amount * share // RATE_SCALE]


def test_a_part_beyond_int64_is_refused() -> None:
    refusal = _refused(AmountOverflow, 1, part_of, "max_share", np.array([100, FEN_MAX]), 2 * RATE_SCALE)
    assert (refusal.argument, refusal.rule_zh) == ("max_share", "按比例计算超出 int64")
    assert part_of("share", np.array([FEN_MAX]), RATE_SCALE).tolist() == [FEN_MAX]
    assert part_of("share", np.array([RATE_SCALE]), FEN_MAX // RATE_SCALE).tolist() == [FEN_MAX // RATE_SCALE]
    _refused(AmountOverflow, 0, part_of, "max_share", np.array([1]), FEN_MAX // RATE_SCALE + 1)


@given(st.dates(date(1999, 1, 1), date(2101, 1, 1)), st.integers(0, 60))
def test_months_later_keeps_the_day_or_takes_the_last_of_the_month(day: date, months: int) -> None:
    later = months_later(day_number("day", day), months)
    assert date.fromordinal(int(later[0])) == add_months(day, months)


def test_the_last_of_a_short_month_and_of_a_leap_year() -> None:
    days = [date(2026, 1, 31), date(2026, 1, 28), date(2028, 2, 29), date(2027, 2, 28), date(2026, 12, 31)]
    later = months_later(np.array([d.toordinal() for d in days]), 1)
    assert [date.fromordinal(int(x)) for x in later] == [
        date(2026, 2, 28),
        date(2026, 2, 28),
        date(2028, 3, 29),
        date(2027, 3, 28),
        date(2027, 1, 31),
    ]
    year = months_later(np.array([date(2028, 2, 29).toordinal(), date(2027, 2, 28).toordinal()]), 12)
    assert [date.fromordinal(int(x)) for x in year] == [date(2029, 2, 28), date(2028, 2, 28)]


def test_day_numbers_come_from_a_date_or_as_they_are() -> None:
    assert day_number("as_of", date(2026, 1, 1)).tolist() == [739617]
    assert day_number("as_of", [1, 2]).tolist() == [1, 2]


def test_a_share_is_exact_and_a_share_of_nothing_is_refused() -> None:
    share = Share(1000, 6000)
    assert share.fraction == Fraction(1, 6)
    assert share.rate == 16_666_667
    refusal = _refused(InvalidArgument, None, Share, 1, 0)
    assert (refusal.argument, refusal.rule_zh) == ("whole", "分母必须大于 0")
