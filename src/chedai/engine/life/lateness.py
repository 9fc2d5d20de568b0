"""Penalty interest as part of the replay: what being late has cost each row up to a day.

The charge follows from the row's own history in closed form (`accrual`): every amount that was due and is unpaid, or
was paid late, is a piece with its days. It is worked out anew from that history whenever it is asked, so it does not
depend on how often somebody asked before.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from chedai.engine.accrual import PenaltyLine, Piece, penalty_statement
from chedai.engine.life.book import Book, Instalment, Parts
from chedai.engine.life.payment import open_dues
from chedai.engine.life.projection import project
from chedai.engine.waterfall import Component


class RowPenalty(NamedTuple):
    """The penalty that accrued on row `n`: its lines (base, days, rate), their total, and what a cap took off (fen)."""

    n: int
    due_on: date
    lines: tuple[PenaltyLine, ...]
    total: int
    capped: int


def accrue_penalties(book: Book, on: date) -> None:
    """Bring the penalty of every row to `on`; nothing where the contract has no penalty terms."""
    terms = book.conventions.penalty
    if terms is None:
        return
    for row, parts in open_dues(book, project(book, on), on):
        if row.due < on and not row.closed and (parts.total or row.levies or _was_late(row)):
            row.accrued_penalty = penalty_statement(_pieces(row, parts, on), terms).total


def penalties_by_row(book: Book, on: date) -> tuple[RowPenalty, ...]:
    """How the penalty of each row came about, line by line, up to a day; rows of a plan that has ended are left out."""
    terms = book.conventions.penalty
    found = []
    if terms is not None:
        for n, (row, parts) in enumerate(open_dues(book, project(book, on), on), 1):
            if row.due < on and not row.closed:
                made = penalty_statement(_pieces(row, parts, on), terms)
                found.append(RowPenalty(n, row.due, made.lines, made.total, made.waived))
    return tuple(one for one in found if one.lines)


def _was_late(row: Instalment) -> bool:
    return any(receipt.on > row.due for receipt in row.receipts)


def _pieces(row: Instalment, unpaid: Parts, on: date) -> list[Piece]:
    """What of the row was or is overdue, and until when. Penalty that accrued here bears none, levied penalty may."""
    pieces = []
    for component in (Component.PRINCIPAL, Component.INTEREST, Component.FEE):
        late = [r for r in row.receipts if r.component is component and r.on > row.due]
        pieces += [Piece(component, r.amount, row.due, r.on) for r in late]
        pieces.append(Piece(component, unpaid.of(component), row.due, on))
    levied = sum(due.amount for due in row.levies if due.component is Component.PENALTY)
    for receipt in row.receipts:
        if receipt.component is Component.PENALTY:
            paid = min(receipt.amount, levied)
            levied -= paid
            pieces.append(Piece(Component.PENALTY, paid, row.due, max(receipt.on, row.due)))
    pieces.append(Piece(Component.PENALTY, levied, row.due, on))
    return [piece for piece in pieces if piece.amount]
