"""Annual figures: both, labelled, with the proof of the flows."""

from __future__ import annotations

import hashlib
import math
from datetime import date, timedelta
from fractions import Fraction

import pytest

from chedai.engine.errors import InvalidArgument, NoRate
from chedai.engine.rates import annual_rates, annual_rates_dated, flows_digest, percent_text, periods_a_year
from chedai.engine.terms import Unit


def test_both_figures_carry_their_label_in_both_languages() -> None:
    rates = annual_rates([2_000_000, *[-393_333] * 6])
    assert rates.labelled() == (("年化利率(单利,IRR×12)", "59.33%"), ("年化利率(复利,(1+IRR)^12-1)", "78.45%"))
    english = rates.labelled("en")
    assert english == (("annual rate (simple, IRR×12)", "59.33%"), ("annual rate (compound, (1+IRR)^12-1)", "78.45%"))


def test_the_higher_figure_is_the_compound_one_above_zero_and_the_simple_one_below_one_period_a_year() -> None:
    rates = annual_rates([10_000, -10_100])
    assert rates.higher == rates.effective == pytest.approx(1.01**12 - 1)
    slow = annual_rates([10_000, -12_100], every=24)
    assert slow.periods_a_year == Fraction(1, 2)
    assert slow.higher == slow.nominal == pytest.approx(0.105)
    assert slow.effective == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("unit", "every", "periods"),
    [
        (Unit.MONTH, 1, Fraction(12)),
        (Unit.MONTH, 3, Fraction(4)),
        (Unit.WEEK, 2, Fraction(365, 14)),
        (Unit.DAY, 1, Fraction(365)),
        (Unit.DAY, 10, Fraction(73, 2)),
    ],
)
def test_periods_a_year_by_unit(unit: Unit, every: int, periods: Fraction) -> None:
    assert periods_a_year(unit, every) == periods
    rates = annual_rates([10_000, -10_001], unit=unit, every=every)
    assert rates.nominal == pytest.approx(0.0001 * float(periods))
    assert rates.effective == pytest.approx(1.0001 ** float(periods) - 1)


def test_a_daily_rate_of_five_in_ten_thousand_is_18_25_a_year() -> None:
    rates = annual_rates([10_000, -10_005], unit=Unit.DAY)
    assert percent_text(rates.nominal) == "18.25%"


def test_weeks_agree_with_real_dates() -> None:
    days = [date(2026, 1, 1) + timedelta(weeks=k) for k in range(27)]
    flows = [2_600_000, *[-102_000] * 26]
    weekly, dated = annual_rates(flows, unit=Unit.WEEK), annual_rates_dated(flows, days)
    assert weekly.effective == pytest.approx(dated.effective, abs=1e-12)
    assert dated.nominal == pytest.approx(12 * math.expm1(math.log1p(dated.effective) / 12), abs=1e-15)
    assert dated.periods_a_year == 12


def test_the_digest_proves_flows_and_their_timing() -> None:
    flows = [10_000, -10_100]
    assert flows_digest(flows, "every 1 month") == hashlib.sha256(b"flows/1\nevery 1 month\n10000,-10100\n").hexdigest()
    assert annual_rates(flows).digest == flows_digest(flows, "every 1 month")
    assert annual_rates(flows).digest != annual_rates(flows, every=2).digest
    assert annual_rates(flows).digest != annual_rates([10_000, -10_101]).digest
    days = [date(2026, 1, 1), date(2026, 2, 1)]
    assert annual_rates_dated(flows, days).digest == flows_digest(flows, "2026-01-01,2026-02-01")


@pytest.mark.parametrize(
    ("rate", "text"), [(0.079359, "7.94%"), (0.0, "0.00%"), (-1e-9, "0.00%"), (-0.051033, "-5.10%"), (-1e-4, "-0.01%")]
)
def test_percentages_for_print(rate: float, text: str) -> None:
    assert percent_text(rate) == text
    assert percent_text(0.079359, 4) == "7.9359%"


def test_what_has_no_annual_rate() -> None:
    with pytest.raises(NoRate, match="beyond any figure"):
        annual_rates([1, -100_000], unit=Unit.DAY)
    with pytest.raises(InvalidArgument, match="every: must be at least 1"):
        annual_rates([100, -110], every=0)
    with pytest.raises(NoRate, match="never change sign"):
        annual_rates([100, 110])
