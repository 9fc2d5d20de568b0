"""Parts of a year, by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.daycount import Period, add_months, holds_29_february, whole_fraction, year_fraction
from chedai.engine.errors import InvalidArgument
from chedai.engine.terms import DayCount, Unit

MARCH = Period(date(2026, 3, 10), date(2026, 4, 10))
QUARTER = Period(date(2026, 1, 10), date(2026, 4, 10), every=3)


@pytest.mark.parametrize(
    ("day_count", "period", "part"),
    [
        (DayCount.THIRTY_360, MARCH, Fraction(1, 12)),
        (DayCount.THIRTY_360, QUARTER, Fraction(1, 4)),
        (DayCount.THIRTY_360, Period(date(2026, 3, 10), date(2026, 3, 24), 2, Unit.WEEK), Fraction(14, 360)),
        (DayCount.THIRTY_360, Period(date(2026, 1, 31), date(2026, 2, 28)), Fraction(1, 12)),
        (DayCount.THIRTY_360, Period(date(2026, 2, 28), date(2026, 3, 31)), Fraction(1, 12)),
        (DayCount.THIRTY_360, Period(date(2026, 3, 10), date(2026, 3, 25), regular=False), Fraction(15, 31 * 12)),
        (DayCount.ACT_365, MARCH, Fraction(31, 365)),
        (DayCount.ACT_360, MARCH, Fraction(31, 360)),
        (DayCount.ACT_ACT, Period(date(2027, 12, 1), date(2028, 1, 1)), Fraction(30, 365) + Fraction(1, 366)),
        (
            DayCount.ACT_ACT,
            Period(date(2027, 1, 1), date(2030, 1, 1), 36),
            Fraction(364 + 365, 365) + 1 + Fraction(1, 365),
        ),
        (DayCount.PERIOD, MARCH, Fraction(1, 12)),
        (DayCount.PERIOD, Period(date(2026, 3, 10), date(2026, 3, 24), 2, Unit.WEEK), Fraction(2, 52)),
        (DayCount.PERIOD, Period(date(2026, 3, 10), date(2026, 3, 30), 20, Unit.DAY), Fraction(20, 365)),
        (DayCount.MONTH_ODD, MARCH, Fraction(1, 12)),
        (DayCount.MONTH_ODD, Period(date(2026, 3, 10), date(2026, 3, 24), 2, Unit.WEEK), Fraction(14, 360)),
        (DayCount.MONTH_ODD, Period(date(2026, 1, 31), date(2026, 2, 28)), Fraction(1, 12)),
    ],
)
def test_whole_periods(day_count: DayCount, period: Period, part: Fraction) -> None:
    assert whole_fraction(day_count, period) == part


def test_two_months_and_odd_days() -> None:
    stub = Period(date(2026, 1, 10), date(2026, 3, 25), regular=False)
    assert whole_fraction(DayCount.MONTH_ODD, stub) == Fraction(2, 12) + Fraction(15, 360)
    assert whole_fraction(DayCount.THIRTY_360, stub) == (2 + Fraction(15, 31)) / 12


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (date(2028, 2, 28), date(2028, 2, 29), True),
        (date(2028, 2, 29), date(2028, 3, 29), False),
        (date(2027, 12, 31), date(2028, 3, 31), True),
        (date(2026, 1, 1), date(2027, 12, 31), False),
        (date(2100, 1, 1), date(2100, 12, 31), False),
        (date(1999, 12, 31), date(2000, 12, 31), True),
    ],
)
def test_periods_that_hold_a_leap_day(start: date, end: date, holds: bool) -> None:
    assert holds_29_february(start, end) is holds


def test_leap_day_matters_only_to_its_period() -> None:
    held = Period(date(2028, 2, 10), date(2028, 3, 10))
    other = Period(date(2028, 3, 10), date(2028, 4, 10))
    over_new_year = Period(date(2027, 12, 10), date(2028, 3, 10), 3)
    assert whole_fraction(DayCount.ACT_ACT_FEB29, held) == Fraction(29, 366)
    assert whole_fraction(DayCount.ACT_ACT_FEB29, other) == Fraction(31, 365)
    assert whole_fraction(DayCount.ACT_ACT_FEB29, over_new_year) == Fraction(21, 365) + Fraction(70, 366)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 3, 9), date(2026, 3, 20)),
        (date(2026, 3, 20), date(2026, 4, 11)),
        (date(2026, 3, 20), date(2026, 3, 19)),
    ],
)
def test_stretch_outside_its_period_is_refused(start: date, end: date) -> None:
    with pytest.raises(InvalidArgument, match="inside the period"):
        year_fraction(DayCount.ACT_365, start, end, MARCH)


def test_months_are_added_by_the_calendar() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 11, 30), 1) == date(2026, 12, 30)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


@given(st.sampled_from(DayCount), st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.data())
def test_parts_of_a_period_add_up_and_never_shrink(day_count: DayCount, start: date, data: st.DataObject) -> None:
    unit, every = data.draw(st.sampled_from(Unit)), data.draw(st.integers(1, 4))
    regular = add_months(start, every) if unit is Unit.MONTH else start + timedelta(days=every * 7)
    period = Period(start, regular, every if unit is not Unit.DAY else every * 7, unit)
    days = sorted(data.draw(st.lists(st.dates(start, regular), max_size=4)))
    bounds = [start, *days, regular]
    parts = [year_fraction(day_count, low, high, period) for low, high in pairwise(bounds)]
    assert min(parts) >= 0
    assert sum(parts) == whole_fraction(day_count, period)
