"""Plans for the tests of rates, made by the slow judge so that these tests stand on no fast schedule."""

from __future__ import annotations

from datetime import date

from chedai.engine.money import fen, rate_units
from chedai.engine.reference.schedule import ReferenceRow, schedule
from chedai.engine.terms import LoanTerms

PAYOUT = date(2026, 1, 15)


def rows(principal: str, rate: str, periods: int) -> list[ReferenceRow]:
    """A level plan, paid out on a fixed day."""
    terms = LoanTerms(principal=fen(principal), annual_rate=rate_units(rate), periods=periods, disbursed_on=PAYOUT)
    return schedule(terms)


def dues(principal: str, rate: str, periods: int) -> list[int]:
    """Its instalments in fen."""
    return [row.total for row in rows(principal, rate, periods)]
