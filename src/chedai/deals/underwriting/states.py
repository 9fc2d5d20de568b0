"""The states of a case and of a decision, what may be said on one, and every move, in one table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class CaseKind(StrEnum):
    """What the house is asked."""

    FULL = "full"  # own book: the house decides
    PRECHECK = "precheck"  # a partner lends: the house only looks whether it is worth sending


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"  # waits for somebody to propose
    PROPOSED = "proposed"  # waits for the second person
    DECIDED = "decided"
    REWORK = "rework"  # back at the application
    CLOSED = "closed"  # a pre-check, or a case its deal has left behind


class Verdict(StrEnum):
    """What is said on a case (结论)."""

    APPROVE = "approve"
    CONDITIONAL = "conditional"  # 有条件通过: conditions block the payout
    RETURN = "return"  # 退回补正
    DECLINE = "decline"


class DecisionState(StrEnum):
    """Where a decision stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"  # the second person sent it back
    WITHDRAWN = "withdrawn"  # the maker took it back
    VOID = "void"  # what it was made of has changed since


class ConditionState(StrEnum):
    """Where a condition of the payout stands."""

    OPEN = "open"
    MET = "met"


class ConditionSource(StrEnum):
    """Whose condition it is."""

    DECISION = "decision"  # the house's own
    SUBMISSION = "submission"  # a partner lender's


class DraftState(StrEnum):
    """Where a draft of a rule set stands."""

    DRAFT = "draft"
    PENDING = "pending"  # waits for the second person
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


MOVES: Final = MappingProxyType(
    {
        CaseState.OPEN: frozenset({CaseState.PROPOSED, CaseState.CLOSED}),
        CaseState.PROPOSED: frozenset({CaseState.OPEN, CaseState.DECIDED, CaseState.REWORK}),
        CaseState.REWORK: frozenset({CaseState.CLOSED}),
        CaseState.DECIDED: frozenset({CaseState.CLOSED}),
        CaseState.CLOSED: frozenset(),
    }
)
