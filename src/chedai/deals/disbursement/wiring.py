"""What this room listens to, for the table of the top floor."""

from __future__ import annotations

from typing import Any, Final

from chedai.deals.applications.events import LenderFunded
from chedai.deals.contracts.events import ApprovalVoided
from chedai.deals.disbursement.hearing import lender_paid_note
from chedai.deals.disbursement.services import payout_stop_on_void
from chedai.platform.events import Handler

HANDLERS: Final[dict[type[Any], tuple[Handler, ...]]] = {
    ApprovalVoided: (payout_stop_on_void,),
    LenderFunded: (lender_paid_note,),
}
