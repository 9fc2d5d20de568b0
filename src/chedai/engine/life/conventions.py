"""How a loan is counted while it lives: what the contract leaves to the house or states in its small print."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chedai.engine.accrual import PenaltyTerms
from chedai.engine.waterfall import Component, Direction

__all__ = [
    "STATUTORY_ORDER",
    "AdvanceRule",
    "Component",
    "Conventions",
    "Direction",
    "PayoffInterest",
    "PenaltyTerms",
    "Recalculation",
]


class Recalculation(StrEnum):
    """Whether the interest owed follows what is really paid."""

    NONE = "none"  # contract interest stays, whatever is paid when
    DAILY = "daily"  # interest follows the principal really outstanding, day by day
    PER_PERIOD = "per_period"  # as daily, but overdue principal bears interest to the end of the running period


class PayoffInterest(StrEnum):
    """What interest is owed when a loan is paid off whose interest does not follow payments."""

    CONTRACT = "contract"  # all contract interest, of the instalments to come as well
    ACCRUED = "accrued"  # up to the day, for the time the money was really had (民法典 677); later interest falls away


class AdvanceRule(StrEnum):
    """Where a payment ahead of time goes."""

    NEXT = "next"  # it fills the next instalment and settles it early
    LAST = "last"  # it shortens the tail; the running instalment stays due


STATUTORY_ORDER: Final = (Component.PENALTY, Component.FEE, Component.INTEREST, Component.PRINCIPAL)
"""Costs before interest before principal (民法典 561), penalties first among the costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conventions:
    """The conventions of one replay. `approved` bounds the sum of disbursements (None: the principal of the terms).

    `down_payment_rate` is the share of each disbursement that is its down payment (1e-8; None: the one of the terms, in
    proportion); `down_payment_paid` says that it is received on the spot. `payoff_interest` counts where interest does
    not follow payments; where it does, a payoff takes what has accrued.
    """

    recalculation: Recalculation = Recalculation.NONE
    advance_rule: AdvanceRule = AdvanceRule.NEXT
    allocation: tuple[Component, ...] = STATUTORY_ORDER
    direction: Direction = Direction.HORIZONTAL
    penalty: PenaltyTerms | None = None
    approved: int | None = None
    down_payment_rate: int | None = None
    down_payment_paid: bool = False
    payoff_interest: PayoffInterest = PayoffInterest.CONTRACT
