"""Loans as tests write them: amounts in yuan, rates in percent, everything else as in `LoanTerms`."""

from __future__ import annotations

from datetime import date
from typing import Any

from chedai.engine.money import fen, rate_units
from chedai.engine.schedule import Schedule, schedule
from chedai.engine.terms import LoanTerms


def terms(principal: str, rate: str, periods: int, **facts: Any) -> LoanTerms:
    """Paid out on 1 January 2026 unless said otherwise."""
    plain: dict[str, Any] = {"disbursed_on": date(2026, 1, 1)}
    return LoanTerms(principal=fen(principal), annual_rate=rate_units(rate), periods=periods, **(plain | facts))


def plan(principal: str, rate: str, periods: int, **facts: Any) -> Schedule:
    return schedule(terms(principal, rate, periods, **facts))


def totals(made: Schedule) -> list[int]:
    return [row.total for row in made.rows]


def row(made: Schedule, n: int) -> tuple[int, int, int]:
    """Principal, interest and balance of instalment `n`."""
    found = next(row for row in made.rows if row.n == n)
    return found.principal, found.interest, found.balance
