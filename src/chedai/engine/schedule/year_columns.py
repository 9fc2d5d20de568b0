"""Parts of a year of many loans at once: what `daycount` says of one period, as integers over one denominator."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chedai.engine.schedule.date_columns import DateColumn, TimetableColumns, month_and_day, on_day_column
from chedai.engine.schedule.weights import YearParts
from chedai.engine.terms import DayCount, MonthEnd, Unit

_MONTH_LENGTHS: Final = math.lcm(28, 29, 30, 31)
_COMMON_AND_LEAP: Final = 365 * 366
_EPOCH_YEAR: Final = 1970


def year_part_columns(day_count: DayCount, dates: TimetableColumns) -> YearParts:
    """The part of a year of every period of every loan; the definitions are those of `daycount.year_fraction`.

    One number for all where periods are alike, else int64 numerators [period, loan] over one denominator.
    """
    days = np.diff(dates.bounds, axis=0).astype(np.int64)
    monthly = dates.unit is Unit.MONTH
    if day_count is DayCount.PERIOD and dates.unit is not Unit.DAY:
        return YearParts(dates.every, 12 if monthly else 52)
    if day_count in (DayCount.ACT_365, DayCount.PERIOD):
        return YearParts(days, 365)
    if day_count is DayCount.ACT_360 or (day_count is DayCount.THIRTY_360 and not monthly):
        return YearParts(days, 360)
    if day_count in (DayCount.ACT_ACT, DayCount.ACT_ACT_FEB29):
        return _calendar_years(dates.bounds, days, only_with_29_february=day_count is DayCount.ACT_ACT_FEB29)
    if monthly and not dates.odd.any():
        return YearParts(dates.every, 12)
    return _months(day_count, dates, days)


def _calendar_years(bounds: DateColumn, days: NDArray[np.int64], *, only_with_29_february: bool) -> YearParts:
    """Days over 365 or 366 of the year they close in."""
    in_leap_years, leap_days = _leap_counts(bounds)
    leap = np.diff(in_leap_years, axis=0)
    parts = leap * 365 + (days - leap) * 366
    if only_with_29_february:
        parts = np.where(np.diff(leap_days, axis=0) > 0, parts, days * 366)
    return YearParts(parts, _COMMON_AND_LEAP)


def _leap_counts(dates: DateColumn) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of all days up to each date, how many lie in leap years, and how many are a 29 February."""
    opens = dates.astype("datetime64[Y]")
    year = opens.astype(np.int64) + _EPOCH_YEAR
    day_of_year = (dates - opens.astype("datetime64[D]")).astype(np.int64) + 1
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    before = (year - 1) // 4 - (year - 1) // 100 + (year - 1) // 400
    return before * 366 + leap * day_of_year, before + (leap & (day_of_year >= 31 + 29))


def _months(day_count: DayCount, dates: TimetableColumns, days: NDArray[np.int64]) -> YearParts:
    """Whole months are twelfths; the days after them are measured by their month, or count 1/360 each."""
    months, rest, length = _whole_months(dates.bounds[:-1], dates.bounds[1:])
    if day_count is DayCount.MONTH_ODD:
        measured, regular, denominator = months * 30 + rest, 30 * dates.every, 360
    else:
        measured = months * _MONTH_LENGTHS + rest * (_MONTH_LENGTHS // length)
        regular, denominator = _MONTH_LENGTHS * dates.every, _MONTH_LENGTHS * 12
    if dates.unit is Unit.MONTH:
        odd = np.zeros_like(days, dtype=np.bool_)
        odd[:2] = dates.odd[: len(days)]
        measured = np.where(odd, measured, regular)
    return YearParts(measured, denominator)


def _whole_months(start: DateColumn, end: DateColumn) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Whole months from `start`, the days after them, and the length of the month those days fall in."""
    month, day = month_and_day(start)
    months = month_and_day(end)[0] - month
    months = months - (on_day_column(month + months, day, MonthEnd.CLAMP) > end)
    reached = on_day_column(month + months, day, MonthEnd.CLAMP)
    following = on_day_column(month + months + 1, day, MonthEnd.CLAMP)
    return months, (end - reached).astype(np.int64), (following - reached).astype(np.int64)
