"""What this room listens to, for the table of the top floor."""

from __future__ import annotations

from typing import Any, Final

from chedai.deals.applications.events import LenderWon
from chedai.deals.contracts.services.clauses import clause_publish_on_approval
from chedai.deals.contracts.services.opening import contract_stage_on_decision, contract_stage_on_lender_won
from chedai.deals.contracts.services.voiding import contract_void_on_lost
from chedai.deals.pipeline.events import DealLost
from chedai.deals.underwriting.events import CreditDecided
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.events import Handler

HANDLERS: Final[dict[type[Any], tuple[Handler, ...]]] = {
    ApprovalClosed: (clause_publish_on_approval,),
    CreditDecided: (contract_stage_on_decision,),
    LenderWon: (contract_stage_on_lender_won,),
    DealLost: (contract_void_on_lost,),
}
