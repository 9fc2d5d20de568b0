"""What the interface says and hears of an application. Money in fen, rates in 1e-8 a year; names and numbers masked."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Masked, Number
from chedai.deals.applications.states import Liability, Source

Deal = Annotated[str, Field(max_length=20)]
Fen = Annotated[int, Field(ge=0, le=10**13)]
Words = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(max_length=40)]
FILE_MAX = 28 * 1024 * 1024


class PartyOut(Schema):
    """Somebody of the application, the name masked, and the answers that are in force."""

    id: int
    customer_id: int
    name: Masked
    role: str
    liability: str
    liability_amount: int | None
    answers: dict[str, str]


class ItemOut(Schema):
    """One paper of the checklist."""

    id: int
    party_id: int | None
    code: str
    state: str
    is_required: bool
    round: int
    reason: str
    expires_on: date | None


class FlagOut(Schema):
    """Something that does not fit."""

    id: int
    kind: str
    question: str
    others: list[str]
    line: int | None
    state: str


class DifferenceOut(Schema):
    """A change of what the customer wrote; the readings themselves are on the screen."""

    id: int
    question: str
    state: str
    found_at: datetime


class LackOut(Schema):
    """What stands in the way of the submission."""

    code: str
    field: str
    zh: str
    en: str


class RoundOut(Schema):
    """One sending to a lender and how it ended."""

    number: int
    state: str
    asked_amount: int
    amount: int | None
    annual_rate: int | None
    periods: int | None
    conditions: list[str]
    reason: str
    sent_at: datetime | None
    answered_at: datetime | None


class SubmissionOut(Schema):
    """The file before one lender."""

    id: int
    lender_code: str
    state: str
    round: int
    amount: int | None
    annual_rate: int | None
    periods: int | None
    conditions: list[str]
    rounds: list[RoundOut]


class ApplicationOut(Schema):
    """The whole application."""

    id: int
    deal: str
    state: str
    round: int
    lenders: list[str]
    parties: list[PartyOut]
    items: list[ItemOut]
    flags: list[FlagOut]
    differences: list[DifferenceOut]
    lacks: list[LackOut]
    submissions: list[SubmissionOut]


class LendersIn(Schema):
    """Lenders of the quote by their codes."""

    codes: Annotated[list[Code], Field(min_length=1, max_length=20)]


class PartyIn(Schema):
    """Somebody who comes in."""

    customer_id: Number
    role: Literal["spouse", "co_borrower", "guarantor"]
    liability: Liability
    liability_amount: Fen | None = None


class ReasonIn(Schema):
    """Why."""

    reason: Words


class AnswersIn(Schema):
    """Answers by the code of the question: amounts in fen, spans in months, choices by code, days as 2026-11-20."""

    values: Annotated[dict[Code, str | int], Field(max_length=60)]
    source: Source = Source.CUSTOMER
    as_of: date | None = None
    reason: Words = ""


class PaperIn(Schema):
    """A file in base64, and its day where the checklist asks for one."""

    name: Annotated[str, Field(max_length=200)]
    content: Annotated[str, Field(max_length=FILE_MAX)]
    day: date | None = None


class ReviewIn(Schema):
    """What the reviewer says of a paper."""

    verdict: Literal["accept", "return"]
    reason: Words = ""
    day: date | None = None


class ResolutionIn(Schema):
    """What a finding is about."""

    resolution: Annotated[str, Field(max_length=300)]


class EvidenceIn(Schema):
    """The signed paper (its number) by which the customer acknowledged."""

    paper_id: Number


class BureauIn(Schema):
    """The summary of a credit report; money in fen."""

    number: Annotated[str, Field(min_length=1, max_length=60)]
    queried_on: date
    open_loans: Annotated[int, Field(ge=0, le=999)]
    balance: Fen
    monthly: Fen
    card_limit: Fen = 0
    card_used: Fen = 0
    overdue_now: Fen = 0
    overdue_accounts: Annotated[int, Field(ge=0, le=999)] = 0
    worst_run: Annotated[int, Field(ge=0, le=24)] = 0
    overdue_months: Annotated[int, Field(ge=0, le=999)] = 0
    queries_3_months: Annotated[int, Field(ge=0, le=999)] = 0
    queries_6_months: Annotated[int, Field(ge=0, le=999)] = 0
    guarantees: Fen = 0
    bad_debt: bool = False


class CodesIn(Schema):
    """Questions by their codes."""

    codes: Annotated[list[Code], Field(min_length=1, max_length=40)]


class LineIn(Schema):
    """One line of a bank statement; money in fen, both sides positive."""

    day: date
    money_in: Fen = 0
    money_out: Fen = 0
    balance: Annotated[int, Field(ge=-(10**13), le=10**13)]
    words: Words = ""


class StatementIn(Schema):
    """A bank statement, line by line as on the paper."""

    bank: Annotated[str, Field(min_length=1, max_length=60)]
    account: Annotated[str, Field(min_length=1, max_length=30)]
    opening: Annotated[int, Field(ge=-(10**13), le=10**13)]
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=5000)]


class DealFactsIn(Schema):
    """Who pays the down payment, and when a used car last changed hands."""

    payer: Literal["self", "spouse", "parent", "third_party"] | None = None
    title_moved_on: date | None = None


PaperCode = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_]+$")]


class AnswerIn(Schema):
    """What a lender without a channel said; `papers` are those it wants beside, by their codes."""

    state: Literal["approved", "conditional", "asked_more", "declined"]
    amount: Fen | None = None
    annual_rate: Annotated[int, Field(ge=0, le=10**9)] | None = None
    periods: Annotated[int, Field(ge=1, le=600)] | None = None
    conditions: Annotated[list[Words], Field(default_factory=list, max_length=20)]
    papers: Annotated[list[PaperCode], Field(default_factory=list, max_length=40)]
    reason: Words = ""


class LinkOut(Schema):
    """A link for the customer; its token is shown this once."""

    token: str
    expires_at: datetime
