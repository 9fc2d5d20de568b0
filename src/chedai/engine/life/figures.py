"""What a ledger needs to know of a loan on a day: what stands, what is open row by row, what ever came of it.

Money paid ahead of its due day counts as held until that day, and the principal it will repay as owed. The sums of what
ever was satisfy one identity: what came in less what went out is what they and the balances say (see `money`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chedai.engine.calendar import BusinessCalendar
from chedai.engine.life.book import Book, Instalment, Parts
from chedai.engine.life.conventions import Component, Conventions
from chedai.engine.life.events import Event
from chedai.engine.life.payment import open_dues
from chedai.engine.life.projection import project
from chedai.engine.life.replay import replayed
from chedai.engine.life.report import state_of
from chedai.engine.life.state import LoanState
from chedai.engine.terms import LoanTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """What of row `n`, due on `due_on`, is unpaid, in fen.

    `late_principal`, `late_interest` are daily products (fen times days) of what was paid late. `penalty_levied` was
    charged as such; `penalty_paid` is what was paid (or waived) of all penalty, and `penalty` what is still open of it.
    """

    n: int
    due_on: date
    fee: int
    penalty: int
    interest: int
    principal: int
    late_principal: int
    late_interest: int
    penalty_levied: int
    penalty_paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """Amounts in fen by component."""

    fee: int = 0
    penalty: int = 0
    interest: int = 0
    principal: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A loan on `as_of`. `principal` is owed, due or not; `held` is money for the customer, paid ahead included.

    `open` are the rows that have fallen due with something unpaid, `due` their sums. `received`, `waived` and
    `capitalised` sum up what was paid on what has fallen due, what was forgiven and what was made principal.
    `ended_on` is the day of a payoff; everything it paid counts as fallen due.
    """

    as_of: date
    principal: int
    held: int
    open: tuple[OpenRow, ...]
    due: Sums
    received: Sums
    waived: Sums
    capitalised: Sums
    paid_out: int
    ended_on: date | None

    @property
    def money(self) -> int:
        """What came in less what went out, as the figures explain it."""
        received = self.received.fee + self.received.penalty + self.received.interest + self.received.principal
        return received + self.held - self.paid_out


def replay_figures(
    terms: LoanTerms,
    conventions: Conventions,
    events: Sequence[Event],
    as_of: date,
    *,
    known_on: date | None = None,
    business_days: BusinessCalendar | None = None,
) -> tuple[LoanState, Figures]:
    """The loan on `as_of` and its figures, by one replay. Errors: as `replay`."""
    book = replayed(terms, conventions, events, as_of, known_on, business_days)
    return state_of(book, as_of), figures_of(book, as_of)


def figures_of(book: Book, as_of: date) -> Figures:
    """The figures of a book whose penalties have been brought to `as_of`."""
    open_rows, due, received, ahead = [], Parts(), Parts(), Parts()
    unpaid_principal = 0
    for n, (row, parts) in enumerate(open_dues(book, project(book, as_of)), 1):
        unpaid_principal += parts.principal
        fallen = row.due <= as_of or row.closed or book.closed_on is not None
        for component in Component:
            paid = row.paid.of(component) - row.waived.of(component)
            (received if fallen else ahead).add(component, paid)
            if row.due <= as_of:
                due.add(component, parts.of(component))
        if row.due <= as_of and parts.total:
            open_rows.append(_open(n, row, parts))
    return Figures(
        as_of=as_of,
        principal=unpaid_principal + ahead.principal,
        held=book.credit + ahead.total,
        open=tuple(open_rows),
        due=_sums(due),
        received=_sums(received),
        waived=_sums(book.waived),
        capitalised=_sums(book.capitalised),
        paid_out=sum(move.amount for move in book.payouts),
        ended_on=book.closed_on,
    )


def _open(n: int, row: Instalment, unpaid: Parts) -> OpenRow:
    products = {Component.PRINCIPAL: 0, Component.INTEREST: 0}
    for receipt in row.receipts:
        if receipt.component in products and receipt.on > row.due:
            products[receipt.component] += receipt.amount * (receipt.on - row.due).days
    return OpenRow(
        n=n,
        due_on=row.due,
        fee=unpaid.fee,
        penalty=unpaid.penalty,
        interest=unpaid.interest,
        principal=unpaid.principal,
        late_principal=products[Component.PRINCIPAL],
        late_interest=products[Component.INTEREST],
        penalty_levied=sum(levy.amount for levy in row.levies if levy.component is Component.PENALTY),
        penalty_paid=row.paid.penalty,
    )


def _sums(parts: Parts) -> Sums:
    return Sums(fee=parts.fee, penalty=parts.penalty, interest=parts.interest, principal=parts.principal)
