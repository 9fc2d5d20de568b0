"""Dates and year fractions for the judges: one day, one month at a time, by the text of the contract conventions.

Written without `calendar` and `daycount`, so that the two can be wrong in different ways only. Slow on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from chedai.engine.terms import DayCount, LoanTerms, MonthEnd, Shift, Stub, Unit

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that bears interest; `regular` when it is exactly one agreed period by the anchor."""

    start: date
    end: date
    regular: bool


def days_in_month(year: int, month: int) -> int:
    """How many days the month has, by walking to the first of the next."""
    day = date(year, month, 28)
    while (day + ONE_DAY).month == month:
        day += ONE_DAY
    return day.day


def months_later(start: date, months: int, anchor: int, month_end: MonthEnd = MonthEnd.CLAMP) -> date:
    """The anchor day in the month that lies `months` after (or before) the month of `start`."""
    year, month = start.year, start.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        elif month == 0:
            year, month = year - 1, 12
    longest = days_in_month(year, month)
    if anchor <= longest:
        return date(year, month, anchor)
    return date(year, month, longest) + (ONE_DAY if month_end is MonthEnd.ROLL else timedelta(0))


def anchored(terms: LoanTerms, periods: int) -> date:
    """The regular due date after `periods` periods (0: the start of the first regular one, negative: before it)."""
    if terms.unit is not Unit.MONTH:
        length = timedelta(days=terms.every * (7 if terms.unit is Unit.WEEK else 1))
        return (terms.first_due or terms.disbursed_on + length) + length * (periods - 1)
    natural = months_later(terms.disbursed_on, terms.every, terms.disbursed_on.day, terms.month_end)
    if terms.due_day is None:
        if terms.first_due in (None, natural):
            return months_later(terms.disbursed_on, terms.every * periods, terms.disbursed_on.day, terms.month_end)
        first, anchor = terms.first_due or natural, (terms.first_due or natural).day
    else:
        first, anchor = terms.first_due or first_fixed_day(terms, terms.due_day), terms.due_day
        if terms.first_due is None and first.day != anchor and terms.month_end is MonthEnd.ROLL:
            first -= ONE_DAY  # rolled into the next month: count from the month it belongs to
    return months_later(first, terms.every * (periods - 1), anchor, terms.month_end)


def first_fixed_day(terms: LoanTerms, due_day: int) -> date:
    """The first due date when only the day of the month is agreed: the odd days come before the first period."""
    months = -1
    while months_later(terms.disbursed_on, months, due_day, terms.month_end) < terms.disbursed_on:
        months += 1
    odd_days_end = months_later(terms.disbursed_on, months, due_day, terms.month_end)
    if odd_days_end > terms.disbursed_on and terms.stub is Stub.SHORTER:
        return odd_days_end
    return months_later(terms.disbursed_on, months + terms.every, due_day, terms.month_end)


def spans(terms: LoanTerms) -> tuple[Span | None, list[Span]]:
    """The stub with a row of its own, if any, and the periods, all by unshifted dates."""
    ends = [terms.first_due or anchored(terms, 1)]
    ends += [anchored(terms, k) for k in range(2, terms.periods + 1)]
    start, regular_start = terms.disbursed_on, anchored(terms, 0)
    own_row = None
    if terms.stub in (Stub.INTEREST_ONLY, Stub.NONE) and regular_start > start:
        if terms.stub is Stub.INTEREST_ONLY:
            own_row = Span(start, regular_start, regular=False)
        start = regular_start
    periods = []
    for k, end in enumerate(ends, start=1):
        periods.append(Span(start, end, start == anchored(terms, k - 1) and end == anchored(terms, k)))
        start = end
    return own_row, periods


def shifted(day: date, shift: Shift, is_business_day: Callable[[date], bool] | None) -> date:
    """The day the money is due when holidays move it."""
    if shift is Shift.NONE or is_business_day is None:
        return day
    later, earlier = day, day
    while not is_business_day(later):
        later += ONE_DAY
    while not is_business_day(earlier):
        earlier -= ONE_DAY
    if shift is Shift.PRECEDING or (shift is Shift.MODIFIED_FOLLOWING and later.month != day.month):
        return earlier
    return later


def fraction(terms: LoanTerms, span: Span) -> Fraction:
    """The part of a year that the span bears interest for."""
    days = (span.end - span.start).days
    match terms.day_count:
        case DayCount.ACT_365:
            return Fraction(days, 365)
        case DayCount.ACT_360:
            return Fraction(days, 360)
        case DayCount.ACT_ACT:
            return by_real_years(span)
        case DayCount.ACT_ACT_FEB29:
            return by_real_years(span) if holds_leap_day(span) else Fraction(days, 365)
        case DayCount.PERIOD:
            return {
                Unit.MONTH: Fraction(terms.every, 12),
                Unit.WEEK: Fraction(terms.every, 52),
                Unit.DAY: Fraction(days, 365),
            }[terms.unit]
        case DayCount.THIRTY_360:
            if terms.unit is not Unit.MONTH:
                return Fraction(days, 360)
            return Fraction(terms.every, 12) if span.regular else in_months(span) / 12
        case _:  # month+odd
            if span.regular and terms.unit is Unit.MONTH:
                return Fraction(terms.every, 12)
            months, reached = whole_months(span)
            return Fraction(months, 12) + Fraction((span.end - reached).days, 360)


def by_real_years(span: Span) -> Fraction:
    """Every day over the length of the year in which it closes, which is the year of the day after."""
    total, day = Fraction(0), span.start
    while day < span.end:
        day += ONE_DAY
        total += Fraction(1, 365 + (days_in_month(day.year, 2) == 29))
    return total


def holds_leap_day(span: Span) -> bool:
    """Whether a 29 February lies in the span, its first day not counted and its last counted."""
    day = span.start
    while day < span.end:
        day += ONE_DAY
        if (day.month, day.day) == (2, 29):
            return True
    return False


def whole_months(span: Span) -> tuple[int, date]:
    """How many whole months fit into the span from its start, and the day they reach."""
    months = 0
    while months_later(span.start, months + 1, span.start.day) <= span.end:
        months += 1
    return months, months_later(span.start, months, span.start.day)


def in_months(span: Span) -> Fraction:
    """Whole months from the start, and the days left over the length of the month they lie in."""
    months, reached = whole_months(span)
    month = (months_later(span.start, months + 1, span.start.day) - reached).days
    return months + Fraction((span.end - reached).days, month)
