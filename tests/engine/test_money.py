"""Money is integer fen and rates are exact integers; the edge parses text and refuses what it cannot hold."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import Rounding, divide, fen, fen_column, percent, rate_units, same_length, yuan, yuan_grouped


@pytest.mark.parametrize(
    ("numerator", "denominator", "half_up", "half_even"),
    [(5, 2, 3, 2), (7, 2, 4, 4), (-5, 2, -3, -2), (5, -2, -3, -2), (4, 3, 1, 1), (5, 3, 2, 2), (0, 7, 0, 0)],
)
def test_half_a_fen_is_rounded_as_stated(numerator: int, denominator: int, half_up: int, half_even: int) -> None:
    assert divide(numerator, denominator) == half_up
    assert divide(numerator, denominator, Rounding.HALF_EVEN) == half_even


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12))
def test_division_is_exact_at_any_size(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    away_from_zero = math.floor(abs(exact) + Fraction(1, 2)) * (-1 if exact < 0 else 1)
    assert divide(numerator, denominator) == away_from_zero
    assert divide(numerator, denominator, Rounding.HALF_EVEN) == round(exact)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234.56", 123_456),
        ("12,345", 1_234_500),
        ("-1,234,567.8", -123_456_780),
        ("１２，３４５", 1_234_500),
        (" -0.05 ", -5),
        (7, 700),
        (Decimal("3.10"), 310),
        ("1e3", 100_000),
    ],
)
def test_yuan_as_typed_become_fen(typed: str | int | Decimal, amount: int) -> None:
    assert fen(typed) == amount


@pytest.mark.parametrize("typed", ["12.345", "abc", "", "NaN", "Infinity"])
def test_an_amount_that_is_none_is_refused_by_name(typed: str) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        fen(typed, argument="price")
    assert refusal.value.argument == "price"


@pytest.mark.parametrize("typed", ["1,85", "1,,234", ",123", "1234,567", "12,3456", "1，85", "1,234,", "0.1,234"])
def test_a_comma_that_parts_no_thousands_is_refused(typed: str) -> None:
    with pytest.raises(InvalidArgument, match="groups of three digits") as refusal:
        fen(typed, argument="price")
    assert (refusal.value.argument, refusal.value.value) == ("price", typed)


def test_an_amount_beyond_int64_is_refused() -> None:
    assert fen("92233720368547758.07") == 2**63 - 1
    with pytest.raises(AmountOverflow):
        fen("92233720368547758.08")


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_fen_and_yuan_are_inverse(amount: int) -> None:
    assert fen(yuan(amount)) == amount
    assert yuan_grouped(amount).replace(",", "") == yuan(amount)


def test_a_sentence_sets_the_thousands_apart() -> None:
    grouped = [yuan_grouped(amount) for amount in (0, 99_999, 123_456_789, -100_000)]
    assert grouped == ["0.00", "999.99", "1,234,567.89", "-1,000.00"]


@pytest.mark.parametrize(
    ("typed", "units"), [("5.88", 5_880_000), ("5.88%", 5_880_000), (24, 24_000_000), ("0.000001", 1)]
)
def test_percentages_become_exact_units(typed: str | int, units: int) -> None:
    assert rate_units(typed) == units
    assert rate_units(percent(units)) == units


def test_a_percentage_shows_without_superfluous_zeros() -> None:
    assert str(percent(5_880_000)) == "5.88"
    assert str(percent(10_000_000)) == "10"
    assert str(percent(0)) == "0"


@pytest.mark.parametrize("typed", ["0.0000001", "five", "NaN"])
def test_a_rate_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(InvalidArgument):
        rate_units(typed)


def test_columns_accept_whole_numbers_of_any_kind() -> None:
    assert fen_column("due", [1, 2]).tolist() == [1, 2]
    assert fen_column("due", 5).tolist() == [5]
    assert fen_column("due", np.array([3.0])).tolist() == [3]
    assert fen_column("due", np.array([2**62], dtype=np.uint64)).tolist() == [2**62]
    assert fen_column("due", np.array([2**40], dtype=object)).tolist() == [2**40]


@pytest.mark.parametrize(
    ("values", "row"),
    [
        ([1.0, float("nan")], 1),
        ([1.5], 0),
        (np.array([1, "x"], dtype=object), 1),
        (np.array([True], dtype=object), 0),
        ([3, -1], 1),
    ],
)
def test_columns_name_the_row_they_refuse(values: object, row: int) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        fen_column("due", values, least=0)  # type: ignore[arg-type]
    assert (refusal.value.argument, refusal.value.row) == ("due", row)


@pytest.mark.parametrize(
    "values", [[1.0, 1e19], np.array([0, 2**63], dtype=np.uint64), np.array([2**70], dtype=object)]
)
def test_columns_beyond_int64_overflow_loudly(values: object) -> None:
    with pytest.raises(AmountOverflow):
        fen_column("due", values)  # type: ignore[arg-type]


@pytest.mark.parametrize("values", [[[1], [2]], ["a"], [True]])
def test_columns_of_another_shape_or_kind_are_refused(values: object) -> None:
    with pytest.raises(InvalidArgument):
        fen_column("due", values)  # type: ignore[arg-type]


def test_a_single_value_serves_every_loan_and_other_lengths_do_not() -> None:
    one, many = same_length(rate=fen_column("rate", 7), due=fen_column("due", [1, 2, 3]))
    assert one.tolist() == [7, 7, 7]
    assert many.tolist() == [1, 2, 3]
    assert same_length() == []
    with pytest.raises(LengthMismatch) as refusal:
        same_length(rate=fen_column("rate", [7, 7]), due=fen_column("due", [1, 2, 3]))
    assert refusal.value.argument == "rate"


@pytest.mark.parametrize("far", ["1.0000000000000000000000000000000001", "1e-999999999", "100." + "0" * 60 + "1"])
def test_a_digit_far_behind_the_point_is_refused_never_rounded_away(far: str) -> None:
    with pytest.raises(InvalidArgument, match="parts of a fen"):
        fen(far)
    with pytest.raises(InvalidArgument, match="six decimals"):
        rate_units(far)


def test_a_number_beyond_all_bounds_is_refused_before_it_is_written_out() -> None:
    with pytest.raises(AmountOverflow):
        fen("1e999999999")
    with pytest.raises(InvalidArgument, match="beyond what a rate can be"):
        rate_units("1e999999999")
    assert (fen("0e999999"), rate_units("0e999999")) == (0, 0)
