"""What happens to the paper of a deal."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatementConfirmed:
    """The customer has read the statement of all-in cost for the set time and confirmed it."""

    deal_id: int
    statement_id: int


@dataclass(frozen=True, slots=True)
class ContractSigned:
    """Both sides have signed: figures stand, the car is bound, the promotion is used."""

    deal_id: int
    contract_id: int


@dataclass(frozen=True, slots=True)
class ApprovalVoided:
    """A change after the approval made it void; the deal has gone back to the decision."""

    deal_id: int
    amendment_id: int
