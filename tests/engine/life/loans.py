"""The loan most tests live with: 120,000.00 at 6 % over 6 months from 10 January 2026, instalment 20,351.45."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from chedai.engine.life import Conventions, LoanState, Recalculation, Row, replay
from chedai.engine.life.events import Event, Repayment
from chedai.engine.terms import LoanTerms

OUT = date(2026, 1, 10)
TERMS = LoanTerms(principal=120_000_00, annual_rate=6_000_000, periods=6, disbursed_on=OUT)
INSTALMENT = 20_351_45
DAILY = Conventions(recalculation=Recalculation.DAILY)
CONTRACT = Conventions()


def day(text: str) -> date:
    """ "02-10" of 2026."""
    return date.fromisoformat(f"2026-{text}")


def paid(text: str, amount: int, **fields: object) -> Repayment:
    return Repayment(on=day(text), amount=amount, **fields)  # type: ignore[arg-type]


def seen(
    text: str,
    events: Sequence[Event] = (),
    conventions: Conventions = DAILY,
    known: str | None = None,
    **terms: object,
) -> LoanState:
    """The loan on a day."""
    changed = replace(TERMS, **terms) if terms else TERMS  # type: ignore[arg-type]
    return replay(changed, conventions, events, day(text), known_on=None if known is None else day(known))


def parts(row: Row) -> tuple[int, int, int, int]:
    """Principal, interest, fees, penalties."""
    return row.principal, row.interest, row.fees, row.penalties
