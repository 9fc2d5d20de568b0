"""Leaving a loan before its end: what is open on each row if it ends on a day, and the payoff that takes it.

Where interest follows payments, it is owed up to the day. Where it does not, the contract says: all of it, or up to the
day as well. Then the interest of the running period is what its days make of it by the contract's day count (of a
stated interest, the share of its days), the interest of later periods falls away, and what was paid ahead on it is
handed back.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from chedai.engine.life.book import Book, Booking, Instalment, Receipt
from chedai.engine.life.conventions import PayoffInterest
from chedai.engine.life.payment import Due, hold, open_dues, pay, receive
from chedai.engine.life.projection import Projection, project
from chedai.engine.waterfall import Component


class Leaving(NamedTuple):
    """What is open on every row, oldest first, and the interest paid ahead that is handed back."""

    dues: list[Due]
    handed_back: list[tuple[Instalment, int]]

    @property
    def total(self) -> int:
        """What is owed in all, before money held as a credit."""
        return sum(due.parts.total for due in self.dues) - sum(amount for _, amount in self.handed_back)


def ends_at_the_day(book: Book) -> bool:
    """Whether interest is fixed by the contract, and yet a payoff owes it up to its day only."""
    return not book.follows_payments and book.conventions.payoff_interest is PayoffInterest.ACCRUED


def leaving(book: Book, on: date) -> Leaving:
    """What ending the loan on a day asks for, charges not yet due included."""
    if not ends_at_the_day(book):
        return Leaving(open_dues(book, project(book, on, until=on if book.follows_payments else None)), [])
    seen = _up_to(book, on)
    back = [(row, row.paid.interest - owed) for row, owed in zip(book.instalments, seen.interest, strict=True)]
    return Leaving(open_dues(book, seen), [(row, amount) for row, amount in back if amount > 0])


def pay_off(book: Book, on: date) -> tuple[int, tuple[Booking, ...]]:
    """Everything owed on a day is paid and the loan closes: the money it takes, and where it went."""
    asked = leaving(book, on)
    amount = max(asked.total - book.credit, 0)
    held, book.credit = book.credit, 0
    if ends_at_the_day(book):
        bookings = _end(book, on, amount + held, asked)
    else:
        bookings = receive(book, on, amount + held)
    book.closed_on = on
    return amount, bookings


def _up_to(book: Book, on: date) -> Projection:
    """The plan as agreed, but what falls due after `on` with the interest its days have made by then."""
    seen, cut = project(book, on), project(book, on, until=on, as_agreed=True, ends=True)
    for k, row in enumerate(book.instalments):
        if row.due > on:
            seen.interest[k] = cut.interest[k]
    return seen


def _end(book: Book, on: date, money: int, asked: Leaving) -> tuple[Booking, ...]:
    """Pay every row, with the interest that is handed back, and close it at what was paid on it."""
    bookings: list[Booking] = []
    for row, amount in asked.handed_back:
        row.paid.interest -= amount
        row.receipts.append(Receipt(on, Component.INTEREST, -amount))
        bookings.append(Booking(row, Component.INTEREST, -amount))
        money += amount
    left = pay(book, on, money, asked.dues, bookings)
    for row in book.rows:
        row.closed = row.settled = True
    return hold(book, left, bookings)
