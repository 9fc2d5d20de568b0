"""What a replay answers: the schedule as it stands on a day, and the account statement that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chedai.engine.life.conventions import Component
from chedai.engine.life.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instalment; amounts in fen. `balance` is the principal owed after it; a down payment is a row with days 0.

    `carried` is the part of `interest` that was carried forward from a plan before (挂账), on top of the instalment.
    `paid_early` is the part of `paid` received before the due date, `paid_late` the part received after it.
    """

    n: int
    due_date: date
    days: int
    principal: int
    interest: int
    fees: int
    penalties: int
    total: int
    balance: int
    paid: int
    paid_early: int
    paid_late: int
    outstanding: int
    carried: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The sums of the rows."""

    principal: int
    interest: int
    fees: int
    penalties: int
    total: int
    paid: int
    paid_early: int
    paid_late: int
    outstanding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One line of the statement: `amount` fen to `component` of row `n`, due on `due_date`.

    Money held as a credit has neither; a row that a later plan removed has no `n` any more.
    """

    n: int | None
    due_date: date | None
    component: Component | None
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as booked: its money, where it went, and the principal owed after it."""

    event: Event
    amount: int
    postings: tuple[Posting, ...]
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanState:
    """The loan on `as_of`.

    `credit` is money received beyond everything owed, `closed` says nothing is owed any more. `superseded` holds the
    rows as they stood before each restructure or re-aging, oldest first.
    """

    as_of: date
    rows: tuple[Row, ...]
    totals: Totals
    entries: tuple[Entry, ...]
    credit: int
    closed: bool
    superseded: tuple[tuple[Row, ...], ...] = ()


def totals(rows: tuple[Row, ...]) -> Totals:
    """The column sums of `rows`."""
    sums: Mapping[str, int] = {name: sum(getattr(row, name) for row in rows) for name in Totals.__dataclass_fields__}
    return Totals(**sums)
