"""What happens on a deal's road."""

from __future__ import annotations

from dataclasses import dataclass

from chedai.deals.pipeline.states import LostReason, Stage


@dataclass(frozen=True, slots=True)
class DealOpened:
    """A deal has been opened for a customer."""

    deal_id: int
    customer_id: int


@dataclass(frozen=True, slots=True)
class DealAdvanced:
    """A deal entered a stage."""

    deal_id: int
    stage: Stage
    came_from: Stage


@dataclass(frozen=True, slots=True)
class DealLost:
    """A deal came to nothing."""

    deal_id: int
    reason: LostReason
