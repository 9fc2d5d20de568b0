"""Penalty interest as part of the replay: what being late has cost each row up to a day.

The charge follows from the row's own history in closed form (`accrual`): every amount that was due and is unpaid, or
was paid late, is a piece with its days. It is worked out anew from that history whenever it is asked, so it does not
depend on how often somebody asked before.
"""

from __future__ import annotations

from datetime import date

from chedai.engine.accrual import Piece, penalty_statement
from chedai.engine.life.book import Book, Instalment, Parts
from chedai.engine.life.payment import open_dues
from chedai.engine.life.projection import project
from chedai.engine.waterfall import Component


def accrue_penalties(book: Book, on: date) -> None:
    """Bring the penalty of every row to `on`; nothing where the contract has no penalty terms."""
    terms = book.conventions.penalty
    if terms is None:
        return
    for row, parts in open_dues(book, project(book, on), on):
        if row.due < on and not row.closed:
            pieces = _pieces(row, parts, on)
            if pieces:
                row.accrued_penalty = penalty_statement(pieces, terms).total


def _pieces(row: Instalment, unpaid: Parts, on: date) -> list[Piece]:
    """What of the row was or is overdue, and until when. Penalty that accrued here is no base, penalty levied is."""
    pieces = [
        Piece(r.component, r.amount, row.due, r.on) for r in row.receipts if r.on > row.due and _bears(r.component)
    ]
    for component in (Component.PRINCIPAL, Component.INTEREST, Component.FEE):
        if unpaid.of(component) > 0:
            pieces.append(Piece(component, unpaid.of(component), row.due, on))
    levied = sum(due.amount for due in row.levies if due.component is Component.PENALTY)
    if levied > row.paid.penalty:
        pieces.append(Piece(Component.PENALTY, levied - row.paid.penalty, row.due, on))
    return pieces


def _bears(component: Component) -> bool:
    return component is not Component.PENALTY
