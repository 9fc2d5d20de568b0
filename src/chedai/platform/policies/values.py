"""The kinds of value a policy row can hold.

A figure is never a float: a percentage is an integer in units of 1e-8, an amount is integer fen, as in the engine. What
has a structure (a range, a table of brackets, hours of quiet) is a frozen value of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import TypeAlias


class Kind(StrEnum):
    """What the value of a series is, and how a file writes it."""

    PERCENT = "percent"  # "5.88"
    PERCENT_RANGE = "percent_range"  # { low = "30", high = "50" }
    MONEY = "money"  # "300000" yuan
    NUMBER = "number"  # 60, a whole number counted in the unit of the series
    FLAG = "flag"  # true: the duty, prohibition or permission of the title is in force
    TEXT = "text"  # { zh = "...", en = "..." }
    CAP = "cap"  # "24", or { times_lpr_1y = 4, at_most = "6" }
    ORDER = "order"  # ["fee", "interest", "principal"]
    LABELS = "labels"  # [{ code = "C3", zh = "...", en = "..." }]
    BRACKETS = "brackets"  # [{ up_to = "36000", rate = "3", deduct = "0" }, ...]
    BANDS = "bands"  # [{ code = "M1", first = 1, last = 30 }, ...]
    HOURS = "hours"  # { start = 22:00:00, end = 08:00:00 }
    TABLE = "table"  # [{ code = "m1", share = 80, buckets = ["M1"] }, ...]: the room that reads it knows its columns
    CALENDAR = "calendar"  # { days_off = [{ zh, en, from, to }], make_up_workdays = [dates] }


class Limit(StrEnum):
    """Why a row holds no figure. Written out, so that a missing value is always a mistake."""

    LENDER_DECIDES = "lender_decides"  # no regulatory limit; the lender's own policy gives the figure
    NONE_FOUND = "none_found"  # searched for, no rule found


@dataclass(frozen=True, slots=True)
class PercentRange:
    """From `low` to `high`, both allowed, in rate units."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Text:
    """A rule in words."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Cap:
    """A ceiling on a rate, in rate units: a fixed one, a multiple of the LPR of one year, or the lower of both."""

    times_lpr_1y: int | None
    at_most: int | None


@dataclass(frozen=True, slots=True)
class Label:
    """A code and what it means."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Bracket:
    """A step of a tax table: up to `up_to` fen (None: without end) at `rate`, less `deduct` fen."""

    up_to: int | None
    rate: int
    deduct: int


@dataclass(frozen=True, slots=True)
class Band:
    """A bucket: from `first` to `last` days, both inside (None: without end)."""

    code: str
    first: int
    last: int | None


Cell: TypeAlias = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table, under its code: the name and the value of each cell in the order of the file."""

    code: str
    cells: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the clock, start inside, end outside; it may run over midnight."""

    start: time
    end: time

    def hold(self, moment: time) -> bool:
        """Is the moment inside?"""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True)
class Holiday:
    """Consecutive days off, both ends inside."""

    zh: str
    en: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """A year as the State Council arranged it: the days off, and the weekend days worked in exchange (调休)."""

    holidays: tuple[Holiday, ...]
    make_up_workdays: tuple[date, ...]

    def days_off(self) -> tuple[date, ...]:
        """Every day off in order, the weekend days within a holiday too."""
        return tuple(
            holiday.first + timedelta(day)
            for holiday in self.holidays
            for day in range((holiday.last - holiday.first).days + 1)
        )


Value: TypeAlias = (
    int
    | bool
    | PercentRange
    | Text
    | Cap
    | Hours
    | CalendarYear
    | tuple[str, ...]
    | tuple[Label, ...]
    | tuple[Bracket, ...]
    | tuple[Band, ...]
    | tuple[Line, ...]
)
