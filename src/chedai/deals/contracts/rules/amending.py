"""What a change after the approval does (审批后变更): the approval was given for one plan, one car and one payee.

Another amount, term, rate, car or payee is another deal: the approval is void and the deal goes back to the decision.
What changes none of them is noted in a memo and goes on.
"""

from __future__ import annotations

from chedai.deals.contracts.states import Change
from chedai.platform.errors import Refusal

VOIDING = frozenset({Change.AMOUNT, Change.TERM, Change.RATE, Change.VEHICLE, Change.PAYEE})


def voids(change: Change) -> bool:
    """Whether a change makes the approval void."""
    return change in VOIDING


def refuse_change(before: str, after: str, reason: str) -> None:
    """Errors: `Refusal` where nothing changes or nobody says why."""
    if not after.strip() or before.strip() == after.strip():
        raise Refusal("nothing-changed", "变更前后相同", "before and after are the same", field="after")
    if len(reason.strip()) < 4:
        raise Refusal(
            "reason-missing", "请写明变更原因，至少 4 个字", "say why, in at least 4 characters", field="reason"
        )
