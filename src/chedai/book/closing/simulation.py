"""Trying a prepayment out: both choices side by side, by the same replay that would book it. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from chedai.book.closing.asking import AHEAD_DAYS
from chedai.book.closing.rules import refuse_settle_day
from chedai.book.loans.history import events_of
from chedai.book.loans.models import Loan
from chedai.book.loans.prepaying import prepayment_fee
from chedai.book.loans.rules import refusal_of, refuse_amount
from chedai.book.loans.selectors import parked_of, rows_of, worked_out
from chedai.engine.errors import EngineError
from chedai.engine.life import LoanState
from chedai.engine.life.events import Event, Prepayment, PrepaymentChoice
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.platform.policies.selectors import book_in_force


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is still to come after a day: instalments, the next one, the last due day, interest and all in all (fen)."""

    instalments: int
    next_amount: int
    next_due: date | None
    last_due: date | None
    interest: int
    total: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What stands ahead without the prepayment and with either choice.

    `fee` is what the contract asks for repaying early (fen); it comes with the next instalment, and is in its amount.
    """

    now: Ahead
    shorter: Ahead
    lower: Ahead
    fee: int = 0

    @property
    def shorter_saves(self) -> int:
        """Interest that is not owed any more with the shorter term."""
        return self.now.interest - self.shorter.interest

    @property
    def lower_saves(self) -> int:
        """Interest that is not owed any more with the lower instalment."""
        return self.now.interest - self.lower.interest


def prepayment_try(loan: Loan, amount: int, on: date) -> Tried:
    """Principal paid ahead today or later, both ways. Errors: as `prepayment_shown`, and for a day too far off."""
    today = clock.business_date()
    refuse_settle_day(on, today, book_in_force().in_force(AHEAD_DAYS, today).number)
    return prepayment_shown(loan, amount, on)


def prepayment_shown(loan: Loan, amount: int, on: date) -> Tried:
    """Principal paid ahead on any day, both ways; of money that came earlier: what is still to come after today.

    Errors: `Refusal` at its field, as the engine words it.
    """
    refuse_amount(amount)
    today = clock.business_date()
    seen_on = max(on, today)
    if amount >= loan.owed:
        zh, en = "还清全部本金请选提前结清", "to repay everything, settle the loan"
        raise Refusal("is-a-settlement", zh, en, field="amount")
    parked = parked_of(loan.pk) if loan.quarantine else {}
    events = events_of(row for row in rows_of(loan.pk) if row.pk not in parked)
    levied = prepayment_fee(loan, events, amount, on, today)
    try:
        found = [_ahead(_state(loan, events, seen_on), seen_on)]
        for choice in (PrepaymentChoice.SHORTER_TERM, PrepaymentChoice.LOWER_INSTALMENT):
            asked: list[Event] = [*levied, Prepayment(on=on, amount=amount, choice=choice)]
            numbered = enumerate(asked, loan.last_seq + 1)
            made = [replace(one, id=str(n), sequence=n, recorded_on=seen_on) for n, one in numbered]
            found.append(_ahead(_state(loan, [*events, *made], seen_on), seen_on))
    except EngineError as error:
        raise refusal_of(error) from error
    now, shorter, lower = found
    return Tried(now, shorter, lower, fee=sum(one.amount for one in levied))


def _state(loan: Loan, events: list[Event], on: date) -> LoanState:
    return worked_out(loan, events, on)[0]


def _ahead(state: LoanState, on: date) -> Ahead:
    rows = [row for row in state.rows if row.due_date > on]
    owing = [row for row in rows if row.outstanding]
    return Ahead(
        instalments=len(owing),
        next_amount=owing[0].total if owing else 0,
        next_due=owing[0].due_date if owing else None,
        last_due=owing[-1].due_date if owing else None,
        interest=sum(row.interest for row in rows),
        total=sum(row.outstanding for row in rows),
    )
