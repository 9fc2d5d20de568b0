"""What happens to the security."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BeneficiaryLost:
    """A renewed policy no longer names the lender as first beneficiary (第一受益人)."""

    deal_id: int
    policy_id: int


@dataclass(frozen=True, slots=True)
class PapersComplete:
    """Everything that was owed after the payout is back."""

    deal_id: int
