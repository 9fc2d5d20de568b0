"""How the loans of the own book stood at the end of a month, by columns, a stretch of loans at a time.

What is stored of a loan is how it stood, where nothing was worked out of it since; the others are told by a replay of
what was known then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from chedai.book.loans.states import LoanStatus
from chedai.book.loans.then import Stood, stood
from chedai.engine.money import FenColumn
from chedai.engine.portfolio import SETTLED, WRITTEN_OFF
from chedai.platform.bulk import Day, Take, columns_read

PART: Final = 50_000
_REPLAYED: Final = 500
_ENDED: Final = {LoanStatus.ACTIVE: 0, LoanStatus.SETTLED: SETTLED, LoanStatus.WRITTEN_OFF: WRITTEN_OFF}
_TAKES: Final[dict[str, Take]] = {
    "loan": "l.id",
    "ended": f"CASE l.state WHEN 'settled' THEN {SETTLED} WHEN 'written_off' THEN {WRITTEN_OFF} ELSE 0 END",
    "owed": "l.owed",
    "observed": Day("l.restructured_until"),
    "ended_on": Day("coalesce(l.settled_on, l.written_off_on)"),
    "since": Day("d.since"),
    "overdue": "coalesce(d.overdue, 0)",
    "worked_on": Day("l.worked_on"),
}
_ASKED: Final = (
    "FROM book_loan l LEFT JOIN book_delinquency d ON d.loan_id = l.id AND d.since < %s "
    "WHERE l.id > %s AND l.book = 'own' AND l.disbursed_on <= %s "
    "AND (l.state = 'active' OR l.settled_on >= %s OR l.written_off_on >= %s OR l.worked_on > %s) "
    "ORDER BY l.id LIMIT %s"
)


class Standings(NamedTuple):
    """Loans by their numbers, which rise, in fen and day numbers (0: none).

    `ended` is SETTLED or WRITTEN_OFF of `engine.portfolio`, or 0, `ended_on` since when; `observed` until when it is
    under observation; `since` and `overdue` since when it is late, and with how much.
    """

    loan: FenColumn
    ended: FenColumn
    owed: FenColumn
    observed: FenColumn
    ended_on: FenColumn
    since: FenColumn
    overdue: FenColumn


def standings(month_end: date) -> Iterator[Standings]:
    """Loans that live, or ended within the month: who ended earlier stands as ended in the month before."""
    after = 0
    while True:
        end, first = month_end.isoformat(), month_end.replace(day=1).isoformat()
        found = columns_read(_TAKES, _ASKED, [end, after, end, first, first, end, PART])
        if not found["loan"].size:
            return
        after = int(found["loan"][-1])
        stretch = _told(Standings(*(found[name] for name in Standings._fields)), found["worked_on"], month_end)
        if stretch.loan.size:
            yield stretch


def _told(found: Standings, worked_on: FenColumn, month_end: date) -> Standings:
    """The same, told by a replay where they were worked out since; without those that were none yet, or had ended."""
    keeps = np.ones(found.loan.size, np.bool_)
    places = {int(found.loan[at]): int(at) for at in np.flatnonzero(worked_on > month_end.toordinal())}
    since = list(places)
    told: dict[int, Stood] = {}
    for n in range(0, len(since), _REPLAYED):
        told |= stood(since[n : n + _REPLAYED], month_end)
    for loan, at in places.items():
        then = told.get(loan)
        keeps[at] = then is not None and (then.ended_on is None or then.ended_on >= month_end.replace(day=1))
        if then is not None:
            _put(found, at, then)
    return found if keeps.all() else Standings(*(column[keeps] for column in found))


def _put(found: Standings, at: int, then: Stood) -> None:
    found.ended[at], found.owed[at] = _ENDED[then.state], then.owed
    found.observed[at], found.ended_on[at] = _number(then.observed_until), _number(then.ended_on)
    found.since[at] = _number(then.late.since if then.late else None)
    found.overdue[at] = then.late.overdue if then.late else 0


def _number(day: date | None) -> int:
    return day.toordinal() if day else 0
