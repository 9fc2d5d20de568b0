"""What a financing has cost when it is left early: interest and fees so far, and the fee for leaving.

The figure answers "if I sell the car after a year, what did the loan cost me": it is compared with cash, so a
discount that came with the financing is taken off. A lock-up gives no figure, a plan already at its end costs what it
costs.
"""

from __future__ import annotations

from dataclasses import dataclass

from chedai.engine.compare.plan import SettledHow, SettlementCost
from chedai.engine.money import Rounding
from chedai.engine.settlement import SettlementFee


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What settlement needs to know of a plan. Amounts in fen, the rate in 1e-8 a year."""

    periods: int
    annual_rate: int
    one_off: int  # counted fees taken once
    periodic: int  # counted fees with every instalment
    rule: SettlementFee
    fees_stop: bool = True
    discount: int = 0
    rounding: Rounding = Rounding.HALF_UP

    def after(self, month: int, interest: int, balance: int, unpaid: int = 0) -> SettlementCost:
        """Settled right after instalment `month`, in fen: `interest` up to then, of which `unpaid` is still owed with
        the principal `balance` (a loan that pays interest at maturity, or defers it)."""
        if month >= self.periods:
            cost = interest + self.one_off + self.periodic * self.periods - self.discount
            return SettlementCost(month, SettledHow.MATURED, cost)
        if month < self.rule.locked_months:
            return SettlementCost(month, SettledHow.LOCKED, None)
        fee = self.rule.amount(month, balance, self.annual_rate, self.rounding)
        still = 0 if self.fees_stop else self.periodic * (self.periods - month)
        cost = interest + self.one_off + self.periodic * month + still + fee - self.discount
        return SettlementCost(month, SettledHow.EARLY, cost, fee, balance + unpaid + fee + still)
