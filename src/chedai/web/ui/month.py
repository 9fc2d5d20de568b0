"""A month as a calendar: weeks from Monday, each day with what falls on it."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from chedai.platform import clock

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """What falls on a day. `tint` is red, amber, green or nothing."""

    day: date
    label: Text
    url: str
    tint: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the page; those of the neighbouring months fill the first and the last week."""

    day: date
    entries: tuple[Entry, ...]
    is_outside: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month with the first days of the one before and the one after."""

    first: date
    weeks: tuple[tuple[Day, ...], ...]
    before: date
    after: date

    @property
    def count(self) -> int:
        """How many entries fall into the month itself."""
        return sum(len(day.entries) for week in self.weeks for day in week if not day.is_outside)


def month_of(day: date, entries: Iterable[Entry]) -> Month:
    """The month `day` lies in, with its entries in the order they come."""
    given: dict[date, list[Entry]] = {}
    for entry in entries:
        given.setdefault(entry.day, []).append(entry)
    today = clock.business_date()
    weeks = tuple(
        tuple(Day(one, tuple(given.get(one, ())), one.month != day.month, one == today) for one in week)
        for week in calendar.Calendar(calendar.MONDAY).monthdatescalendar(day.year, day.month)
    )
    first = day.replace(day=1)
    return Month(first, weeks, _shifted(first, -1), _shifted(first, 1))


def _shifted(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
