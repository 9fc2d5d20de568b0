"""Day counts: how a stretch of days becomes a part of a year, exactly.

Interest is balance x annual rate x part of a year. What the part is, is agreed in the contract: a month may always be a
twelfth, or every day may count by the calendar. Days are counted first in, last out (算头不算尾): the stretch from 1
May to 4 May is three days. A day belongs to the date on which it closes: the first of the three closes on 2 May, the
last on 4 May, so a rate "from 3 May" holds for the last two. All fractions are exact; rounding belongs to who posts
money.

A stretch is measured inside the instalment period that holds it, because three conventions need to know the period:
`30/360` and `period` divide the whole period's fraction over its real days, `act/act-feb29` asks what the period holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from chedai.engine.errors import InvalidArgument
from chedai.engine.terms import DayCount, Unit

MONTHS_A_YEAR: Final = 12
WEEKS_A_YEAR: Final = 52


@dataclass(frozen=True, slots=True)
class Period:
    """One instalment period, from `start` (its first day) to `due` (the day it closes, first day of the next).

    `regular` says the period is exactly `every` units long as agreed (31 Jan to 28 Feb is one month); a period that is
    not, a stub before the first regular one or one whose due date was moved, is measured from its start by the
    calendar.
    """

    start: date
    due: date
    every: int = 1
    unit: Unit = Unit.MONTH
    regular: bool = True

    @property
    def days(self) -> int:
        return (self.due - self.start).days


def year_fraction(day_count: DayCount, start: date, end: date, period: Period) -> Fraction:
    """The part of a year from `start` to `end`, both inside `period`, as an exact fraction.

    - `30/360`: a whole month is 1/12; part of a month is its days over the real days of the period. Weeks and days:
      n/360.
    - `act/365`, `act/360`: days over 365 or 360.
    - `act/act`: each day over 365 or 366, by the year in which the day closes (31 Dec closes in the new year).
    - `act/act-feb29`: as `act/act` in a period that holds 29 February (after its start, up to its due date), else /365.
    - `period`: months/12 or weeks/52 whatever the days; part of a period is its days over the period's days;
      days: n/365.
    - `month+odd`: whole months from the period's start are 1/12 each, the odd days after them count 1/360.

    Errors: `InvalidArgument` where the stretch leaves the period or runs backwards.
    """
    if not period.start <= start <= end <= period.due:
        raise InvalidArgument(
            "start", "must be a stretch inside the period", "必须是本期之内的一段", value=f"{start}..{end}"
        )
    if start == end:
        return Fraction(0)
    return _FRACTIONS[day_count](start, end, period)


def whole_fraction(day_count: DayCount, period: Period) -> Fraction:
    """The part of a year of the whole period."""
    return year_fraction(day_count, period.start, period.due, period)


def add_months(start: date, months: int) -> date:
    """The same day `months` later; the last day of the month where the month is too short."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    following = date(year + (month0 == 11), (month0 + 1) % 12 + 1, 1)
    return date(year, month0 + 1, min(start.day, (following - timedelta(days=1)).day))


def holds_29_february(start: date, end: date) -> bool:
    """Whether a 29 February lies after `start`, up to and including `end`."""
    return any(_is_leap(year) and start < date(year, 2, 29) <= end for year in range(start.year, end.year + 1))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _whole_months(start: date, end: date) -> int:
    """How many whole months fit between the two dates, counted from the first."""
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def _months(period: Period) -> Fraction:
    """The length of a period in months: whole ones from its start, the rest over the days of the month it falls in."""
    if period.regular:
        return Fraction(period.every)
    whole = _whole_months(period.start, period.due)
    reached = add_months(period.start, whole)
    month = (add_months(period.start, whole + 1) - reached).days
    return whole + Fraction((period.due - reached).days, month)


def _share(start: date, end: date, period: Period) -> Fraction:
    return Fraction((end - start).days, period.days)


def _thirty_360(start: date, end: date, period: Period) -> Fraction:
    if period.unit is not Unit.MONTH:
        return Fraction((end - start).days, 360)
    return _months(period) / MONTHS_A_YEAR * _share(start, end, period)


def _act_365(start: date, end: date, period: Period) -> Fraction:
    return Fraction((end - start).days, 365)


def _act_360(start: date, end: date, period: Period) -> Fraction:
    return Fraction((end - start).days, 360)


def _act_act(start: date, end: date, period: Period) -> Fraction:
    total = Fraction(0)
    while start < end:
        # A day closes with the next one's opening: what starts on 31 December belongs to the year after.
        year = (start + timedelta(days=1)).year
        stop = min(end, date(year, 12, 31))
        total += Fraction((stop - start).days, 366 if _is_leap(year) else 365)
        start = stop
    return total


def _act_act_feb29(start: date, end: date, period: Period) -> Fraction:
    if holds_29_february(period.start, period.due):
        return _act_act(start, end, period)
    return _act_365(start, end, period)


def _period(start: date, end: date, period: Period) -> Fraction:
    if period.unit is Unit.DAY:
        return Fraction((end - start).days, 365)
    a_year = MONTHS_A_YEAR if period.unit is Unit.MONTH else WEEKS_A_YEAR
    return Fraction(period.every, a_year) * _share(start, end, period)


def _month_odd(start: date, end: date, period: Period) -> Fraction:
    return _months_and_odd_days(end, period) - _months_and_odd_days(start, period)


def _months_and_odd_days(until: date, period: Period) -> Fraction:
    """From the period's start: whole months are twelfths, what is left counts by the day over 360."""
    if until == period.due and period.regular and period.unit is Unit.MONTH:
        return Fraction(period.every, MONTHS_A_YEAR)
    whole = _whole_months(period.start, until)
    odd = (until - add_months(period.start, whole)).days
    return Fraction(whole, MONTHS_A_YEAR) + Fraction(odd, 360)


_FRACTIONS: Final[dict[DayCount, Callable[[date, date, Period], Fraction]]] = {
    DayCount.THIRTY_360: _thirty_360,
    DayCount.ACT_365: _act_365,
    DayCount.ACT_360: _act_360,
    DayCount.ACT_ACT: _act_act,
    DayCount.ACT_ACT_FEB29: _act_act_feb29,
    DayCount.PERIOD: _period,
    DayCount.MONTH_ODD: _month_odd,
}
