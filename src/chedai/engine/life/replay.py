"""The life of a loan: dated events replayed over frozen terms.

`replay` starts from the terms every time and walks the events in canonical order, so nothing is ever patched: a
back-dated receipt, a reversal or a corrected rate simply tells another story. Asked with `known_on`, it tells the story
as the books knew it on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from chedai.engine.calendar import BusinessCalendar
from chedai.engine.errors import EngineError, EventRefused, InvalidArgument
from chedai.engine.life import changes, replan
from chedai.engine.life.book import Book, BookEntry, Booking
from chedai.engine.life.conventions import Conventions
from chedai.engine.life.events import (
    Act,
    Agreement,
    Charge,
    Disbursement,
    DueDateShift,
    Event,
    InterestPause,
    Payoff,
    Prepayment,
    RateChange,
    Reage,
    Reamortise,
    Repayment,
    TermExtension,
    Waiver,
)
from chedai.engine.life.guard import is_moot, refuse_impossible
from chedai.engine.life.lateness import accrue_penalties
from chedai.engine.life.leaving import pay_off
from chedai.engine.life.ordering import Dated, standing
from chedai.engine.life.payment import receive, waive
from chedai.engine.life.plan import open_book
from chedai.engine.life.report import rows_of, state_of
from chedai.engine.life.state import LoanState
from chedai.engine.money import LARGEST_RATE
from chedai.engine.schedule import schedule
from chedai.engine.terms import LoanTerms


def replay(
    terms: LoanTerms,
    conventions: Conventions,
    events: Sequence[Event],
    as_of: date | None = None,
    *,
    known_on: date | None = None,
    business_days: BusinessCalendar | None = None,
) -> LoanState:
    """The loan on `as_of` (None: the day of the last event), by what was recorded up to `known_on` (None: all).

    What happens after `as_of` is left out; a new rate or term agreed for later shows before its day. Without any
    disbursement among `events` the principal of the terms is paid out on their day. Before the first payout there are
    no rows.

    Errors: `EventRefused` with the position of the event and the rule; for terms that cannot be, as `schedule`.
    """
    day = as_of or max((event.on for event in events), default=terms.disbursed_on)
    book = replayed(terms, conventions, events, day, known_on, business_days)
    return state_of(book, day)


def states_after(
    terms: LoanTerms,
    conventions: Conventions,
    events: Sequence[Event],
    asked: Iterable[int],
    *,
    business_days: BusinessCalendar | None = None,
) -> list[LoanState]:
    """The loan after each asked event (a position in `events`, in order of arrival), on the day it came in."""
    states = []
    for position in asked:
        arrived = events[: position + 1]
        day = max((event.known_on for event in arrived), default=terms.disbursed_on)
        states.append(replay(terms, conventions, arrived, day, business_days=business_days))
    return states


def replayed(
    terms: LoanTerms,
    conventions: Conventions,
    events: Sequence[Event],
    as_of: date,
    known_on: date | None,
    business_days: BusinessCalendar | None,
) -> Book:
    """The working book after every event that counts; for this package only."""
    counted = standing(events, as_of, known_on)
    if not any(isinstance(event, Disbursement) for event in events):
        contract = Disbursement(on=terms.disbursed_on, amount=terms.principal)
        counted = standing([*events, contract], as_of, known_on)
    book = open_book(_opened(terms, counted, business_days), conventions, business_days)
    for dated in counted:
        _apply(book, dated)
    book.steady, book.agreed = False, None
    return book


def _opened(terms: LoanTerms, counted: Sequence[Dated], business_days: BusinessCalendar | None) -> LoanTerms:
    """The terms with the day of the first payout; refuses terms and days that have no schedule, and no loan's rate."""
    if terms.annual_rate > LARGEST_RATE:
        rule, rule_zh = "is beyond what a rate can be", "超出利率的合理范围"
        raise InvalidArgument("annual_rate", rule, rule_zh, value=terms.annual_rate)
    schedule(terms, business_days)
    first = next((dated for dated in counted if isinstance(dated.event, Disbursement)), None)
    if first is None or first.event.on == terms.disbursed_on:
        return terms
    try:
        opened = replace(terms, disbursed_on=first.event.on)
        schedule(opened, business_days)
    except EngineError as error:
        raise _leaves_no_plan(error, first, "on") from None
    return opened


def _leaves_no_plan(error: EngineError, dated: Dated, argument: str) -> EventRefused:
    rule, rule_zh = f"leaves no plan: {error.rule}", f"无法生成还款计划:{error.rule_zh}"
    return EventRefused(argument, rule, rule_zh, row=dated.row, value=error.value)


def _apply(book: Book, dated: Dated) -> None:
    refuse_impossible(book, dated)
    event = dated.event
    if is_moot(book, dated):
        return
    book.steady = isinstance(event, (Repayment, Charge, Waiver))
    if not book.steady:
        book.agreed = None
    accrue_penalties(book, event.on)
    try:
        amount, bookings = _happen(book, event)
    except EngineError as error:
        raise _leaves_no_plan(error, dated, error.argument) from None
    owed = book.owed + sum((row.principal or 0) - row.paid.principal for row in book.singles)
    book.entries.append(BookEntry(event, amount, bookings, owed))


def _happen(book: Book, event: Act) -> tuple[int, tuple[Booking, ...]]:
    """The money of the event and where it went."""
    match event:
        case Disbursement():
            return event.amount, changes.disburse(book, event)
        case Repayment():
            return event.amount, receive(book, event.on, event.amount)
        case Prepayment():
            return event.amount, replan.prepay(book, event)
        case Payoff():
            return pay_off(book, event.on)
        case Charge():
            return event.amount, changes.charge(book, event)
        case Waiver():
            return 0, waive(book, event)
        case _:
            _agree(book, event)
            return 0, ()


def _agree(book: Book, event: Agreement) -> None:
    """What the parties agree; no money moves."""
    match event:
        case RateChange():
            changes.change_rate(book, event)
        case InterestPause():
            changes.pause(book, event)
        case DueDateShift():
            changes.shift(book, event)
        case TermExtension():
            changes.extend(book, event)
        case Reamortise():
            replan.reamortise(book, event)
        case Reage():
            book.superseded.append(rows_of(book, event.on))
            replan.reage(book, event)
        case _:
            book.superseded.append(rows_of(book, event.on))
            replan.restructure(book, event)
