"""The book as the caller sees it: rows, sums, and the statement that explains each event."""

from __future__ import annotations

from datetime import date

from chedai.engine.life.book import Book, BookEntry
from chedai.engine.life.conventions import Component
from chedai.engine.life.lateness import accrue_penalties
from chedai.engine.life.payment import open_dues
from chedai.engine.life.projection import project
from chedai.engine.life.state import Entry, LoanState, Posting, Row, totals


def state_of(book: Book, as_of: date) -> LoanState:
    """The loan on `as_of`."""
    rows = rows_of(book, as_of)
    sums = totals(rows)
    numbers = {id(row): n for n, row in enumerate(book.rows, 1)}
    return LoanState(
        as_of=as_of,
        rows=rows,
        totals=sums,
        entries=tuple(_entry(entry, numbers) for entry in book.entries),
        credit=book.credit,
        closed=bool(rows) and not sums.outstanding,
        superseded=tuple(book.superseded),
    )


def rows_of(book: Book, as_of: date) -> tuple[Row, ...]:
    """The schedule as it stands on `as_of`; no rows before the first payout."""
    if not book.paid_out:
        return ()
    accrue_penalties(book, as_of)
    rows = []
    repaid = 0
    for n, (row, unpaid) in enumerate(open_dues(book, project(book, as_of)), 1):
        principal, interest = row.paid.principal + unpaid.principal, row.paid.interest + unpaid.interest
        interest -= row.waived.interest
        fees = row.charged(Component.FEE) - row.waived.fee
        penalties = row.charged(Component.PENALTY) - row.waived.penalty
        repaid += principal
        single = any(row is one for one in book.singles)
        out = sum(move.amount for move in book.paid_out if move.on < row.due or (single and move.on == row.due))
        rows.append(
            Row(
                n=n,
                due_date=row.due,
                days=row.period.days,
                principal=principal,
                interest=interest,
                fees=fees,
                penalties=penalties,
                total=principal + interest + fees + penalties,
                balance=out - repaid,
                paid=row.paid.total - row.waived.total,
                paid_early=sum(r.amount for r in row.receipts if r.on < row.due),
                paid_late=sum(r.amount for r in row.receipts if r.on > row.due and not r.waived),
                outstanding=unpaid.total,
                carried=min(row.beside, interest),
            )
        )
    return tuple(rows)


def _entry(entry: BookEntry, numbers: dict[int, int]) -> Entry:
    postings = (
        Posting(
            n=None if row is None else numbers.get(id(row)),
            due_date=None if row is None else row.due,
            component=component,
            amount=amount,
        )
        for row, component, amount in entry.bookings
    )
    return Entry(event=entry.event, amount=entry.amount, postings=tuple(postings), balance=entry.balance)
