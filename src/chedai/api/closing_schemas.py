"""What the API says and hears of the end of a loan, of advances to banks and of margin. Amounts in fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from chedai.api.loan_schemas import Amount, Day
from chedai.api.paper_schemas import FileIn
from chedai.api.schemas import Masked
from chedai.book.advances.states import AdvanceReason, AdvanceState, MarginKind
from chedai.book.closing.states import AskState, ClosingItem, ClosingItemState, ClosureState
from chedai.book.refunds.states import RefundState

Reference = Annotated[str, Field(min_length=1, max_length=80)]
Code = Annotated[str, Field(pattern=r"^[0-9a-z_-]{1,40}$")]


class ClosingItemOut(Schema):
    """One thing owed to the customer, on its own clock."""

    kind: ClosingItem
    state: ClosingItemState
    due_on: date
    done_on: date | None


class ClosureOut(Schema):
    """The end of a loan. `number` is of the certificate; `released_on` the day the lien was released."""

    id: int
    loan: Annotated[str, Field(validation_alias="loan.number")]
    state: ClosureState
    settled_on: date
    number: str | None
    released_on: date | None
    ended_on: date | None


class ClosureWhole(Schema):
    """The end of a loan with what goes back to the customer."""

    closure: ClosureOut
    items: list[ClosingItemOut]


class ClosingItemIn(Schema):
    """What was given back, with what proves it; or that there was nothing, with the reason."""

    result: Literal["done", "none"]
    reference: Reference
    done_on: Day | None = None


class AskOut(Schema):
    """A customer's wish to settle: the sum they were shown, and until when it is good."""

    id: int
    loan: Annotated[str, Field(validation_alias="loan.number")]
    settle_on: date
    good_through: date
    quoted: int
    state: AskState
    asked_at: datetime


class LoanLinkIn(Schema):
    """The last day on which the customer's link opens."""

    until: Day


class LoanLinkMade(Schema):
    """A link just made: `path` on this server is what the customer opens. The token is told this once."""

    id: int
    token: str
    path: str
    expires_at: datetime


class LoanLinkOut(Schema):
    """A link that was made: until when it opens, how often it was opened, whether it was taken back."""

    id: int
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    opened: int
    opened_at: datetime | None


class AdvanceOut(Schema):
    """Money paid to a bank for one of its loans, and what of it came back."""

    id: int
    loan: Annotated[str, Field(validation_alias="loan.number")]
    lender_code: str
    amount: int
    recovered: int
    outstanding: int
    paid_on: date
    reason: AdvanceReason
    state: AdvanceState
    reference: str
    approval_id: int | None


class AdvanceIn(Schema):
    """What was paid to the bank, with the bank's receipt; a guarantee that was called is the reason `guarantee`."""

    amount: Amount
    paid_on: Day
    reason: AdvanceReason
    reference: Reference
    file: FileIn


class PartOfRecovery(Schema):
    """What of a recovery goes to one advance."""

    advance: Annotated[int, Field(ge=1, lt=2**63)]
    amount: Amount


class RecoveryIn(Schema):
    """What came back: oldest advance first, or as stated."""

    amount: Amount
    received_on: Day
    reference: Reference
    parts: Annotated[list[PartOfRecovery], Field(max_length=200)] | None = None


class RecoveryPartOut(Schema):
    """What of a recovery went to one advance."""

    advance: int
    amount: int


class RecoveryOut(Schema):
    """A recovery and its parts, which add up to it."""

    id: int
    amount: int
    received_on: date
    reference: str
    parts: list[RecoveryPartOut]


class MarginIn(Schema):
    """Margin put down at a bank, or taken back."""

    lender_code: Code
    kind: MarginKind
    amount: Amount
    on: Day
    reference: Reference


class MarginOut(Schema):
    """A move of margin."""

    id: int
    lender_code: str
    kind: MarginKind
    amount: int
    on: date
    reference: str


class ExposureOut(Schema):
    """How one bank stands: owed on its loans, advances outstanding, margin, and what share of the owed it is (1e-8)."""

    lender_code: str
    loans: int
    owed: int
    advanced: int
    recovered: int
    outstanding: int
    margin: int
    cover: int | None


class RefundIn(Schema):
    """How much of a settled loan's credit goes back, and to which account of the payer."""

    amount: Amount
    bank: Annotated[str, Field(min_length=1, max_length=60)]
    holder: Annotated[str, Field(min_length=1, max_length=80)]
    account: Annotated[str, Field(pattern=r"^[0-9 -]{8,40}$")]


class RefundOut(Schema):
    """A refund, its account masked; `event` is its line on the account once it is paid, unless it was taken back."""

    id: int
    number: str
    amount: int
    bank: str
    holder: Masked
    account: Masked
    state: RefundState
    approval_id: int
    event: Annotated[int | None, Field(validation_alias="event_id")]
    taken_back: bool
