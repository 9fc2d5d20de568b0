"""What the API says and hears. Amounts in fen as integers, moments in UTC; personal values are masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field

Number = Annotated[int, Field(ge=1, lt=2**63)]
Masked = Annotated[str, BeforeValidator(str)]


class Me(Schema):
    """Who calls, and what they may do."""

    user: int
    roles: list[str]
    scopes: list[str]
    business_date: date


class StaffOut(Schema):
    """A member of staff."""

    id: int
    number: str
    name: Annotated[str, Field(validation_alias="user.display_name")]
    home: Annotated[str, Field(validation_alias="home.code")]
    joined_on: date
    left_on: date | None


class ApprovalOut(Schema):
    """A request for approval."""

    id: int
    action: str
    subject: str
    amount: int
    deviation: int
    digest: str
    steps: list[str]
    step: int
    state: str
    requested_at: datetime
    closed_at: datetime | None


class ApprovalWhole(ApprovalOut):
    """A request for approval with what was frozen."""

    content: dict[str, Any]


class DecisionIn(Schema):
    """What a checker says, on the content with this hash."""

    verdict: Literal["approve", "return", "decline"]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    opinion: Annotated[str, Field(max_length=2000)] = ""


class EntryOut(Schema):
    """An entry of the audit log: as it was hashed, in base64, with its link."""

    seq: int
    body: str
    link: str


class FindingOut(Schema):
    """A fault in the audit log."""

    fault: str
    first: int
    last: int
    zh: str
    en: str


class ReportOut(Schema):
    """The audit log read over."""

    size: int
    head: str
    sound: bool
    findings: list[FindingOut]


class JobOut(Schema):
    """A background job."""

    id: int
    kind: str
    state: str
    attempts: int
    done: int
    total: int
    fault: str
    asked_at: datetime
    run_at: datetime
    ended_at: datetime | None


class WebhookOut(Schema):
    """Somebody who wants to be told."""

    id: int
    url: str
    events: list[str]
    is_active: bool


class WebhookIn(Schema):
    """A new endpoint."""

    url: Annotated[str, Field(max_length=500)]
    events: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=50)]


class WebhookNew(WebhookOut):
    """A new endpoint with its secret, shown this once."""

    secret: str


class WebhookChange(Schema):
    """What is changed of an endpoint."""

    is_active: bool
    events: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=50)]


class DeliveryOut(Schema):
    """One event for one endpoint, and how the last try went."""

    id: int
    event: str
    tries: int
    status: int | None
    fault: str
    made_at: datetime
    delivered_at: datetime | None


class PaperOut(Schema):
    """A paper, its name masked."""

    id: int
    subject: str
    purpose: str
    name: Masked
    media_type: str
    size: int
    handed_in_at: datetime
