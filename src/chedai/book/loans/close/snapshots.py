"""The overdue as they stand at the close of a day: a row for every loan that stands otherwise than at the close before.

A loan nothing happened to is a day later past due and else as it was, so a day is told whole while a tenth of it is
written. A close that comes late finds loans that were worked out since: these are told by a replay of what was known on
its day.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import connection

from chedai.book.loans.close.slices import WORKED
from chedai.book.loans.lateness import NOT_LATE, buckets_on
from chedai.book.loans.models import Loan, OverdueStanding
from chedai.book.loans.selectors import last_loan, standings_on
from chedai.book.loans.states import BookKind
from chedai.book.loans.stripes import stripes_hold
from chedai.book.loans.then import stood
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.bulk import columns_read, is_postgres, rows_among
from chedai.platform.days.report import StepReport
from chedai.platform.work import service

_KEPT: Final = "INSERT INTO book_overdue_standing (loan_id, day, since, bucket, overdue, balance) "
_LATE: Final = (
    "SELECT loan_id, {day}, since, bucket, overdue, balance FROM book_delinquency "
    "WHERE stands_from >= {from_}{whom} ORDER BY loan_id"
)
_CURED: Final = (
    f"SELECT DISTINCT m.loan_id, {{day}}, {{never}}, '{NOT_LATE}', 0, l.owed FROM book_bucket_move m "
    "JOIN book_loan l ON l.id = m.loan_id LEFT JOIN book_delinquency d ON d.loan_id = m.loan_id "
    f"WHERE m.day >= {{from_}} AND m.now = '{NOT_LATE}' AND d.loan_id IS NULL "
    "AND l.book = 'own' AND l.worked_on <= {day}"
)
_NOT_SINCE: Final = " AND NOT EXISTS (SELECT 1 FROM book_loan l WHERE l.id = loan_id AND l.worked_on > {day})"
_REPLAYED: Final = 500


@service
def overdue_snapshot(*, day: date, actor: Actor, closed: date | None) -> StepReport:
    """Write how the loans stand on `day` that stand otherwise than at the close of the day `closed` before.

    What changed a loan says from which close on it stands so; who is cured moved to no bucket, or was never put into
    one because its nights were missed. Without a close before all the overdue are written.
    """
    late = clock.business_date() > day
    stripes_hold(0, last_loan())
    written = _write(_LATE, day, closed + timedelta(days=1) if closed else date.min, _NOT_SINCE if late else "")
    written += _write(_CURED, day, closed) if closed else 0
    written += _told_no_more(day)
    if late:
        written += _told_late(day)
    return StepReport(looked=written, changed=written)


def _write(query: str, day: date, from_: date, whom: str = "") -> int:
    cast, never = ("CAST(%(day)s AS date)", "CAST(NULL AS date)") if is_postgres() else ("%(day)s", "NULL")
    from_cast = cast.replace("day)s", "from)s")
    asked = _KEPT + query.format(day=cast, from_=from_cast, never=never, whom=whom.format(day=cast))
    with connection.cursor() as cursor:
        cursor.execute(asked, {"day": day.isoformat(), "from": from_.isoformat()})
        written: int = cursor.rowcount
        return written


def _told_no_more(day: date) -> int:
    """The loans told late by the replays up to here that were worked out on `day` and are not; how many.

    Few are worked out on a day before its close, so they are looked up first.
    """
    worked = columns_read({"loan": "id"}, f"{WORKED} = %s", [day.isoformat()])["loan"].tolist()
    if not worked:
        return 0
    cured = Loan.objects.filter(rows_among("book_loan.id", worked), book=BookKind.OWN, delinquency=None)
    owed = dict(cured.values_list("pk", "owed"))
    told = standings_on(day).filter(rows_among("loan_id", list(owed))).values_list("loan_id", flat=True)
    rows = [OverdueStanding(loan_id=pk, day=day, bucket=NOT_LATE, overdue=0, balance=owed[pk]) for pk in told]
    OverdueStanding.objects.bulk_create(rows)
    return len(rows)


def _told_late(day: date) -> int:
    """The loans that were worked out since `day`, as they stood at its close; of how many that was something new."""
    since = list(Loan.objects.filter(book=BookKind.OWN, worked_on__gt=day).order_by("pk").values_list("pk", flat=True))
    told = {one.loan_id: one for one in standings_on(day).filter(loan__worked_on__gt=day)}
    buckets, rows = buckets_on(day), []
    for n in range(0, len(since), _REPLAYED):
        for loan_id, then in stood(since[n : n + _REPLAYED], day).items():
            row = OverdueStanding(loan_id=loan_id, day=day, bucket=NOT_LATE, overdue=0, balance=then.owed)
            if then.late is not None:
                row.since, row.overdue = then.late.since, then.late.overdue
                row.bucket = buckets.of((day - then.late.since).days)
            before = told.get(loan_id)
            if (row.since or before) and not (before and _same(before, row)):
                rows.append(row)
    OverdueStanding.objects.bulk_create(rows)
    return len(rows)


def _same(one: OverdueStanding, other: OverdueStanding) -> bool:
    """Whether two standings say the same."""
    return all(getattr(one, name) == getattr(other, name) for name in ("since", "bucket", "overdue", "balance"))
