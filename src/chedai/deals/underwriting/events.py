"""What happens to a decision, for the rooms after it."""

from __future__ import annotations

from dataclasses import dataclass

from chedai.deals.underwriting.states import Verdict


@dataclass(frozen=True, slots=True)
class CreditDecided:
    """The second person has confirmed: approved, approved on conditions, sent back, or declined."""

    deal_id: int
    decision_id: int
    verdict: Verdict
