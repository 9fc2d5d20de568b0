"""What the API says and hears of collection. Amounts in fen; names and numbers masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Masked, Number
from chedai.book.collection.states import CaseState, Channel, PromiseState, Whom

Note = Annotated[str, Field(max_length=200)]
Fen = Annotated[int, Field(ge=1, lt=2**53)]


class CollectionCaseOut(Schema):
    """A case: how late its loan is, by which strategy it is worked, when the next contact is."""

    id: int
    loan: Annotated[str, Field(validation_alias="loan.number")]
    customer: Annotated[int, Field(validation_alias="customer.pk")]
    customer_name: Annotated[Masked, Field(validation_alias="customer.title")]
    state: CaseState
    closed_why: str
    since: date
    bucket: str
    missed: int
    overdue: int
    segment: str
    arm: str
    strategy: str
    action: str
    priority: int
    next_on: date
    last_result: str


class BlockOut(Schema):
    """A rule of conduct that stands against calling now, in both languages."""

    rule: str
    zh: str
    en: str


class NumberOut(Schema):
    """A number, and what stands against calling it now; nothing means that it may be called."""

    id: int
    whom: Whom
    phone: Masked
    source: str
    effective_today: int
    dials_today: int
    blocks: list[BlockOut]


class CollectionCaseWhole(Schema):
    """A case with its numbers."""

    case: CollectionCaseOut
    numbers: list[NumberOut]


class CallIn(Schema):
    """Whom to call. `override` is the reason of somebody who may set aside what the policy lets be set aside."""

    number_id: Number
    channel: Channel = Channel.CALL
    override: Note = ""


class CollectionContactOut(Schema):
    """An attempt to reach somebody; its result is empty while the call is on."""

    id: int
    case: Annotated[int, Field(validation_alias="case_id")]
    channel: Channel
    whom: Whom
    script: str
    at: datetime
    result: str
    effective: bool
    next_on: date | None
    override_rule: str


class ResultIn(Schema):
    """What came of a call. A promise needs its amount and day; without `next_on` the rule sets the next contact."""

    result: Annotated[str, Field(max_length=20)]
    next_on: date | None = None
    note: Note = ""
    seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    promise_amount: Fen | None = None
    promise_on: date | None = None


class PromiseOut(Schema):
    """A promise, judged by the receipts."""

    id: int
    case: Annotated[int, Field(validation_alias="case_id")]
    amount: int
    received: int
    made_on: date
    due_on: date
    state: PromiseState
    judged_on: date | None


class ReportedIn(Schema):
    """One contact in the log of an agency."""

    loan: Annotated[str, Field(max_length=40)]
    number_id: Number
    at: datetime
    result: Annotated[str, Field(max_length=20)]
    seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    channel: Channel = Channel.CALL
    key: Annotated[str, Field(max_length=40)] = ""


class LogIn(Schema):
    """The log of an agency."""

    contacts: Annotated[list[ReportedIn], Field(max_length=1000)]


class LogOut(Schema):
    """What became of it: taken, known before, in breach of a rule of conduct."""

    taken: int
    known: int
    breaches: int
