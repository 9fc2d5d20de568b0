"""XIRR: dates as they fall, years of 365 days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.errors import InvalidArgument, LengthMismatch, NoRate
from chedai.engine.rates import xirr
from chedai.engine.reference import rates as judge

START = date(2026, 1, 15)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=24), st.integers(-20, 40))
@settings(max_examples=25)
def test_agrees_with_fifty_digits(gaps: list[int], markup: int) -> None:
    days = [START]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    payment = 10_000_000 * (100 + markup) // 100 // len(gaps)
    flows = [10_000_000, *[-payment] * len(gaps)]
    true = float(judge.xirr(flows, days))
    assert abs(xirr(flows, days) - true) <= 1e-12 * max(1.0, abs(true))


def test_a_year_of_365_days() -> None:
    assert xirr([-10_000, 11_000], [date(2026, 1, 1), date(2027, 1, 1)]) == pytest.approx(0.1, abs=1e-14)
    leap = xirr([-10_000, 11_000], [date(2028, 1, 1), date(2029, 1, 1)])
    assert leap == pytest.approx(1.1 ** (365 / 366) - 1, abs=1e-14)


def test_order_does_not_matter_and_one_day_is_one_flow() -> None:
    days = [date(2027, 1, 1), date(2026, 1, 1), date(2026, 1, 1)]
    assert xirr([-11_000, 10_500, -500], days) == pytest.approx(0.1, abs=1e-14)


def test_flows_of_one_day_alone_have_no_rate() -> None:
    with pytest.raises(NoRate, match="never change sign"):
        xirr([100, -110], [START, START])


def test_several_rates_are_refused() -> None:
    days = [START, START + timedelta(days=365), START + timedelta(days=730)]
    with pytest.raises(NoRate, match="several rates"):
        xirr([-100, 230, -132], days)


def test_bad_input_is_named() -> None:
    with pytest.raises(LengthMismatch, match="has 1 rows where 2 are needed"):
        xirr([100, -110], [START])
    with pytest.raises(InvalidArgument, match="days, row 2: must be dates"):
        xirr([100, -110], [START, "2026-02-01"])  # type: ignore[list-item]
    with pytest.raises(InvalidArgument, match="payout and a repayment"):
        xirr([100], [START])
    with pytest.raises(InvalidArgument, match="whole"):
        xirr([100, float("nan")], [START, START])
