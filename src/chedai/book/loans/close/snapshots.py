"""The overdue as they stand at the close of a day: a row each, written by one statement, never again."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import connection

from chedai.platform.actors import Actor
from chedai.platform.bulk import is_postgres
from chedai.platform.days.report import StepReport
from chedai.platform.work import service

_SNAPSHOT: Final = (
    "INSERT INTO book_overdue_day (day, loan_id, dpd, bucket, overdue, balance) "
    "SELECT {day}, d.loan_id, {dpd}, d.bucket, d.overdue, l.owed "
    "FROM book_delinquency d JOIN book_loan l ON l.id = d.loan_id WHERE true ON CONFLICT DO NOTHING"
)
_DPD: Final = {
    True: "CAST(%s AS date) - d.since",
    False: "CAST(julianday(%s) - julianday(d.since) AS integer)",
}


@service
def overdue_snapshot(*, day: date, actor: Actor) -> StepReport:
    """Write how every overdue loan stands on `day`; what is written already stays."""
    on_day = "CAST(%s AS date)" if is_postgres() else "%s"
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT.format(day=on_day, dpd=_DPD[is_postgres()]), [day.isoformat(), day.isoformat()])
        written = max(cursor.rowcount, 0)
    return StepReport(looked=written, changed=written)
