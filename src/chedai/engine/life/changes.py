"""What the parties agree to change while the plan goes on: money paid out, rates, dates, the term, pauses, charges."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from chedai.engine.calendar import DAYS_OF, on_day
from chedai.engine.daycount import Period
from chedai.engine.life.book import Book, Booking, Instalment, Levy, Move, RateFrom
from chedai.engine.life.events import (
    Charge,
    ChargeKind,
    Disbursement,
    DueDateShift,
    InterestPause,
    RateChange,
    TermExtension,
)
from chedai.engine.life.payment import receive, use_credit
from chedai.engine.life.plan import solve_from
from chedai.engine.money import RATE_SCALE, divide
from chedai.engine.terms import Amortisation, MonthEnd, Unit
from chedai.engine.waterfall import Component

_DAY: Final = timedelta(days=1)
_COMPONENT: Final = {ChargeKind.FEE: Component.FEE, ChargeKind.PENALTY: Component.PENALTY}


def disburse(book: Book, event: Disbursement) -> tuple[Booking, ...]:
    """Pay out: the down payment is due at once, the rest goes under the plan, which is solved anew."""
    on, down = event.on, _down_payment(book, event.amount)
    book.payouts.append(Move(on, event.amount))
    book.paid_out.append(Move(on, event.amount))
    if down:
        book.singles.append(Instalment(Period(on, on), on, principal=down))
    book.advance(on, event.amount - down)
    solve_from(book, position_after(book, on), as_agreed=True)
    if down and book.conventions.down_payment_paid:
        return receive(book, on, down)
    return use_credit(book, on)


def charge(book: Book, event: Charge) -> tuple[Booking, ...]:
    """Levy a fee or penalty on the instalment in whose period it falls due."""
    levy(book, Levy(event.due_on or event.on, _COMPONENT[event.kind], event.amount))
    return use_credit(book, event.on)


def change_rate(book: Book, event: RateChange) -> None:
    """The interest of a day belongs to the day on which it closes, so the old rate counts up to the eve of `on`."""
    eve = event.on - _DAY
    set_rate(book, eve, event.annual_rate)
    first = position_after(book, eve)
    if book.paid_out and eve < book.instalments[first].period.due:
        solve_from(book, first)


def set_rate(book: Book, start: date, rate: int) -> None:
    """`rate` holds for interest from `start` on, until the next change."""
    book.rates = sorted([change for change in book.rates if change.start != start] + [RateFrom(start, rate)])
    book.forget()


def pause(book: Book, event: InterestPause) -> None:
    """The instalment stays as it is; the interest that falls away becomes principal."""
    book.pauses.append((event.start - _DAY, event.end))
    book.forget()


def extend(book: Book, event: TermExtension) -> None:
    """Add instalments behind the last one and solve anew from the running one."""
    for _ in range(event.periods):
        last = book.instalments[-1]
        period = following(book, last.period.due, last.period.every, last.period.unit)
        last.pools = book.terms.amortisation is Amortisation.BULLET
        book.instalments.append(Instalment(period, payable_on(book, period.due), flat=last.flat, step=last.step))
    solve_from(book, position_after(book, event.on - _DAY))


def shift(book: Book, event: DueDateShift) -> None:
    """Move a due date; the later ones follow at the agreed distance, the instalment stays."""
    rows = book.instalments
    k = next(k for k, row in enumerate(rows) if row.due == event.due and not row.closed)
    old = rows[k].period
    until(rows[k], event.to)
    book.anchor_day = event.to.day
    for before, row in zip(rows[k:], rows[k + 1 :], strict=False):
        row.period = following(book, before.period.due, old.every, old.unit)
        row.due = payable_on(book, row.period.due)
    book.forget()


def payable_on(book: Book, due: date) -> date:
    """The day the money of a due date is due: a business day where the terms shift."""
    return due if book.business_days is None else book.business_days.shifted(due, book.terms.shift)


def levy(book: Book, due: Levy) -> None:
    """Put a charge on its instalment; after the last one it stands on a row of its own."""
    row = next((row for row in book.instalments if due.due_on <= row.period.due), None)
    if row is None:
        start = book.instalments[-1].period.due
        if not book.later:
            book.later.append(Instalment(Period(start, due.due_on), due.due_on, principal=0))
        row = book.later[0]
        row.due = max(row.due, due.due_on)
        row.period = Period(start, row.due)
    row.levies.append(due)


def until(row: Instalment, due: date) -> None:
    """End the period of `row` on another day than agreed."""
    old = row.period
    row.period, row.due = Period(old.start, due, old.every, old.unit, regular=False), due


def following(book: Book, start: date, every: int, unit: Unit) -> Period:
    """One regular period from a due date."""
    return Period(start, periods_on(book, start, every, unit), every, unit)


def periods_on(book: Book, due: date, count: int, unit: Unit) -> date:
    """The due date so many units after (or before) `due`; in months it keeps the anchor day."""
    if unit is not Unit.MONTH:
        return due + timedelta(days=count * DAYS_OF[unit])
    month, day = due.year * 12 + due.month - 1, book.anchor_day or due.day
    if book.terms.month_end is MonthEnd.ROLL and day > 28 and due.day == 1:
        month -= 1  # it rolled over from a month without the anchor day
    return on_day(month + count, day, book.terms.month_end)


def position_after(book: Book, day: date) -> int:
    """The position of the instalment whose period holds the days after `day`; past the end, of the last one."""
    rows = book.instalments
    return next((k for k, row in enumerate(rows) if day < row.period.due), len(rows) - 1)


def _down_payment(book: Book, amount: int) -> int:
    terms, rate = book.terms, book.conventions.down_payment_rate
    if rate is None:
        return divide(amount * terms.down_payment, terms.principal, terms.rounding)
    multiple = terms.instalment_multiple
    return divide(amount * rate, RATE_SCALE * multiple, terms.rounding) * multiple
