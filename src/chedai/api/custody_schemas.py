"""What the API says and hears of things in custody and of counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Masked, Number
from chedai.deals.custody.states import CountState, CustodyKind, FindingKind, FindingState, HolderKind, MoveAct

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
Label = Annotated[str, Field(min_length=1, max_length=40)]
Short = Annotated[str, Field(max_length=40)]


class HolderOut(Schema):
    """Who has it, or is to have it: the numbers a safe, a member of staff, a bank or a courier are known by."""

    kind: HolderKind
    store: str | None
    staff: str | None
    party: str


class CustodyOut(Schema):
    """A thing and where it is. `seq` is the step to name when it is moved; `missing` says that a count missed it."""

    label: str
    deal: str
    kind: CustodyKind
    number: Masked
    store: str
    seq: int
    holder: HolderOut
    shelf: str
    waybill: str
    next: HolderOut | None
    due_on: date | None
    back_by: date | None
    since: datetime
    missing: bool


class MovementOut(Schema):
    """What happened to a thing, and where it was after that."""

    seq: int
    act: MoveAct
    at: datetime
    holder: HolderOut
    next: HolderOut | None
    due_on: date | None


class CustodyWhole(Schema):
    """A thing with everything that happened to it, newest first."""

    item: CustodyOut
    movements: list[MovementOut]


class CustodyIn(Schema):
    """A thing that comes in; with a shelf into the safe, without one the caller holds it."""

    kind: CustodyKind
    number: Annotated[str, Field(max_length=60)] = ""
    shelf: Short = ""


class SendIn(Schema):
    """Who is to have it: a store by its code, staff by their number, a bank by its code; by courier where one is given.

    `seen` is the `seq` the caller read.
    """

    seen: Number
    to: HolderKind
    store: Short = ""
    staff: Short = ""
    bank: Short = ""
    company: Short = ""
    waybill: Short = ""
    back_by: Day | None = None


class ReceiveIn(Schema):
    """Taken over: where in the safe, or who signed."""

    seen: Number
    shelf: Short = ""
    proof: Annotated[str, Field(max_length=80)] = ""


class RecallIn(Schema):
    """Nobody took it over; a courier brought it back to a shelf."""

    seen: Number
    shelf: Short = ""


class CountIn(Schema):
    """Whose safe is counted."""

    store_id: Number


class TickIn(Schema):
    """A thing that was seen."""

    label: Label


class FindingOut(Schema):
    """What differs, and what became of it."""

    id: int
    label: str
    kind: FindingKind
    state: FindingState


class CountOut(Schema):
    """A count of the safe of a store, with what was seen and what differs."""

    id: int
    store: str
    state: CountState
    opened_at: datetime
    closed_at: datetime | None
    expected: int
    seen: int
    ticks: list[str]
    findings: list[FindingOut]


class SettleIn(Schema):
    """Whether it is written off, and why."""

    write_off: bool = False
    reason: Annotated[str, Field(min_length=1, max_length=200)]
