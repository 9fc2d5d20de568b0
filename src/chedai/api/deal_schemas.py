"""What the API says and hears of deals, visits and leads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Masked, Number
from chedai.crm.reception.states import Channel, LeadLost, Outcome, Purpose, Source
from chedai.deals.pipeline.states import DealState, LostReason, Mode, Stage, Turn

Reason = Annotated[str, Field(max_length=200)]


class DealOut(Schema):
    """A deal. `amount` in fen, the name masked, `turn` says whose turn it is."""

    id: int
    number: str
    mode: Mode
    store: Annotated[str, Field(validation_alias="store.code")]
    officer: Annotated[str, Field(validation_alias="officer.number")]
    owner: Annotated[str, Field(validation_alias="owner.number")]
    customer: Annotated[int, Field(validation_alias="customer.pk")]
    customer_name: Annotated[Masked, Field(validation_alias="customer.name")]
    vehicle: str
    amount: int
    lender: Annotated[str, Field(validation_alias="lender_code")]
    state: DealState
    stage: Stage
    turn: Turn
    turn_since: datetime
    next_step: str
    lost_reason: str
    opened_at: datetime
    closed_at: datetime | None


class StayOut(Schema):
    """One stay in a stage; `worked_minutes` in working time."""

    stage: Stage
    round: int
    owner: str
    entered_at: datetime
    left_at: datetime | None
    worked_minutes: int


class DealWhole(Schema):
    """A deal with the clock of each of its stages."""

    deal: DealOut
    stages: list[StayOut]


class BottleneckOut(Schema):
    """How long deals stay in a stage, in minutes of the calendar: half at most `p50`, nine of ten at most `p90`."""

    stage: Stage
    stays: int
    p50_minutes: int
    p90_minutes: int
    waiting: int


class DealIn(Schema):
    """A new deal of a customer. Without an officer it is the caller's own."""

    customer: Number
    mode: Mode
    vehicle: Annotated[str, Field(max_length=120)] = ""
    officer: Annotated[str, Field(max_length=20)] | None = None


class HandOverIn(Schema):
    """Who takes the stage, by number of staff, and why."""

    owner: Annotated[str, Field(max_length=20)]
    reason: Reason


class LoseIn(Schema):
    """Why the deal comes to nothing."""

    reason: LostReason
    note: Reason = ""


class NoteIn(Schema):
    """A line on a deal."""

    text: Annotated[str, Field(max_length=1000)]
    pinned: bool = False


class VisitIn(Schema):
    """Somebody came in. Without a store, that of the caller."""

    name: Annotated[str, Field(max_length=40)]
    phone: Annotated[str, Field(max_length=30)] = ""
    purpose: Purpose = Purpose.LOOK
    source: Source = Source.WALK_IN
    interest: Annotated[str, Field(max_length=80)] = ""
    next_contact_on: date | None = None
    booked_for: datetime | None = None
    store: Annotated[str, Field(max_length=20)] | None = None


class VisitOut(Schema):
    """A visit with its place in the queue of the day."""

    id: int
    store: Annotated[str, Field(validation_alias="store.code")]
    day: date
    ticket: int
    name: Masked
    purpose: Purpose
    source: Source
    interest: str
    state: str
    customer: Annotated[int | None, Field(validation_alias="customer_id")]
    lead: Annotated[int | None, Field(validation_alias="lead_id")]
    arrived_at: datetime
    served_at: datetime | None
    left_at: datetime | None


class LeadIn(Schema):
    """A lead. It is the caller's; with `pool` nobody's. `cost` in fen."""

    name: Annotated[str, Field(max_length=40)]
    phone: Annotated[str, Field(max_length=30)]
    source: Source
    campaign: Annotated[str, Field(max_length=60)] = ""
    cost: Annotated[int, Field(ge=0, lt=10**12)] = 0
    interest: Annotated[str, Field(max_length=80)] = ""
    next_contact_on: date | None = None
    pool: bool = False
    store: Annotated[str, Field(max_length=20)] | None = None


class GuestIn(Schema):
    """The name as it stands on the paper, where the lead has no more than a form of address."""

    name: Annotated[str, Field(max_length=40)] = ""


class GuestOut(Schema):
    """The number of the customer."""

    customer: int


class LeadOut(Schema):
    """A lead."""

    id: int
    store: str
    owner: str | None
    name: Masked
    phone: Masked
    source: Source
    campaign: str
    cost: int
    interest: str
    score: int
    state: str
    next_contact_on: date | None
    registered_at: datetime
    first_response_at: datetime | None
    last_contact_at: datetime | None


class ContactIn(Schema):
    """A contact with a lead, and the day of the next one."""

    channel: Channel
    outcome: Outcome
    note: Annotated[str, Field(max_length=400)] = ""
    next_contact_on: date | None = None


class TakeIn(Schema):
    """Taking a lead out of the pool."""

    next_contact_on: date | None = None


class LeadLostIn(Schema):
    """Why a lead comes to nothing."""

    reason: LeadLost


class NeedIn(Schema):
    """What a customer needs. Amounts in fen; a second version says why it differs."""

    budget: Annotated[int, Field(ge=0, lt=10**14)] | None = None
    down_payment: Annotated[int, Field(ge=0, lt=10**14)] | None = None
    instalment: Annotated[int, Field(ge=0, lt=10**14)] | None = None
    interest: Annotated[str, Field(max_length=80)] = ""
    vehicle_kind: Annotated[str, Field(max_length=20)] = ""
    use: Annotated[str, Field(max_length=40)] = ""
    pick_up_by: date | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=20, default_factory=list)]
    reason: Reason = ""


class NeedOut(Schema):
    """One version of a need."""

    version: int
    budget: int | None
    down_payment: int | None
    instalment: int | None
    interest: str
    vehicle_kind: str
    use: str
    pick_up_by: date | None
    tags: list[str]
    reason: str
    recorded_at: datetime
