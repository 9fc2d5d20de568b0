"""What happens to the money."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FundsReleased:
    """The loan was paid out, by us or by the lender: every part to the account of the contract."""

    deal_id: int
    payout_id: int
