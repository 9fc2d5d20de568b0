"""Where a receipt goes: first to what is overdue, then to what falls due that day, then ahead of time.

Within each of the three the order and direction of the contract apply. Ahead of time the money fills one instalment
after the other: interest accrued to the day, then principal up to the agreed instalment, which is thereby settled
early; from the next instalment on (`next`) or from the last one backwards (`last`). What is left after everything is
paid is held as a credit, and goes to what falls due next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from chedai.engine.life.book import Book, Booking, Instalment, Parts, Receipt
from chedai.engine.life.conventions import AdvanceRule, Component, Direction, Recalculation
from chedai.engine.life.events import Waiver
from chedai.engine.life.projection import Projection, project


class Due(NamedTuple):
    """What is open on one row."""

    row: Instalment
    parts: Parts


def receive(book: Book, on: date, amount: int) -> tuple[Booking, ...]:
    """Book `amount` received on a day; the bookings add up to it."""
    bookings: list[Booking] = []
    seen = project(book, on)
    left = _pay_fallen_due(book, on, amount, seen, bookings)
    if left:
        left = _pay_ahead(book, on, left, seen, bookings)
    return hold(book, left, bookings)


def receive_due(book: Book, on: date, amount: int) -> tuple[list[Booking], int]:
    """Pay only what has fallen due by `on`: the bookings, and what is left."""
    bookings: list[Booking] = []
    left = _pay_fallen_due(book, on, amount, project(book, on), bookings)
    return bookings, left


def waive(book: Book, event: Waiver) -> tuple[Booking, ...]:
    """Forgive what has fallen due of one component, the oldest first: it counts as paid, by nobody."""
    bookings, left = [], event.amount
    for due in open_dues(book, project(book, event.on), event.on):
        amount = min(due.parts.of(event.component), left)
        if amount > 0:
            left -= amount
            due.parts.add(event.component, -amount)
            due.row.settled = not (due.parts.interest or due.parts.principal)
            due.row.paid.add(event.component, amount)
            due.row.waived.add(event.component, amount)
            due.row.receipts.append(Receipt(event.on, event.component, amount, waived=True))
            bookings.append(Booking(due.row, event.component, amount))
    book.waived.add(event.component, event.amount)
    return tuple(bookings)


def hold(book: Book, left: int, bookings: list[Booking]) -> tuple[Booking, ...]:
    """Keep what found nothing to pay as a credit."""
    book.credit += left
    return (*bookings, Booking(None, None, left)) if left else tuple(bookings)


def use_credit(book: Book, on: date) -> tuple[Booking, ...]:
    """Money held goes to what has come up."""
    held, book.credit = book.credit, 0
    return receive(book, on, held) if held else ()


def open_dues(book: Book, seen: Projection, until: date = date.max) -> list[Due]:
    """What is open as `seen` on every row due by `until`, in the order the rows fall due."""
    places = {id(row): k for k, row in enumerate(book.instalments)}
    dues = []
    for row in book.rows:
        if row.due > until:
            break
        k = places.get(id(row))
        interest, principal = (0, row.principal or 0) if k is None else (seen.interest[k], seen.principal[k])
        dues.append(Due(row, open_parts(row, interest, principal)))
    return dues


def open_parts(row: Instalment, interest: int, principal: int) -> Parts:
    """What is unpaid of a row on which `interest` and `principal` are due."""
    paid = row.paid
    return Parts(
        fee=row.charged(Component.FEE) - paid.fee,
        penalty=row.charged(Component.PENALTY) - paid.penalty,
        interest=max(interest - paid.interest, 0),
        principal=max(principal - paid.principal, 0),
    )


def _pay_fallen_due(book: Book, on: date, amount: int, seen: Projection, bookings: list[Booking]) -> int:
    dues = open_dues(book, seen, on)
    overdue = [due for due in dues if due.row.due < on]
    today = [due for due in dues if due.row.due == on]
    return pay(book, on, pay(book, on, amount, overdue, bookings), today, bookings)


def pay(book: Book, on: date, amount: int, dues: list[Due], bookings: list[Booking]) -> int:
    """Pay `dues` in the contract's order and direction; what is left."""
    for due, component in _in_order(book, dues):
        if not amount:
            break
        paid = min(due.parts.of(component), amount)
        if paid > 0:
            amount -= paid
            due.parts.add(component, -paid)
            due.row.settled = not (due.parts.interest or due.parts.principal)
            _book(book, on, due.row, component, paid)
            bookings.append(Booking(due.row, component, paid))
    return amount


def _in_order(book: Book, dues: list[Due]) -> Iterator[tuple[Due, Component]]:
    order = book.conventions.allocation
    if book.conventions.direction is Direction.HORIZONTAL:
        return ((due, component) for due in dues for component in order)
    return ((due, component) for component in order for due in dues)


def _book(book: Book, on: date, row: Instalment, component: Component, amount: int) -> None:
    row.paid.add(component, amount)
    row.receipts.append(Receipt(on, component, amount))
    if component is Component.PRINCIPAL and not any(row is single for single in book.singles):
        book.repay(_value_date(book, on, row), row.period.due, amount)


def _value_date(book: Book, on: date, row: Instalment) -> date:
    """From when a principal payment saves interest: its day; overdue, by period, the end of the running period."""
    if book.conventions.recalculation is Recalculation.PER_PERIOD and row.due < on:
        return next((one.period.due for one in book.instalments if one.period.due >= on), on)
    return on


def _pay_ahead(book: Book, on: date, amount: int, seen: Projection, bookings: list[Booking]) -> int:
    accrued = project(book, on, until=on)
    ahead = [k for k, row in enumerate(book.instalments) if row.due > on]
    if book.conventions.advance_rule is AdvanceRule.LAST:
        ahead.reverse()
    for k in ahead:
        row = book.instalments[k]
        if amount and not (row.settled and _is_paid(row, seen.due(k))):
            amount = pay(book, on, amount, [Due(row, _due_ahead(book, k, on, accrued, seen))], bookings)
    if amount and book.owed and book.follows_payments:
        # The agreed amounts hold no more; the row that takes the rest of the principal takes it now.
        rest = book.instalments[-1 if accrued.last is None else accrued.last]
        amount = pay(book, on, amount, [Due(rest, Parts(principal=book.owed))], bookings)
    if book.follows_payments:
        _spare_the_tail(book, project(book, on))
    for row in book.later:
        if amount and row.due > on:
            amount = pay(book, on, amount, [Due(row, open_parts(row, 0, 0))], bookings)
    return amount


def _spare_the_tail(book: Book, seen: Projection) -> None:
    """The rows that money paid ahead has emptied stay empty, whatever interest the others take later."""
    if seen.last is not None:
        for row in book.instalments[seen.last + 1 :]:
            row.spared = not (row.settled or row.paid.total)


def _is_paid(row: Instalment, due: int) -> bool:
    """Whether a row with something due on it is paid in full."""
    charged = row.charged(Component.FEE) + row.charged(Component.PENALTY)
    return due + charged > 0 and row.paid.total >= due + charged


def _due_ahead(book: Book, k: int, on: date, accrued: Projection, seen: Projection) -> Parts:
    """What may be paid on instalment `k` before its due date."""
    row = book.instalments[k]
    if not book.follows_payments:
        return open_parts(row, seen.interest[k], seen.principal[k])
    interest, most = accrued.interest[k], row.paid.principal + book.owed
    if sum(1 for other in book.instalments if not (other.settled or other.spared)) == 1:
        principal = most
    elif row.period.start < on:
        principal = accrued.principal[k]
    else:
        principal = row.total - interest if row.principal is None else row.principal
    return open_parts(row, interest, min(principal, most))
