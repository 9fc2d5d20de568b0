"""What the API says and hears of decisions. Amounts in fen, rates in 1e-8 a year, ratios in basis points."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

Words = Annotated[str, Field(max_length=500)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class CaseOut(Schema):
    """One round of a deal before the approvers."""

    id: int
    deal: Annotated[str, Field(validation_alias="deal.number")]
    round: int
    kind: str
    state: str
    opened_at: datetime
    due_at: datetime


class AssessmentOut(Schema):
    """What the rules said, and the digest of everything it was made of."""

    id: int
    outcome: str
    grade: str
    score: int | None
    limit: int
    digest: str
    made_at: datetime


class DecisionOut(Schema):
    """What was proposed on a case and what came of it."""

    id: int
    case_id: int
    state: str
    verdict: str
    amount: int
    annual_rate: int
    periods: int
    lender_code: str
    deviation: int
    reasons: list[str]
    override_code: str
    approval_id: int | None
    proposed_at: datetime
    closed_at: datetime | None


class CaseWhole(CaseOut):
    """A case with its newest assessment, result and decision. `digest` of the approval is what a checker states."""

    deal: str
    assessment: AssessmentOut | None
    result: dict[str, Any] | None
    decision: DecisionOut | None
    digest: str | None
    papers_unseen: list[int]


class ProposalIn(Schema):
    """A conclusion: reasons are codes, an override has a code and a reason, conditions are sentences."""

    verdict: Literal["approve", "conditional", "return", "decline"]
    opinion: Words = ""
    reasons: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    override_code: Annotated[str, Field(max_length=40)] = ""
    override_reason: Words = ""
    conditions: Annotated[tuple[Words, ...], Field(max_length=10)] = ()


class ConfirmationIn(Schema):
    """What the next person says, on the content with this digest."""

    verdict: Literal["approve", "conditional", "return", "decline"]
    digest: Digest
    opinion: Words = ""
    reasons: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    conditions: Annotated[tuple[Words, ...], Field(max_length=10)] = ()


class RatingIn(Schema):
    """One rater's answers: question to option."""

    answers: dict[Code, Code]


class RatingOut(Schema):
    """What a rating came to, in basis points of all points."""

    id: int
    points: int


class EvidenceIn(Schema):
    """What shows that a condition is met."""

    evidence: Annotated[str, Field(max_length=200)]


class ConditionOut(Schema):
    """A condition of the payout."""

    id: int
    code: str
    zh: str
    en: str
    state: str
    evidence: str


class ReplayOut(Schema):
    """Whether a decision, worked out again from what it kept, is the same to the byte."""

    same: bool
    outcome: str
    digest: str


class RuleSetOut(Schema):
    """A rule set in force."""

    name: str
    version: str
    valid_from: date
    digest: str
    zh: str
    en: str


class RuleSetWhole(RuleSetOut):
    """A rule set with its text."""

    document: dict[str, Any]


class RuleDraftIn(Schema):
    """A rule set as it should read, and why; `base_digest` is of the text in force it was written against."""

    document: dict[str, Any]
    reason: Annotated[str, Field(max_length=200)]
    base_digest: Digest


class RuleDraftOut(Schema):
    """A draft of a rule set."""

    id: int
    name: str
    state: str
    digest: str
    approval_id: int | None
