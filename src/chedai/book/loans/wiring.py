"""What this room listens to, for the table of the top floor."""

from __future__ import annotations

from typing import Any, Final

from chedai.book.loans.services.changing import loan_change_close
from chedai.book.loans.services.opening import loan_open_on_payout
from chedai.deals.disbursement.events import FundsReleased
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.events import Handler

HANDLERS: Final[dict[type[Any], tuple[Handler, ...]]] = {
    FundsReleased: (loan_open_on_payout,),
    ApprovalClosed: (loan_change_close,),
}
