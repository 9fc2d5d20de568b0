"""Which loans may have something due on a day, and their plans: a slice of the book, found by the day of the month."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from chedai.book.loans.plan_rules import RULE, expand
from chedai.book.loans.plans import PlanColumns, unpack_many
from chedai.book.loans.plans_stored import IS_RULED, plans_in_force, ruled_bytes
from chedai.book.loans.stripes import STRIPE
from chedai.engine.money import FenColumn
from chedai.platform.bulk import Take, among, columns_read
from chedai.platform.statements import ask

STRIPES: Final = 32
"""Stripes in one part, each part a transaction: two million loans by their numbers, of which a slice is a thirtieth."""

_TAKES: Final[dict[str, Take]] = {
    "loan": "l.id",
    "form": "l.form_id",
    "credit": "l.credit",
    "suspended": "CASE WHEN l.suspended_since IS NULL THEN 0 ELSE 1 END",
    "version": "l.plan_version",
    "counts": "CASE WHEN l.state = 'active' AND l.suspended_since IS NULL THEN 1 ELSE 0 END",
    "alone": "CASE WHEN l.state = 'written_off' OR l.due_day = 0 THEN 1 ELSE 0 END",
    "ruled": IS_RULED,
}
LAST: Final = 2**62
"""Above the number of every loan."""

_TOGETHER: Final = 10_000
"""Loans whose plans are held at a time."""
_PLANNED: Final = "FROM book_plan WHERE due_day IN ({days}) AND loan_id > %s AND loan_id <= %s"
_TOLD: Final = "FROM book_loan_event WHERE recorded_on >= %s"
_EVERY_DAY: Final = "FROM book_loan WHERE due_day = 0 AND id > %s AND id <= %s"
WORKED: Final = f"FROM book_loan WHERE due_day IN ({', '.join(map(str, range(32)))}) AND worked_on "
"""The loans by the day they were worked out on, from their index alone: asked for more, SQLite reads every loan."""
_FROM: Final = (
    "FROM book_loan l JOIN book_plan p ON p.loan_id = l.id AND p.version = l.plan_version "
    "WHERE {among} AND l.book = 'own' AND l.state <> 'settled' AND l.quarantine = '' "
    "AND l.worked_on {worked} %s ORDER BY l.id"
)


def due_days(day: date) -> tuple[int, ...]:
    """The days of the month that fall on `day` (its own, and on the last of a month all after it), and 0."""
    last = monthrange(day.year, day.month)[1]
    own = range(day.day, 32) if day.day == last else (day.day,)
    return (0, *own)


def part_end(after: int) -> int | None:
    """The last number of the part that begins above `after`; None where there is no loan above it."""
    ((first,),) = ask("SELECT min(id) FROM book_loan WHERE id > %s", [after])
    return None if first is None else (first // STRIPE + STRIPES) * STRIPE - 1


@dataclass(frozen=True, slots=True)
class Slice:
    """Loans of a part with their plans. `apart` marks those that columns cannot bill: they are replayed one by one.

    Among them are loans with money held and fees or a plan agreed anew: that money is bound to what it was paid for.
    `counts` marks those whose interest accrues on the balance sheet.
    """

    loan: FenColumn
    form: FenColumn
    credit: FenColumn
    suspended: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    plans: PlanColumns


def slices(day: date, after: int, last: int) -> Iterator[Slice]:
    """The loans above `after` up to `last` that may have something due on `day` and were not worked out since.

    Whatever happened to a loan worked it out, so those of whom an event of `day` or later tells are not even read.
    """
    days = ", ".join(str(one) for one in due_days(day))
    on = day.isoformat()
    planned = columns_read({"loan": "loan_id"}, _PLANNED.format(days=days), [after, last])["loan"]
    told = columns_read({"loan": "loan_id"}, _TOLD, [on])["loan"]
    every_day = columns_read({"loan": "id"}, _EVERY_DAY, [after, last])["loan"]
    return _read(np.sort(np.append(_without(planned, told), _without(every_day, planned))), "<", on)


def _without(numbers: FenColumn, others: FenColumn) -> FenColumn:
    """Those that are not among the others."""
    kept: FenColumn = numbers[np.isin(numbers, others, invert=True)]
    return kept


def worked_since(day: date) -> Iterator[Slice]:
    """The loans that were worked out on `day` or since, whatever their due day: it may have moved."""
    on = day.isoformat()
    return _read(np.sort(columns_read({"loan": "id"}, f"{WORKED} >= %s", [on])["loan"]), ">=", on)


def _read(loans: FenColumn, worked: str, on: str) -> Iterator[Slice]:
    """These loans with their plans: those whose plan is a rule, and the others.

    One reading serves both: the bytes of a plan that is no rule are left out of it and fetched by themselves.
    """
    for start in range(0, loans.size, _TOGETHER):
        theirs, numbers = among("l.id", loans[start : start + _TOGETHER])
        query = _FROM.format(among=theirs, worked=worked)
        columns = columns_read({**_TAKES, "plan": ruled_bytes()}, query, [numbers, on])
        ruled = columns["ruled"] > 0
        rules = np.ascontiguousarray(columns["plan"][ruled]).view(RULE)
        offsets = np.concatenate(([0], np.cumsum(rules["n"], dtype=np.int64)))
        if rules.size:
            yield _slice(columns, np.flatnonzero(ruled), PlanColumns(offsets, *expand(rules)))
        listed = np.flatnonzero(~ruled)
        if listed.size:
            yield _slice(columns, listed, unpack_many(plans_in_force(columns["loan"][listed].tolist())))


def _slice(columns: dict[str, NDArray[Any]], at: FenColumn, plans: PlanColumns) -> Slice:
    suspended, alone, credit = (columns[name][at] for name in ("suspended", "alone", "credit"))
    fees = np.add.reduceat(plans.fees, plans.offsets[:-1]) if plans.fees.size else plans.fees
    bound = (suspended > 0) | (columns["version"][at] > 1) | (fees > 0)
    apart = (alone > 0) | (bound & (credit > 0))
    return Slice(
        columns["loan"][at], columns["form"][at], credit, suspended > 0, columns["counts"][at] > 0, apart, plans
    )
