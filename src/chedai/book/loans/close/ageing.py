"""Who is late: loans whose instalment went unpaid yesterday, and those that cross the edge of a bucket today.

Nothing else is looked at: a loan that stays in its bucket is as late as its oldest unpaid due date says, and one that
was worked out on a later day, before this night was made up for, is as late as it was then. On the first day of other
buckets every loan that is late is put into its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from chedai.book.loans.events import LoansAged
from chedai.book.loans.lateness import Buckets, buckets_on, place_of
from chedai.book.loans.models import BucketMove, Delinquency
from chedai.book.loans.stripes import stripes_hold
from chedai.engine.aging import Aging, aging
from chedai.engine.money import FenColumn
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.bulk import Codes, Day, Take, among, columns_read, columns_update
from chedai.platform.days.report import StepReport
from chedai.platform.inserting import rows_write
from chedai.platform.work import emit, service

PART: Final = 5000
"""Loans in one part: what waits for a loan of it waits a moment only."""

_TOUCHED: Final = (
    "SELECT loan_id FROM (SELECT loan_id FROM book_open_item WHERE due_on >= %s AND due_on < %s "
    "AND principal + interest + fee > 0 UNION SELECT loan_id FROM book_delinquency WHERE {crossing}) touched "
    "WHERE loan_id > %s{whom} ORDER BY loan_id LIMIT %s"
)
_NOT_SINCE: Final = " AND NOT EXISTS (SELECT 1 FROM book_loan l WHERE l.id = loan_id AND l.worked_on > %s)"
_ITEMS: Final = (
    "FROM book_open_item WHERE {theirs} AND due_on < %s AND principal + interest + fee > 0 ORDER BY loan_id, due_on"
)
_HELD: Final = "FROM book_delinquency WHERE {theirs} ORDER BY loan_id"


@service
def loans_age(*, day: date, actor: Actor, after: int, closed: date | None) -> StepReport:
    """Age one part of the loans above `after`; what fell due since the day `closed` before (None: ever) may be late."""
    touched = _touched(day, closed, after)
    if not touched:
        return StepReport()
    stripes_hold(touched[0], touched[-1])
    theirs, numbers = among("loan_id", touched)
    takes: dict[str, Take] = {"loan": "loan_id", "due": Day("due_on"), "rest": "principal + interest + fee"}
    items = columns_read(takes, _ITEMS.format(theirs=theirs), [numbers, day.isoformat()])
    loans, first = np.unique(items["loan"], return_index=True)
    changed = 0
    if loans.size:
        offsets = np.append(first, items["loan"].size)
        age = aging(items["due"], items["rest"], np.zeros_like(items["rest"]), offsets, day)
        changed = _write(loans, age, _Codes.of(day, closed), day)
    return StepReport(looked=len(touched), changed=changed, after=touched[-1] if len(touched) == PART else None)


def _touched(day: date, closed: date | None, after: int) -> list[int]:
    """The loans of the next part: what they owe fell due since the last close, or they enter a bucket."""
    late, since = clock.business_date() > day, (closed or date.min).isoformat()
    edges = _crossing(day, closed)
    crossing = f"since IN ({', '.join(['%s'] * len(edges))})" if edges else "TRUE"
    query = _TOUCHED.format(crossing=crossing, whom=_NOT_SINCE if late else "")
    with connection.cursor() as cursor:
        cursor.execute(query, [since, day.isoformat(), *edges, after, *([day.isoformat()] if late else []), PART])
        return [row[0] for row in cursor.fetchall()]


def _crossing(day: date, closed: date | None) -> list[str]:
    """Since when loans are overdue that enter a bucket; nothing where all are to be looked at."""
    buckets = buckets_on(day)
    if closed != day - timedelta(days=1) or buckets != buckets_on(closed):
        return []
    return [since.isoformat() for since in buckets.crossing(day)]


@dataclass(frozen=True, slots=True)
class _Codes:
    """The buckets in force by their places, and after them those a loan may still be in from the day before."""

    buckets: Buckets
    all: tuple[str, ...]

    @classmethod
    def of(cls, day: date, closed: date | None) -> _Codes:
        buckets = buckets_on(day)
        return cls(buckets, tuple(dict.fromkeys((*buckets.codes, *buckets_on(closed or day).codes))))


def _write(loans: FenColumn, age: Aging, codes: _Codes, day: date) -> int:
    """Write how late each loan is, and tell of those that moved."""
    late, held = _late(loans, age, codes, day), _held(loans, codes)
    known = held.pop("loan") > 0
    late["balance"] = np.where(known, held["balance"], 0)
    late["balance"][~known] = _owed(loans[~known])
    other = known & np.any([late[name] != held[name] for name in held], axis=0)
    moved = late["bucket"] != held["bucket"]
    if other.any():
        _change(late, held, other, codes, day)
    if not known.all():
        rows_write(Delinquency, _values(late, ~known, codes) | {"stands_from": day})
    if moved.any():
        _tell(_values(late, moved, codes), [codes.all[place] for place in held["bucket"][moved].tolist()], day)
    return int(np.count_nonzero(other | ~known))


def _change(
    late: dict[str, FenColumn], held: dict[str, FenColumn], other: NDArray[np.bool_], codes: _Codes, day: date
) -> None:
    """Write what is other of the loans that were late already: as a rule not since when."""
    columns: dict[str, FenColumn | Codes] = {"stands_from": np.full(int(other.sum()), day.toordinal())}
    for name in held:
        if (late[name][other] != held[name][other]).any():
            column = late[name][other]
            columns[name] = Codes(codes.all, column) if name == "bucket" else column
    columns_update(Delinquency, late["loan"][other], columns)


def _late(loans: FenColumn, age: Aging, codes: _Codes, day: date) -> dict[str, FenColumn]:
    """How late the loans are on `day`, the bucket by its place."""
    return {
        "loan": loans,
        "since": day.toordinal() - age.days_past_due,
        "bucket": codes.buckets.places(age.days_past_due),
        "missed": age.missed,
        "overdue": age.overdue,
    }


def _held(loans: FenColumn, codes: _Codes) -> dict[str, FenColumn]:
    """How late the loans (ascending) are stored to be: `loan` is 0 for one that is not, as is all else of it."""
    theirs, numbers = among("loan_id", loans)
    takes: dict[str, Take] = {name: name for name in ("missed", "overdue", "balance")}
    takes |= {"loan": "loan_id", "since": Day("since"), "bucket": place_of("bucket", codes.all)}
    read = columns_read(takes, _HELD.format(theirs=theirs), [numbers])
    held = {name: np.zeros(loans.size, dtype=np.int64) for name in takes}
    at = np.searchsorted(loans, read["loan"])
    for name, column in read.items():
        held[name][at] = column
    return held


def _owed(loans: FenColumn) -> FenColumn:
    """The principal owed on loans (ascending), in fen."""
    theirs, numbers = among("id", loans)
    return columns_read({"owed": "owed"}, f"FROM book_loan WHERE {theirs} ORDER BY id", [numbers])["owed"]


def _values(late: dict[str, FenColumn], chosen: NDArray[np.bool_], codes: _Codes) -> dict[str, list[Any]]:
    """The rows that are `chosen`, by the attributes of the tables."""
    columns: dict[str, list[Any]] = {name: column[chosen].tolist() for name, column in late.items()}
    days = {day: date.fromordinal(day) for day in set(columns["since"])}
    columns["since"] = [days[day] for day in columns["since"]]
    columns["bucket"] = [codes.all[place] for place in columns["bucket"]]
    return {"loan_id": columns.pop("loan"), **columns}


def _tell(late: dict[str, list[Any]], was: list[str], day: date) -> None:
    """Keep that loans went from one bucket to another, and say so."""
    now = {name: late[name] for name in ("loan_id", "missed", "overdue", "balance")}
    rows_write(BucketMove, now | {"day": day, "was": was, "now": late["bucket"]})
    emit(LoansAged(tuple(late["loan_id"]), day))
