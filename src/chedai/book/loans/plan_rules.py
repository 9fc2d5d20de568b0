"""Plans that follow from a rule: thirty bytes instead of a list, checked to the fen before they are believed.

The rule knows the day of the month, the months from row to row, the principal, one part (the instalment, or the part of
principal), the interest of the first row, and a yearly rate. Each later row bears `balance * rate * time` rounded
half-up, where time is months of twelve or days of 360 or 365. The rate is found from the rows: every row bounds it, and
any number inside all the bounds gives all the rows back.
"""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chedai.engine.money import RATE_SCALE, FenColumn

RULE: Final = np.dtype(
    [
        ("kind", "u1"),
        ("time", "u1"),
        ("n", "<u2"),
        ("anchor", "u1"),
        ("months", "u1"),
        ("first_due", "<i4"),
        ("principal", "<u4"),
        ("part", "<u4"),
        ("first_interest", "<u4"),
        ("last_interest", "<u4"),
        ("rate", "<u4"),
    ]
)
"""One packed rule. `part` is the instalment where `kind` is LEVEL, else the part of principal."""

LEVEL, EQUAL_PRINCIPAL, FLAT = 1, 2, 3
_MONTHS, _DAYS_360, _DAYS_365 = 0, 1, 2
_PARTS: Final = {_MONTHS: 12, _DAYS_360: 360, _DAYS_365: 365}
_BLOCK: Final = 8192  # plans a step, so that the work stays in the processor's cache
_U4: Final = 2**32
_SAFE: Final = 2**61
_YEARS: Final = (1950, 2250)


class Columns(NamedTuple):
    """Rows of plans, without saying which belong together."""

    due: NDArray[np.int32]
    principal: FenColumn
    interest: FenColumn
    fees: FenColumn

    @classmethod
    def empty(cls, rows: int) -> Columns:
        """Columns to be filled."""
        amounts = np.zeros((3, rows), dtype=np.int64)
        return cls(np.empty(rows, np.int32), amounts[0], amounts[1], amounts[2])

    def each(self) -> list[NDArray[Any]]:
        """The columns in their order."""
        return [self.due, self.principal, self.interest, self.fees]


def _month_table() -> tuple[FenColumn, FenColumn]:
    starts = [date(y, m, 1).toordinal() for y, m in product(range(*_YEARS), range(1, 13))]
    starts.append(date(_YEARS[1], 1, 1).toordinal())
    edges = np.array(starts, dtype=np.int64)
    return edges[:-1], np.diff(edges)


_STARTS, _LENGTHS = _month_table()


def month_of(day: NDArray[np.int32] | FenColumn) -> FenColumn:
    """The month of each day, counted from January of the first year the table knows."""
    return np.searchsorted(_STARTS, day, side="right") - 1


def days_of(month: FenColumn, anchor: FenColumn | int) -> FenColumn:
    """The anchor day of each month, or its last day where it is shorter."""
    return _STARTS[month] + np.minimum(anchor, _LENGTHS[month]) - 1


def anchor_day(due: NDArray[np.int32]) -> int:
    """The day of the month on which all of `due` fall; 0 where they follow no day or leave the table."""
    if due[0] < _STARTS[0] or due[-1] >= _STARTS[-1]:
        return 0
    month = month_of(due)
    anchor = int((due - _STARTS[month]).max()) + 1
    return anchor if np.array_equal(days_of(month, anchor), due) else 0


def rule_of(rows: Columns) -> bytes | None:
    """The packed rule that gives `rows` back exactly; None where there is none."""
    anchor = anchor_day(rows.due)
    months = np.unique(np.diff(month_of(rows.due))) if anchor else np.empty(0, np.int64)
    step = int(months[0]) if months.size == 1 else 1
    if not anchor or rows.due.size < 2 or months.size > 1 or not 1 <= step <= 12 or rows.fees.any():
        return None
    if min(rows.principal.min(), rows.interest.min()) < 0 or rows.principal.sum() >= _U4 or rows.interest.max() >= _U4:
        return None
    rule = np.zeros(1, dtype=RULE)
    rule["n"], rule["anchor"], rule["months"], rule["first_due"] = rows.due.size, anchor, step, rows.due[0]
    rule["principal"] = rows.principal.sum()
    rule["first_interest"], rule["last_interest"] = rows.interest[0], rows.interest[-1]
    for kind, time in ((LEVEL, _MONTHS), (EQUAL_PRINCIPAL, _MONTHS), (FLAT, _MONTHS), *product((1, 2), (1, 2))):
        rule["kind"], rule["time"] = kind, time
        rule["part"] = rows.principal[0] + (rows.interest[0] if kind == LEVEL else 0)
        rate = int(rows.interest[1]) if kind == FLAT else _rate(rows, _time(rows.due, step, time), _PARTS[time])
        if rate is not None and rate < _U4:
            rule["rate"] = rate
            if _gives(rule, rows):
                return rule.tobytes()
    return None


def _gives(rule: NDArray[np.void], rows: Columns) -> bool:
    """Whether the rule gives the rows back, with numbers that leave room in int64."""
    if int(rule["principal"][0]) * int(rule["rate"][0]) * 366 * 2 >= _SAFE:
        return False
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(expand(rule).each(), rows.each(), strict=True))


def _time(due: NDArray[np.int32], step: int, time: int) -> FenColumn:
    return np.full(due.size - 1, step) if time == _MONTHS else np.diff(due).astype(np.int64)


def _rate(rows: Columns, time: FenColumn, parts: int) -> int | None:
    """The roundest yearly rate (1e-8) inside the bounds that each row from the second on sets; None for none."""
    low, high = 0, _U4
    balances = rows.principal[::-1].cumsum()[::-1][1:].tolist()
    for balance, interest, length in zip(balances, rows.interest[1:].tolist(), time.tolist(), strict=True):
        if balance:
            scale, weight = parts * RATE_SCALE, 2 * balance * length
            low = max(low, -((1 - 2 * interest) * scale // weight))
            high = min(high, -((-2 * interest - 1) * scale // weight) - 1)
    if low > high:
        return None
    for power in range(9, -1, -1):
        rounded = -(-low // 10**power) * 10**power
        if rounded <= high:
            return int(rounded)
    return None


class Matrices(NamedTuple):
    """Plans side by side: amounts are [period, plan], nothing beyond a plan's `size` in periods.

    Many plans fall due on the same days: `calendars` are the different ones, [period, calendar], `calendar` says which
    of them is a plan's own.
    """

    size: FenColumn
    calendar: FenColumn
    calendars: FenColumn
    principal: FenColumn
    interest: FenColumn
    fees: FenColumn

    def due(self, periods: int) -> FenColumn:
        """The due days of the first periods, [period, plan]."""
        days: FenColumn = self.calendars[:periods, self.calendar]
        return days

    def take(self, at: FenColumn) -> Matrices:
        """The plans at some places."""
        amounts = (self.principal[:, at], self.interest[:, at], self.fees[:, at])
        return Matrices(self.size[at], self.calendar[at], self.calendars, *amounts)


def matrices(rules: NDArray[np.void]) -> Matrices:
    """The plans of many rules side by side."""
    count = rules["n"].astype(np.int64)
    periods = int(count.max(initial=0))
    calendars, calendar = _calendars(rules, periods)
    none = np.broadcast_to(np.int64(0), (periods, rules.size))
    kinds = rules["kind"].astype(np.int64) * 256 + rules["time"]
    found = np.flatnonzero(np.bincount(kinds)).tolist()
    if len(found) == 1:
        principal, interest = _amounts(rules, *divmod(found[0], 256), calendars, calendar)
    else:
        principal, interest = np.zeros((2, periods, rules.size), dtype=np.int64)
        for code in found:
            own = np.flatnonzero(kinds == code)
            parts = _amounts(rules[own], *divmod(code, 256), calendars, calendar[own])
            principal[: parts[0].shape[0], own], interest[: parts[1].shape[0], own] = parts
    if periods and count.min() < periods:
        beyond = np.arange(periods)[:, None] >= count
        principal[beyond] = interest[beyond] = 0
    return Matrices(count, calendar, calendars, principal, interest, none)


def expand(rules: NDArray[np.void]) -> Columns:
    """The rows of many rules, in their order."""
    out = Columns.empty(int(rules["n"].sum(dtype=np.int64)))
    at = 0
    for start in range(0, rules.size, _BLOCK):
        plans = matrices(rules[start : start + _BLOCK])
        periods, size = plans.interest.shape[0], int(plans.size.sum())
        held = np.arange(periods)[None, :] < plans.size[:, None]
        for column, values in zip(out.each(), (plans.due(periods), plans.principal, plans.interest), strict=False):
            column[at : at + size] = values.T[held]
        at += size
    return out


def _calendars(rules: NDArray[np.void], periods: int) -> tuple[FenColumn, FenColumn]:
    """The due days, one column for the plans of one first month, step and anchor; which column each plan has."""
    first, step, anchor = month_of(rules["first_due"]), rules["months"].astype(np.int64), rules["anchor"]
    own, calendar = np.unique((first * 16 + step) * 32 + anchor, return_inverse=True)
    rest, anchors = np.divmod(own, 32)
    firsts, steps = np.divmod(rest, 16)
    month = firsts + steps * np.arange(periods)[:, None]
    return days_of(np.minimum(month, _STARTS.size - 1), anchors), calendar.reshape(-1)


def _amounts(
    rules: NDArray[np.void], kind: int, time: int, calendars: FenColumn, calendar: FenColumn
) -> tuple[FenColumn, FenColumn]:
    """Principal and interest, one row a period and one column a plan; what lies beyond a plan's end is not read."""
    periods = int(rules["n"].max())
    lengths = np.diff(calendars, axis=0)
    principal, interest = np.empty((2, periods, rules.size), dtype=np.int64)
    balance, part, rate = (rules[name].astype(np.int64) for name in ("principal", "part", "rate"))
    last = rules["n"].astype(np.int64) - 1
    shortest = int(last.min())
    scale = _PARTS[time] * RATE_SCALE
    for k in range(periods):
        if k == 0:
            interest[0] = rules["first_interest"]
        elif kind == FLAT:
            interest[k] = np.where(last == k, rules["last_interest"], rate) if k >= shortest else rate
        else:
            length = rules["months"] if time == _MONTHS else lengths[k - 1][calendar]
            interest[k] = (2 * balance * rate * length + scale) // (2 * scale)
        principal[k] = part - interest[k] if kind == LEVEL else part
        if k >= shortest:
            principal[k] = np.where(last == k, balance, principal[k])
        balance -= principal[k]
    return principal, interest
