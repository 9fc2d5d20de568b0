"""What happens at the end of a loan, for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettlementAsked:
    """The customer asks to settle: it is finance's turn."""

    loan_id: int
    ask_id: int


@dataclass(frozen=True, slots=True)
class LoanClosed:
    """Everything is given back: nothing is left to do for a loan."""

    loan_id: int
    closure_id: int
