"""What happens to approvals, for whoever waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from chedai.platform.approvals.states import State


@dataclass(frozen=True, slots=True)
class ApprovalClosed:
    """An approval came to an end: approved, returned, declined, withdrawn or void."""

    approval_id: int
    action: str
    subject: str
    state: State
