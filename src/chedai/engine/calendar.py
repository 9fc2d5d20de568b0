"""When money is due: 对月对日 and its exceptions.

A monthly loan keeps its anchor day, not the day of the last instalment: paid out on 31 January it is due on 28 February
and again on 31 March. A loan with a fixed due day (每月 20 日) has odd days before its first regular period, and the
contract says what becomes of them (`terms.Stub`). A due date on a holiday may move to a business day; then only the day
the money is due moves, interest keeps following the unmoved dates, so that nobody pays for the bank's closed counter.

Days run first in, last out (算头不算尾): a period starts on the day the one before it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from chedai.engine.daycount import Period
from chedai.engine.errors import InvalidArgument
from chedai.engine.terms import LoanTerms, MonthEnd, Shift, Stub, Unit

DAYS_OF: Final = {Unit.DAY: 1, Unit.WEEK: 7}
_MONTH_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Which days are worked: weekdays but for `holidays`, and weekend days in `make_up_days` (调休上班日).

    It answers only for `first` to `last`, both included: the years whose holiday notice was published. Another date is
    refused (`InvalidArgument`), because a guessed holiday is a wrong due date.
    """

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    first: date
    last: date

    def is_business_day(self, day: date) -> bool:
        """Whether `day` is worked. Errors: `InvalidArgument` outside the covered years."""
        if not self.first <= day <= self.last:
            raise InvalidArgument(
                "business_days",
                f"covers {self.first} to {self.last} only",
                f"仅覆盖 {self.first} 至 {self.last}",
                value=day,
            )
        return day in self.make_up_days or (day.weekday() < _SATURDAY and day not in self.holidays)

    def shifted(self, day: date, shift: Shift) -> date:
        """`day` moved to a business day as `shift` says; a business day never moves."""
        if shift is Shift.NONE:
            return day
        moved = self._nearest(day, -_DAY if shift is Shift.PRECEDING else _DAY)
        if shift is Shift.MODIFIED_FOLLOWING and moved.month != day.month:
            return self._nearest(day, -_DAY)
        return moved

    def _nearest(self, day: date, step: timedelta) -> date:
        while not self.is_business_day(day):
            day += step
        return day


class Timetable(NamedTuple):
    """The dates of one loan.

    `bounds` holds n + 1 dates: interest of instalment k (from 0) runs from `bounds[k]` to `bounds[k + 1]`. `due` holds
    the n days the money is due, which differ from `bounds[1:]` only by the business-day shift. `odd` lists the
    positions of periods that are not exactly one regular period long. `stub` is the stretch whose interest is collected
    on a row of its own before the plan starts, with `stub_due` the day it is due. `anchor_day` is the day of the month
    that due dates keep; 0 for periods of days and weeks.
    """

    bounds: tuple[date, ...]
    due: tuple[date, ...]
    odd: tuple[int, ...]
    every: int
    unit: Unit
    stub: Period | None = None
    stub_due: date | None = None
    anchor_day: int = 0

    def period(self, k: int) -> Period:
        """The interest period of instalment `k` (from 0), as `daycount` wants it."""
        return Period(self.bounds[k], self.bounds[k + 1], self.every, self.unit, k not in self.odd)


def on_day(month: int, day: int, month_end: MonthEnd) -> date:
    """Day `day` of `month` (year * 12 + month - 1), clamped or rolled where the month is too short for it."""
    year, month0 = divmod(month, 12)
    if day > 28:
        length = _month_length(year, month0)
        if day > length:
            if month_end is MonthEnd.ROLL:
                year, month0 = divmod(month + 1, 12)
                day = 1
            else:
                day = length
    return date(year, month0 + 1, day)


def timetable(terms: LoanTerms, business_days: BusinessCalendar | None = None) -> Timetable:
    """All dates of the loan, resolved once from its terms.

    The anchor is the day of the disbursement; a fixed `due_day` or a `first_due` elsewhere in the month replaces it.
    With `due_day` and no `first_due`, the odd days up to the first due day are treated as `terms.stub` says:
    LONGER adds them to the first period, SHORTER makes them the first period, INTEREST_ONLY collects their interest on
    a row of its own, NONE lets them bear none. With a `first_due` the date stands and LONGER and SHORTER say the same.

    Errors: `InvalidArgument` for a due day with periods of days or weeks, for dates beyond the calendar, and for a
    shift without business days or outside the years they cover.
    """
    _refuse_leaving_the_calendar(terms)
    bounds, odd = _bounds(terms)
    start = bounds[0]
    stub = None
    if terms.stub is Stub.INTEREST_ONLY and start > terms.disbursed_on:
        stub = Period(terms.disbursed_on, start, terms.every, terms.unit, regular=False)
    due = bounds[1:]
    stub_due = stub.due if stub else None
    if terms.shift is not Shift.NONE:
        if business_days is None:
            raise InvalidArgument("business_days", "is needed to shift due dates", "须提供工作日历才能顺延还款日")
        due = tuple(business_days.shifted(day, terms.shift) for day in due)
        stub_due = business_days.shifted(stub_due, terms.shift) if stub_due else None
    return Timetable(bounds, due, odd, terms.every, terms.unit, stub, stub_due, _anchor(terms).day)


class _Anchor(NamedTuple):
    """What due dates are counted from: `at(0)` is the first regular due date, `at(-1)` one period before it."""

    base: date  # periods of days and weeks
    month: int  # periods of months: the month of the first due date, from year 0
    day: int
    every: int
    unit: Unit
    month_end: MonthEnd

    def at(self, k: int) -> date:
        if self.unit is Unit.MONTH:
            return on_day(self.month + k * self.every, self.day, self.month_end)
        return self.base + timedelta(days=k * self.every * DAYS_OF[self.unit])


def _refuse_leaving_the_calendar(terms: LoanTerms) -> None:
    """No date of the plan may fall outside the years 1 to 9999; one spare period on either side covers the anchor."""
    reach = terms.every * (31 if terms.unit is Unit.MONTH else DAYS_OF[terms.unit])
    last = max(terms.disbursed_on, terms.first_due or terms.disbursed_on)
    latest = last.toordinal() + (terms.periods + 1) * reach + 31
    if terms.disbursed_on.toordinal() - reach - 31 < 1 or latest > date.max.toordinal():
        raise InvalidArgument("periods", "must stay within the calendar", "超出日历范围", value=terms.periods)


def _bounds(terms: LoanTerms) -> tuple[tuple[date, ...], tuple[int, ...]]:
    """The ends of all interest periods, and the positions of those that are not one regular period long."""
    anchor = _anchor(terms)
    start, first = _first_period(terms, anchor)
    bounds = (start, first, *(anchor.at(k) for k in range(1, terms.periods)))
    if first != anchor.at(0):
        return bounds, (0, 1)[: terms.periods]
    return bounds, () if start == anchor.at(-1) else (0,)


def _anchor(terms: LoanTerms) -> _Anchor:
    paid_out = terms.disbursed_on
    if terms.unit is not Unit.MONTH:
        if terms.due_day is not None:
            raise InvalidArgument(
                "due_day", "needs periods of months", "固定还款日只适用于按月还款", value=terms.due_day
            )
        natural = paid_out + timedelta(days=terms.every * DAYS_OF[terms.unit])
        return _Anchor(terms.first_due or natural, 0, 0, terms.every, terms.unit, terms.month_end)
    own_month = _month_of(paid_out) + terms.every
    if terms.due_day is not None:
        month = _month_of(terms.first_due) if terms.first_due else _first_month_on(terms, terms.due_day)
        return _Anchor(paid_out, month, terms.due_day, terms.every, terms.unit, terms.month_end)
    natural = on_day(own_month, paid_out.day, terms.month_end)
    if terms.first_due is None or terms.first_due == natural:
        return _Anchor(natural, own_month, paid_out.day, terms.every, terms.unit, terms.month_end)
    first = terms.first_due
    return _Anchor(first, _month_of(first), first.day, terms.every, terms.unit, terms.month_end)


def _first_month_on(terms: LoanTerms, due_day: int) -> int:
    """The month of the first due date when only the due day is fixed: one period after the odd days end."""
    month = _month_of(terms.disbursed_on) - 1
    while on_day(month, due_day, terms.month_end) < terms.disbursed_on:
        month += 1
    odd_days = on_day(month, due_day, terms.month_end) > terms.disbursed_on
    return month if odd_days and terms.stub is Stub.SHORTER else month + terms.every


def _first_period(terms: LoanTerms, anchor: _Anchor) -> tuple[date, date]:
    """First and last day of the first interest period."""
    first = terms.first_due or anchor.at(0)
    regular_start = anchor.at(-1)
    if terms.stub in (Stub.INTEREST_ONLY, Stub.NONE) and regular_start > terms.disbursed_on:
        return regular_start, first
    return terms.disbursed_on, first


def _month_of(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_length(year: int, month0: int) -> int:
    leap = month0 == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _MONTH_DAYS[month0] + leap
