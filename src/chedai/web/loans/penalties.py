"""How the penalty of a loan came about, line by line (罚息明细): for the desk that explains it, and for who pays it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from chedai.book.loans import selectors
from chedai.book.loans.states import BookKind
from chedai.engine.errors import EngineError
from chedai.web.loans import words


@dataclass(frozen=True, slots=True)
class Told:
    """One line: `amount` fen for `days` days from `since` to `until` on `base` at `rate` a year, of instalment `n`."""

    n: int
    word: str
    base: int
    since: date
    until: date
    days: int
    rate: int
    amount: int


def penalties_told(loan: Any, on: date) -> dict[str, Any]:
    """The lines up to a day, what a cap took off, and the days of the year they count by; nothing where none runs."""
    if loan.book != BookKind.OWN or loan.quarantine:
        return {}
    try:
        rows = selectors.penalties_of(loan, on)
    except EngineError:
        return {}
    lines = [
        Told(
            row.n, str(words.COMPONENTS[one.component]), one.base, one.due_on, one.until, one.days, one.rate, one.amount
        )
        for row in rows
        for one in row.lines
        if one.amount
    ]
    if not lines:
        return {}
    return {
        "penalty_lines": lines,
        "penalty_capped": sum(row.capped for row in rows),
        "penalty_total": sum(row.total for row in rows),
        "penalty_basis": selectors.penalty_basis(loan),
    }
