"""Who is late: loans whose instalment went unpaid yesterday, and those that cross the edge of a bucket today.

Nothing else is looked at: a loan that stays in its bucket is as late as its oldest unpaid due date says, and one that
was worked out on a later day, before this night was made up for, is as late as it was then.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from django.db import connection, models

from chedai.book.loans.events import LoansAged
from chedai.book.loans.lateness import NOT_LATE, Buckets, buckets_on
from chedai.book.loans.models import BucketMove, Delinquency, Loan
from chedai.book.loans.stripes import stripes_hold
from chedai.engine.aging import Aging, aging
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.bulk import Day, Take, among, columns_read, rows_among
from chedai.platform.days.report import StepReport
from chedai.platform.inserting import rows_write
from chedai.platform.work import emit, service

PART: Final = 5000
"""Loans in one part: what waits for a loan of it waits a moment only."""

_TOUCHED: Final = (
    "SELECT loan_id FROM (SELECT loan_id FROM book_open_item WHERE due_on >= %s AND due_on < %s "
    "AND principal + interest + fee > 0 UNION SELECT loan_id FROM book_delinquency WHERE next_move <= %s) touched "
    "WHERE loan_id > %s{whom} ORDER BY loan_id LIMIT %s"
)
_NOT_SINCE: Final = " AND NOT EXISTS (SELECT 1 FROM book_loan l WHERE l.id = loan_id AND l.worked_on > %s)"
_LATE: Final = ("since", "bucket", "missed", "overdue", "balance", "next_move")
_BUCKET, _BALANCE = 2, 5
_MOVE: Final = ("loan_id", "day", "was", "now", "overdue", "balance", "missed")
_ITEMS: Final = (
    "FROM book_open_item WHERE {theirs} AND due_on < %s AND principal + interest + fee > 0 ORDER BY loan_id, due_on"
)


@service
def loans_age(*, day: date, actor: Actor, after: int, since: date) -> StepReport:
    """Age one part of the loans above `after`; `since` is the day of the close before, whose dues may be late now."""
    touched = _touched(day, since, after)
    if not touched:
        return StepReport()
    stripes_hold(touched[0], touched[-1])
    theirs, numbers = among("loan_id", touched)
    takes: dict[str, Take] = {"loan": "loan_id", "due": Day("due_on"), "rest": "principal + interest + fee"}
    items = columns_read(takes, _ITEMS.format(theirs=theirs), [numbers, day.isoformat()])
    loans, first = np.unique(items["loan"], return_index=True)
    if loans.size:
        offsets = np.append(first, items["loan"].size)
        age = aging(items["due"], items["rest"], np.zeros_like(items["rest"]), offsets, day)
        changed = _write(loans.tolist(), age, buckets_on(day), day)
    else:
        changed = 0
    return StepReport(looked=len(touched), changed=changed, after=touched[-1] if len(touched) == PART else None)


def _touched(day: date, since: date, after: int) -> list[int]:
    edges, late = [since.isoformat(), day.isoformat(), day.isoformat()], clock.business_date() > day
    with connection.cursor() as cursor:
        query = _TOUCHED.format(whom=_NOT_SINCE if late else "")
        cursor.execute(query, [*edges, after, *([day.isoformat()] if late else []), PART])
        return [row[0] for row in cursor.fetchall()]


def _write(loan_ids: list[int], age: Aging, buckets: Buckets, day: date) -> int:
    """Write how late each loan is, and tell of those that moved."""
    held = Delinquency.objects.filter(rows_among("loan_id", loan_ids))
    before = {row[0]: row for row in held.values_list("loan_id", *_LATE)}
    fresh = [loan_id for loan_id in loan_ids if loan_id not in before]
    owed = dict(Loan.objects.filter(rows_among("id", fresh)).values_list("pk", "owed"))
    owed |= {loan_id: row[_BALANCE] for loan_id, row in before.items()}
    rows: list[tuple[Any, ...]] = []
    moves: list[tuple[Any, ...]] = []
    days = age.days_past_due.tolist(), age.missed.tolist(), age.overdue.tolist()
    for loan_id, dpd, missed, overdue in zip(loan_ids, *days, strict=True):
        old, bucket, since = before.get(loan_id), buckets.of(dpd), day - timedelta(dpd)
        row = (loan_id, since, bucket, missed, overdue, owed[loan_id], buckets.next_move(since, dpd))
        if old != row:
            rows.append(row)
        was = NOT_LATE if old is None else old[_BUCKET]
        if was != bucket:
            moves.append((loan_id, day, was, bucket, overdue, owed[loan_id], missed))
    Delinquency.objects.filter(rows_among("loan_id", [row[0] for row in rows if row[0] in before])).delete()
    _keep(Delinquency, ("loan_id", *_LATE), rows)
    _keep(BucketMove, _MOVE, moves)
    if moves:
        emit(LoansAged(tuple(move[0] for move in moves), day))
    return len(rows)


def _keep(model: type[models.Model], names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    if rows:
        rows_write(model, dict(zip(names, zip(*rows, strict=True), strict=True)))
