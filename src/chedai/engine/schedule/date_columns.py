"""Due dates of many loans at once: what `calendar.timetable` says of one, as datetime64[D] columns.

One call holds loans of one period length and one rule for odd days; disbursement, first due date and due day are
columns. A shift to business days is left to the single loan: it moves only the day money is due, never the interest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.calendar import DAYS_OF
from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import FenColumn, fen_column
from chedai.engine.terms import MonthEnd, Stub, Unit

DateColumn: TypeAlias = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True)
class TimetableColumns:
    """`bounds`, [period + 1, loan]: interest of period k runs from row k to row k + 1, which is its due date.

    `odd`, [2, loan]: whether the first and the second period differ from a regular one. `disbursed_on`, [loan]; where
    the first bound is later, the days between are the stub that `Stub.INTEREST_ONLY` charges by itself.
    """

    disbursed_on: DateColumn
    bounds: DateColumn
    odd: NDArray[np.bool_]
    every: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class _Anchor:
    """As `calendar._Anchor`: `at(0)` is the first regular due date of every loan."""

    base: DateColumn
    month: FenColumn
    day: FenColumn
    every: int
    unit: Unit
    month_end: MonthEnd

    def at(self, k: int) -> DateColumn:
        if self.unit is Unit.MONTH:
            return on_day_column(self.month + k * self.every, self.day, self.month_end)
        return self.base + np.timedelta64(k * self.every * DAYS_OF[self.unit], "D")


def timetable_columns(
    disbursed_on: ArrayLike,
    periods: int,
    *,
    every: int = 1,
    unit: Unit = Unit.MONTH,
    first_due: ArrayLike | None = None,
    due_day: ArrayLike | None = None,
    month_end: MonthEnd = MonthEnd.CLAMP,
    stub: Stub = Stub.LONGER,
) -> TimetableColumns:
    """Bounds of the first `periods` periods of every loan (the longest term of the batch).

    `disbursed_on` and `first_due`: dates, [loan]; `due_day`: days of the month, one for all or [loan]. Rules as
    `calendar.timetable`. Errors: `InvalidArgument` and `LengthMismatch`, with the row.
    """
    paid_out = _dates("disbursed_on", disbursed_on, None)
    given = None if first_due is None else _dates("first_due", first_due, paid_out.size)
    for argument, count in (("periods", periods), ("every", every)):
        if count < 1:
            raise InvalidArgument(argument, "must be at least 1", "不得小于 1", value=count)
    if given is not None:
        _refuse("first_due", given <= paid_out, "must be after the disbursement", "必须晚于放款日")
    anchor = _anchor(paid_out, given, _due_days(due_day, unit, paid_out.size), every, unit, month_end, stub)
    regular_start, regular_first = anchor.at(-1), anchor.at(0)
    first = regular_first if given is None else given
    late = (regular_start > paid_out) & (stub in (Stub.INTEREST_ONLY, Stub.NONE))
    start = np.where(late, regular_start, paid_out)
    bounds = np.stack([start, first, *(anchor.at(k) for k in range(1, periods))])
    moved = first != regular_first
    return TimetableColumns(paid_out, bounds, np.stack([moved | (start != regular_start), moved]), every, unit)


def on_day_column(month: FenColumn, day: FenColumn, month_end: MonthEnd) -> DateColumn:
    """`day` of `month` (counted from January 1970), clamped or rolled where the month is too short for it."""
    opens = month.astype("datetime64[M]").astype("datetime64[D]")
    following = (month + 1).astype("datetime64[M]").astype("datetime64[D]")
    length = (following - opens).astype(np.int64)
    if month_end is MonthEnd.CLAMP:
        clamped: DateColumn = opens + (np.minimum(day, length) - 1)
        return clamped
    return np.where(day > length, following, opens + (day - 1))


def month_and_day(dates: DateColumn) -> tuple[FenColumn, FenColumn]:
    """The month of each date, counted from January 1970, and its day from 1."""
    month = dates.astype("datetime64[M]")
    return month.astype(np.int64), (dates - month.astype("datetime64[D]")).astype(np.int64) + 1


def _anchor(
    paid_out: DateColumn,
    given: DateColumn | None,
    due_day: FenColumn | None,
    every: int,
    unit: Unit,
    month_end: MonthEnd,
    stub: Stub,
) -> _Anchor:
    month, day = month_and_day(paid_out)
    if unit is not Unit.MONTH:
        base = paid_out + np.timedelta64(every * DAYS_OF[unit], "D") if given is None else given
        return _Anchor(base, month, day, every, unit, month_end)
    if due_day is not None:
        first = (
            month_and_day(given)[0] if given is not None else _first_month_on(paid_out, due_day, every, month_end, stub)
        )
        return _Anchor(paid_out, first, due_day, every, unit, month_end)
    month = month + every
    if given is not None:
        natural = given == on_day_column(month, day, month_end)
        given_month, given_day = month_and_day(given)
        month, day = np.where(natural, month, given_month), np.where(natural, day, given_day)
    return _Anchor(paid_out, month, day, every, unit, month_end)


def _first_month_on(paid_out: DateColumn, due_day: FenColumn, every: int, month_end: MonthEnd, stub: Stub) -> FenColumn:
    month = month_and_day(paid_out)[0] - 1
    for _ in range(2):
        month = month + (on_day_column(month, due_day, month_end) < paid_out)
    odd_days = on_day_column(month, due_day, month_end) > paid_out
    return month + np.where(odd_days & (stub is Stub.SHORTER), 0, every)


def _dates(argument: str, values: ArrayLike, rows: int | None) -> DateColumn:
    dates = np.atleast_1d(np.asarray(values))
    if dates.dtype.kind != "M" and not (dates.dtype == object or dates.dtype.kind == "U"):
        raise InvalidArgument(argument, "must be dates", "必须是日期", value=dates.dtype)
    dates = dates.astype("datetime64[D]")
    if rows is not None and dates.size == 1:
        dates = np.broadcast_to(dates, (rows,))
    if rows is not None and dates.size != rows:
        raise LengthMismatch(argument, f"has {dates.size} rows where {rows} are needed", f"应为 {rows} 行")
    _refuse(argument, np.isnat(dates), "must be dates", "必须是日期")
    return dates


def _due_days(due_day: ArrayLike | None, unit: Unit, rows: int) -> FenColumn | None:
    if due_day is None:
        return None
    if unit is not Unit.MONTH:
        raise InvalidArgument("due_day", "needs periods of months", "固定还款日只适用于按月还款")
    days = fen_column("due_day", due_day, least=1)
    if days.size not in (1, rows):
        raise LengthMismatch("due_day", f"has {days.size} rows where {rows} are needed", f"应为 {rows} 行")
    _refuse("due_day", days > 31, "must be a day of the month", "必须是 1 至 31 日")
    return np.broadcast_to(days, (rows,))


def _refuse(argument: str, wrong: NDArray[np.bool_], rule: str, rule_zh: str) -> None:
    if wrong.any():
        raise InvalidArgument(argument, rule, rule_zh, row=int(np.flatnonzero(wrong)[0]))
