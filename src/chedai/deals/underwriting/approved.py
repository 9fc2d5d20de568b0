"""What was approved: the one value the contract and the payout are held against."""

from __future__ import annotations

from typing import Literal

import msgspec


class ApprovedCondition(msgspec.Struct, frozen=True):
    """A condition (放款前提) that blocks the payout while it is open. `code` is stable, the words are for the page."""

    code: str
    zh: str
    en: str
    met: bool = False


class Approved(msgspec.Struct, frozen=True, kw_only=True):
    """The approval of a deal: fen, rate 1e-8 a year, months.

    `source` says whose approval it is: the house's own decision, or a partner lender's answer to a submission;
    `source_id` is its number. `plan_digest` is that of the `FrozenPlan` it was given for: another plan needs another
    approval.
    """

    deal_id: int
    amount: int
    annual_rate: int
    periods: int
    lender_code: str
    source: Literal["decision", "submission"]
    source_id: int
    plan_digest: str
    conditions: tuple[ApprovedCondition, ...] = ()

    @property
    def open_conditions(self) -> tuple[ApprovedCondition, ...]:
        """Those that still block the payout."""
        return tuple(one for one in self.conditions if not one.met)
