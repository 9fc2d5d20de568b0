"""Which loans may have something due on a day, and their plans: a slice of the book, found by the day of the month."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from chedai.book.loans.plan_rules import RULE, expand
from chedai.book.loans.plans import PlanColumns, unpack_many
from chedai.engine.money import FenColumn
from chedai.platform.bulk import Blob, columns_read

PART: Final = 16_384
"""Loans in one part, each part a transaction."""

_SLICE: Final = (
    "FROM book_loan l WHERE l.due_day IN ({days}) AND l.book = 'own' AND l.state <> 'settled' "
    "AND l.quarantine = '' AND (l.worked_on IS NULL OR l.worked_on < %s) AND l.id > %s"
)


def due_days(day: date) -> tuple[int, ...]:
    """The days of the month that fall on `day` (its own, and on the last of a month all after it), and 0."""
    last = monthrange(day.year, day.month)[1]
    own = range(day.day, 32) if day.day == last else (day.day,)
    return (0, *own)


def part_of(day: date, after: int, size: int = PART) -> list[int]:
    """The next loans of the slice of `day` by number, above `after`."""
    days = ", ".join(str(one) for one in due_days(day))
    query = f"SELECT l.id {_SLICE.format(days=days)} ORDER BY l.id LIMIT {size}"
    with connection.cursor() as cursor:
        cursor.execute(query, [day.isoformat(), after])
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Slice:
    """Loans of a part with their plans. `apart` marks those that columns cannot bill: they are replayed one by one.

    Among them are loans with money held and fees or a plan agreed anew: that money is bound to what it was paid for.
    """

    loan: FenColumn
    form: FenColumn
    credit: FenColumn
    suspended: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    plans: PlanColumns


def slices(day: date, after: int, last: int) -> list[Slice]:
    """The loans of the slice above `after` up to `last`: those whose plan is a rule, and the others."""
    days = ", ".join(str(one) for one in due_days(day))
    join = _SLICE.format(days=days).replace(
        "WHERE", "JOIN book_plan p ON p.loan_id = l.id AND p.version = l.plan_version WHERE"
    )
    rest = f"{join} AND l.id <= %s AND length(p.packed) {{}} {RULE.itemsize} ORDER BY l.id"
    takes = {
        "loan": "l.id",
        "form": "l.form_id",
        "credit": "l.credit",
        "suspended": "CASE WHEN l.suspended_since IS NULL THEN 0 ELSE 1 END",
        "version": "l.plan_version",
        "alone": "CASE WHEN l.state = 'written_off' OR l.due_day = 0 THEN 1 ELSE 0 END",
    }
    parameters: list[str | int] = [day.isoformat(), after, last]
    ruled = columns_read({**takes, "plan": Blob("p.packed", RULE.itemsize)}, rest.format("="), parameters)
    rules = ruled["plan"].view(RULE)
    counts = np.concatenate(([0], np.cumsum(rules["n"], dtype=np.int64)))
    made = [_slice(ruled, PlanColumns(counts, *expand(rules)))]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT p.packed {rest.format('<>')}", parameters)
        packed = [bytes(row[0]) for row in cursor.fetchall()]
    if packed:
        made.append(_slice(columns_read(takes, rest.format("<>"), parameters), unpack_many(packed)))
    return made


def _slice(columns: dict[str, NDArray[Any]], plans: PlanColumns) -> Slice:
    suspended, alone = columns["suspended"] > 0, columns["alone"] > 0
    fees = np.add.reduceat(plans.fees, plans.offsets[:-1]) if plans.fees.size else plans.fees
    bound = suspended | (columns["version"] > 1) | (fees > 0)
    apart = alone | (bound & (columns["credit"] > 0))
    return Slice(columns["loan"], columns["form"], columns["credit"], suspended, apart, plans)
