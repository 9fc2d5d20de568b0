"""Which loans may have something due on a day, and their plans: a slice of the book, found by the day of the month."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from chedai.book.loans.models import Loan, Plan
from chedai.book.loans.plan_rules import RULE, expand
from chedai.book.loans.plans import PlanColumns, unpack_many
from chedai.book.loans.stripes import STRIPE
from chedai.engine.money import FenColumn
from chedai.platform.bulk import Blob, Take, columns_read, is_postgres

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
    "ruled": f"CASE WHEN length(p.packed) = {RULE.itemsize} THEN 1 ELSE 0 END",
}
LAST: Final = 2**62
"""Above the number of every loan."""

_LISTED: Final = 10_000
_FROM: Final = (
    "FROM book_loan l JOIN book_plan p ON p.loan_id = l.id AND p.version = l.plan_version "
    "WHERE l.due_day IN ({days}) AND l.book = 'own' AND l.state <> 'settled' AND l.quarantine = '' "
    "AND l.worked_on {worked} %s AND l.id > %s AND l.id <= %s ORDER BY l.id"
)
_WORKED: Final = {True: ">=", False: "<"}


def due_days(day: date) -> tuple[int, ...]:
    """The days of the month that fall on `day` (its own, and on the last of a month all after it), and 0."""
    last = monthrange(day.year, day.month)[1]
    own = range(day.day, 32) if day.day == last else (day.day,)
    return (0, *own)


def part_end(after: int) -> int | None:
    """The last number of the part that begins above `after`; None where there is no loan above it."""
    first = Loan.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True).first()
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


def slices(day: date, after: int, last: int, *, worked: bool = False) -> list[Slice]:
    """The loans of the slice above `after` up to `last`: those whose plan is a rule, and the others.

    Of those not worked out on `day` or since; with `worked` those that were, of all slices: their due day may have
    moved. One reading serves both: the bytes of a plan that is no rule are left out of it and fetched by themselves.
    """
    days = range(32) if worked else due_days(day)
    query = _FROM.format(days=", ".join(str(one) for one in days), worked=_WORKED[worked])
    nothing = f"'\\x{'00' * RULE.itemsize}'::bytea" if is_postgres() else f"zeroblob({RULE.itemsize})"
    plan = f"CASE WHEN length(p.packed) = {RULE.itemsize} THEN p.packed ELSE {nothing} END"
    columns = columns_read({**_TAKES, "plan": Blob(plan, RULE.itemsize)}, query, [day.isoformat(), after, last])
    ruled = columns["ruled"] > 0
    rules = np.ascontiguousarray(columns["plan"][ruled]).view(RULE)
    offsets = np.concatenate(([0], np.cumsum(rules["n"], dtype=np.int64)))
    made = [_slice(columns, np.flatnonzero(ruled), PlanColumns(offsets, *expand(rules)))] if rules.size else []
    listed = np.flatnonzero(~ruled)
    for start in range(0, listed.size, _LISTED):
        some = listed[start : start + _LISTED]
        made.append(_slice(columns, some, unpack_many(_packed(columns["loan"][some].tolist()))))
    return made


def _packed(loans: list[int]) -> list[bytes]:
    """The plans in force of these loans, in the order of their numbers."""
    in_force = Plan.objects.filter(loan__in=loans, version=F("loan__plan_version")).order_by("loan_id")
    return [bytes(packed) for packed in in_force.values_list("packed", flat=True)]


def _slice(columns: dict[str, NDArray[Any]], at: FenColumn, plans: PlanColumns) -> Slice:
    suspended, alone, credit = (columns[name][at] for name in ("suspended", "alone", "credit"))
    fees = np.add.reduceat(plans.fees, plans.offsets[:-1]) if plans.fees.size else plans.fees
    bound = (suspended > 0) | (columns["version"][at] > 1) | (fees > 0)
    apart = (alone > 0) | (bound & (credit > 0))
    return Slice(
        columns["loan"][at], columns["form"][at], credit, suspended > 0, columns["counts"][at] > 0, apart, plans
    )
