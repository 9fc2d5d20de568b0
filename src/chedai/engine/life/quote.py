"""What it costs to leave the loan on a day, as the replay sees it; `settlement` turns it into the explained quote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from chedai.engine.calendar import BusinessCalendar
from chedai.engine.life.book import Book
from chedai.engine.life.conventions import Conventions
from chedai.engine.life.events import Event
from chedai.engine.life.lateness import RowPenalty, accrue_penalties, penalties_by_row
from chedai.engine.life.leaving import ends_at_the_day, leaving
from chedai.engine.life.payment import Due
from chedai.engine.life.replay import replayed
from chedai.engine.settlement import Position
from chedai.engine.terms import LoanTerms


def settlement_position(
    terms: LoanTerms,
    conventions: Conventions,
    events: Sequence[Event],
    on: date,
    *,
    known_on: date | None = None,
    business_days: BusinessCalendar | None = None,
) -> Position:
    """Where the loan stands on the day of settlement, for `settlement.settle` to price and explain.

    Without a fee the quote is what a `Payoff` on that day takes: interest accrued to the day, or all contract interest
    where the conventions say so; charges not yet due included. Interest paid ahead that falls away is part of the
    credit. Where interest does not follow payments, so is principal paid on instalments to come: it was owed, and bore
    interest, until today. A fee for leaving is therefore asked on it as on all that is repaid early. Errors: as
    `replay`.
    """
    book = replayed(terms, conventions, events, on, known_on, business_days)
    accrue_penalties(book, on)
    asked = leaving(book, on)
    dues = asked.dues
    fallen = [due for due in dues if due.row.due <= on]
    ahead = [due for due in dues if due.row.due > on]
    days, accrued = _accrued(book, on, ahead)
    held = 0 if book.follows_payments else sum(row.paid.principal for row in book.instalments if row.due > on)
    return Position(
        principal=sum(due.parts.principal for due in ahead) + held,
        annual_rate=book.rate_on(on),
        accrued_days=days,
        months_paid=sum(1 for due in fallen if due.row in book.instalments and not due.parts.total),
        day_interest=Fraction(accrued, days) if days else None,
        due_principal=sum(due.parts.principal for due in fallen),
        due_interest=sum(due.parts.interest for due in dues) - accrued,
        due_fee=sum(due.parts.fee for due in fallen),
        penalty=sum(due.parts.penalty for due in dues),
        future_fee=sum(due.parts.fee for due in ahead),
        credit=book.credit + held + sum(amount for _, amount in asked.handed_back),
    )


def penalties_explained(
    terms: LoanTerms,
    conventions: Conventions,
    events: Sequence[Event],
    on: date,
    *,
    known_on: date | None = None,
    business_days: BusinessCalendar | None = None,
) -> tuple[RowPenalty, ...]:
    """What being late has cost each row up to a day, line by line. Errors: as `replay`."""
    book = replayed(terms, conventions, events, on, known_on, business_days)
    return penalties_by_row(book, on)


def _accrued(book: Book, on: date, ahead: Sequence[Due]) -> tuple[int, int]:
    """Days of the running period and the interest that grew in it; contract interest does not grow, it is owed."""
    running = next((row for row in book.instalments if row.period.start < on < row.period.due), None)
    if running is None or not (book.follows_payments or ends_at_the_day(book)):
        return 0, 0
    return (on - running.period.start).days, sum(due.parts.interest for due in ahead)
