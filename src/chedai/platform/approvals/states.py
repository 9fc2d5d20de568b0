"""The states of an approval and the moves between them, in one table."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an approval stands."""

    PENDING = "pending"
    APPROVED = "approved"
    RETURNED = "returned"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class Verdict(StrEnum):
    """What a checker says."""

    APPROVE = "approve"
    RETURN = "return"
    DECLINE = "decline"


MOVES: Final = {
    (State.PENDING, Verdict.APPROVE): State.APPROVED,  # after the last step; before it, the next step waits
    (State.PENDING, Verdict.RETURN): State.RETURNED,
    (State.PENDING, Verdict.DECLINE): State.DECLINED,
}

WORDS: Final = {
    State.PENDING: ("待审批", "pending"),
    State.APPROVED: ("已通过", "approved"),
    State.RETURNED: ("已退回", "returned"),
    State.DECLINED: ("已拒绝", "declined"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.VOID: ("已作废", "void"),
}
