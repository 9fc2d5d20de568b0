"""How loans stood at the end of a day by what was known then, for those that have been worked out since.

What is stored of a loan is of the day it was last worked out. Who asks later for an earlier day is told by a replay of
what had been booked by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from chedai.book.loans.history import events_of
from chedai.book.loans.models import Loan, LoanEvent, ParkedMoney
from chedai.book.loans.observing import observed_after
from chedai.book.loans.rules import Lateness, is_settled, lateness_of
from chedai.book.loans.selectors import worked_out
from chedai.book.loans.states import OBSERVED_AFTER, LoanStatus
from chedai.book.loans.working import write_off_of
from chedai.engine.errors import EngineError
from chedai.engine.life import Figures, LoanState


@dataclass(frozen=True, slots=True)
class Stood:
    """A loan as the books had it: `ended_on` where it was settled or written off, `late` where it was."""

    state: LoanStatus
    owed: int
    ended_on: date | None
    observed_until: date | None
    late: Lateness | None


def stood(loan_ids: Iterable[int], day: date) -> dict[int, Stood]:
    """How these loans stood at the end of `day`; who was not on the book yet is left out."""
    ids = list(loan_ids)
    events: dict[int, list[LoanEvent]] = {}
    for row in LoanEvent.objects.filter(loan_id__in=ids).order_by("loan_id", "seq"):
        events.setdefault(row.loan_id, []).append(row)
    waited = ParkedMoney.objects.filter(loan_id__in=ids, since__lte=day).exclude(applied_on__lte=day)
    parked = set(waited.values_list("event_id", flat=True))
    found = {}
    for loan in Loan.objects.filter(pk__in=ids).select_related("form"):
        rows = [row for row in events.get(loan.pk, []) if row.pk not in parked]
        known = [row for row in rows if row.recorded_on <= day]
        if known:
            found[loan.pk] = _stood(loan, rows, known, day)
    return found


def _stood(loan: Loan, rows: Sequence[LoanEvent], known: list[LoanEvent], day: date) -> Stood:
    state, figures = _told(loan, rows, known, day)
    off = write_off_of(known)
    until = _observed(loan, rows, known, day)
    if is_settled(state, figures):
        return Stood(LoanStatus.SETTLED, 0, figures.ended_on or _last_day(state, known, day), until, None)
    if off is not None:
        return Stood(LoanStatus.WRITTEN_OFF, figures.principal, off.on, until, lateness_of(figures))
    return Stood(LoanStatus.ACTIVE, figures.principal, None, until, lateness_of(figures))


def _told(loan: Loan, rows: Sequence[LoanEvent], known: list[LoanEvent], day: date) -> tuple[LoanState, Figures]:
    """The replay of what was known; where that made no plan (quarantine), without what was found void since."""
    try:
        return worked_out(loan, events_of(known), day)
    except EngineError:
        void = {row.of_id for row in rows if row.of_id is not None and row.recorded_on > day}
        return worked_out(loan, events_of(row for row in known if row.pk not in void), day)


def _last_day(state: LoanState, known: Sequence[LoanEvent], day: date) -> date:
    """When a loan ended that nobody paid off early: with its last due day, or what was booked last."""
    fell = (row.due_date for row in state.rows if row.due_date <= day)
    return max([*fell, *(row.recorded_on for row in known)])


def _observed(loan: Loan, rows: Sequence[LoanEvent], known: Sequence[LoanEvent], day: date) -> date | None:
    """Until when it was observed: as it is now, unless that was agreed or taken back since."""
    by_pk = {row.pk: row for row in rows}
    since = [by_pk.get(row.of_id, row) if row.of_id else row for row in rows if row.recorded_on > day]
    if not any(row.kind in OBSERVED_AFTER for row in since):
        return loan.restructured_until
    return observed_after(known)
