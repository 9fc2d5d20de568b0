"""What the API says and hears of mandates and debit batches. Amounts in fen."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from chedai.api.paper_schemas import FileIn
from chedai.api.schemas import Masked
from chedai.book.loans.bulk.states import DebitState, LineState


class MandateIn(Schema):
    """A signed mandate: from which account the instalments may be taken, and the sheet the customer signed."""

    bank: Annotated[str, Field(min_length=1, max_length=60)]
    holder: Annotated[str, Field(min_length=1, max_length=80)]
    account: Annotated[str, Field(pattern=r"^[0-9 -]{8,40}$")]
    agreed_on: Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
    file: FileIn | None = None


class MandateOut(Schema):
    """A mandate, masked; in force while `ended_on` is null. `paper` is the number of its signed sheet."""

    id: int
    bank: str
    holder: Masked
    account: Masked
    agreed_on: date
    ended_on: date | None
    ended_why: str
    paper: Annotated[int | None, Field(validation_alias="paper_id")]


class DebitOut(Schema):
    """A batch of debits: what one store asks of the bank on one day."""

    id: int
    number: str
    day: date
    store: Annotated[str, Field(validation_alias="store.code")]
    state: DebitState
    count: int
    total: int
    sent_at: datetime | None


class DebitLineOut(Schema):
    """A line of a batch and what the bank answered. `event` is the receipt it became."""

    n: int
    loan: Annotated[str, Field(validation_alias="loan.number")]
    account: Annotated[Masked, Field(validation_alias="mandate.account")]
    amount: int
    state: LineState
    code: str
    answered_on: date | None
    event: Annotated[int | None, Field(validation_alias="event_id")]


class DebitWhole(Schema):
    """A batch with its lines."""

    batch: DebitOut
    lines: list[DebitLineOut]
