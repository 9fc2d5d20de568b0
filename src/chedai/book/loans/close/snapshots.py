"""The overdue as they stand at the close of a day: a row each, written by one statement, never again.

A close that comes late finds loans that were worked out since: these are told by a replay of what was known on its day.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import connection

from chedai.book.loans.lateness import buckets_on
from chedai.book.loans.models import Loan, OverdueDay
from chedai.book.loans.selectors import last_loan
from chedai.book.loans.states import BookKind
from chedai.book.loans.stripes import stripes_hold
from chedai.book.loans.then import stood
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.bulk import is_postgres
from chedai.platform.days.report import StepReport
from chedai.platform.work import service

_SNAPSHOT: Final = (
    "INSERT INTO book_overdue_day (day, loan_id, dpd, bucket, overdue, balance) "
    "SELECT {day}, loan_id, {dpd}, bucket, overdue, balance FROM book_delinquency "
    "WHERE loan_id NOT IN (SELECT loan_id FROM book_overdue_day WHERE day = {day}){whom} ORDER BY loan_id"
)
"""In the order of the key, whose index then grows at one end; what a bank's list said of the day stays."""
_NOT_SINCE: Final = " AND NOT EXISTS (SELECT 1 FROM book_loan l WHERE l.id = loan_id AND l.worked_on > {day})"
_REPLAYED: Final = 500
_DPD: Final = {
    True: "CAST(%s AS date) - since",
    False: "CAST(julianday(%s) - julianday(since) AS integer)",
}


@service
def overdue_snapshot(*, day: date, actor: Actor) -> StepReport:
    """Write how every overdue loan stands on `day`; what is written already stays."""
    on_day, late = "CAST(%s AS date)" if is_postgres() else "%s", clock.business_date() > day
    whom = _NOT_SINCE.format(day=on_day) if late else ""
    stripes_hold(0, last_loan())
    with connection.cursor() as cursor:
        query = _SNAPSHOT.format(day=on_day, dpd=_DPD[is_postgres()], whom=whom)
        cursor.execute(query, [day.isoformat()] * query.count("%s"))
        written = max(cursor.rowcount, 0)
    if late:
        written += _told_late(day)
    return StepReport(looked=written, changed=written)


def _told_late(day: date) -> int:
    """The loans that were worked out since `day`, as they stood at its close; how many were overdue."""
    since = list(Loan.objects.filter(book=BookKind.OWN, worked_on__gt=day).order_by("pk").values_list("pk", flat=True))
    buckets, rows = buckets_on(day), []
    for n in range(0, len(since), _REPLAYED):
        for loan_id, then in stood(since[n : n + _REPLAYED], day).items():
            if then.late is not None:
                dpd = (day - then.late.since).days
                said = {"bucket": buckets.of(dpd), "overdue": then.late.overdue, "balance": then.owed}
                rows.append(OverdueDay(day=day, loan_id=loan_id, dpd=dpd, **said))
    OverdueDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
