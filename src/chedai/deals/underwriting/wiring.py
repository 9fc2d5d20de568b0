"""What this room listens to and guards, for the tables of the top floor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from chedai.deals.applications.events import ApplicationSubmitted, LenderWon
from chedai.deals.underwriting.services.cases import case_open_on_submitted
from chedai.deals.underwriting.services.conditions import conditions_take_on_won
from chedai.deals.underwriting.services.confirming import decision_close_on_approval, papers_guard
from chedai.deals.underwriting.services.drafting import rules_publish_on_approval
from chedai.deals.underwriting.services.proposing import DECIDE
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.guards import Guard

HANDLERS: Final[dict[type, tuple[Callable[[Any], None], ...]]] = {
    ApplicationSubmitted: (case_open_on_submitted,),
    LenderWon: (conditions_take_on_won,),
    ApprovalClosed: (decision_close_on_approval, rules_publish_on_approval),
}

GUARDS: Final[dict[str, Guard]] = {DECIDE: papers_guard}
