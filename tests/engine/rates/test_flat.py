"""Flat rates: what they hide, and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import Rounding, rate_units
from chedai.engine.rates import FlatPer, annual_rates, flat_of_true, flat_truth, percent_text
from chedai.engine.terms import Unit


def test_a_flat_offer_taken_apart() -> None:
    truth = flat_truth(10_000_000, 36, rate_units("0.32"))
    assert truth.instalments == (*[309_778] * 35, 309_770)
    assert truth.total_fee == 1_152_000
    assert (percent_text(truth.advertised), percent_text(truth.true.nominal)) == ("3.84%", "7.22%")
    assert truth.plan == annual_rates([10_000_000, *(-due for due in truth.instalments)])


def test_per_month_per_year_and_in_all_are_one_rate() -> None:
    month = flat_truth(10_000_000, 36, rate_units("0.25"))
    year = flat_truth(10_000_000, 36, rate_units("3"), per=FlatPer.YEAR)
    whole = flat_truth(10_000_000, 36, rate_units("9"), per=FlatPer.WHOLE)
    assert month == year == whole


@given(st.integers(1, 500_000_00), st.integers(1, 84), st.integers(0, 100_000_000), st.sampled_from(FlatPer))
@settings(max_examples=60)
def test_instalments_repay_principal_and_fee_exactly(principal: int, periods: int, rate: int, per: FlatPer) -> None:
    if periods > principal:
        principal = periods
    truth = flat_truth(principal, periods, rate, per=per)
    assert sum(truth.instalments) == principal + truth.total_fee
    assert len(truth.instalments) == periods
    assert truth.true.nominal >= -1e-12


@given(st.integers(2, 120), st.integers(1, 3_000_000))
@settings(max_examples=60)
def test_the_way_back_gives_the_flat_rate(periods: int, rate: int) -> None:
    true = flat_truth(10_000_000, periods, rate).true
    assert flat_of_true(true.nominal, periods) == pytest.approx(rate / 1e8, abs=1e-12)


def test_the_rule_of_thumb_is_near() -> None:
    true = flat_truth(10_000_000, 36, rate_units("0.32")).true.nominal
    assert true == pytest.approx(0.0384 * 2 * 36 / 37, rel=0.04)


def test_weeks_are_annualised_by_days() -> None:
    truth = flat_truth(5_200_000, 52, rate_units("0.1"), unit=Unit.WEEK)
    assert truth.advertised == pytest.approx(0.001 * 365 / 7)
    assert truth.true.periods_a_year * 7 == truth.plan.periods_a_year * 7 == 365
    assert flat_of_true(truth.true.nominal, 52, unit=Unit.WEEK) == pytest.approx(0.001, abs=1e-12)


def test_one_period_and_quarters() -> None:
    assert flat_of_true(0.12, 1) == pytest.approx(0.01, abs=1e-15)
    quarterly = flat_truth(10_000_000, 12, rate_units("1"), every=3)
    assert quarterly.advertised == pytest.approx(0.04)
    assert quarterly.true.periods_a_year == quarterly.plan.periods_a_year == 4
    assert flat_of_true(quarterly.true.nominal, 12, every=3) == pytest.approx(0.01, abs=1e-12)


def test_half_a_fen_of_an_instalment_goes_where_it_is_told() -> None:
    up = flat_truth(1001, 2, 0)
    even = flat_truth(1001, 2, 0, rounding=Rounding.HALF_EVEN)
    assert (up.instalments, even.instalments) == ((501, 500), (500, 501))
    assert flat_truth(50, 1, rate_units("1")).total_fee == 1
    assert flat_truth(50, 1, rate_units("1"), rounding=Rounding.HALF_EVEN).total_fee == 0


def test_no_rate_hides_no_fee() -> None:
    assert flat_of_true(0.0, 36) == 0.0


@pytest.mark.parametrize(
    ("principal", "periods", "rate", "argument"), [(0, 36, 1, "principal"), (1, 0, 1, "periods"), (1, 36, -1, "rate")]
)
def test_what_is_no_offer(principal: int, periods: int, rate: int, argument: str) -> None:
    with pytest.raises(InvalidArgument, match=f"{argument}: must be at least"):
        flat_truth(principal, periods, rate)


@pytest.mark.parametrize("nominal", [float("nan"), float("inf"), -12.0])
def test_the_way_back_needs_a_rate(nominal: float) -> None:
    with pytest.raises(InvalidArgument, match="nominal"):
        flat_of_true(nominal, 36)


def test_the_way_back_needs_periods() -> None:
    with pytest.raises(InvalidArgument, match="periods: must be at least 1"):
        flat_of_true(0.06, 0)
