"""What the API says and hears of customers. Personal values go out masked; in full only by a reveal, with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field

from chedai.api.schemas import Masked, Number
from chedai.crm.customers.kinds import CustomerKind, RelationKind, Trade

MaskedOrNone = Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))]
Reason = Annotated[str, Field(min_length=1, max_length=200)]
Purpose = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/._-]{0,39}$")]


class CustomerOut(Schema):
    """A customer: personal values masked, the store by its code, the owner by the number as staff."""

    id: int
    kind: str
    trade: str
    name: Annotated[Masked, Field(validation_alias="title")]
    id_number: MaskedOrNone
    phone: MaskedOrNone
    store: Annotated[str, Field(validation_alias="store.code")]
    owner: Annotated[str, Field(validation_alias="owner.number")]
    registered_at: datetime


class RelationOut(Schema):
    """Who belongs to a customer: `other` is its `kind`."""

    id: int
    kind: RelationKind
    other: int
    since: datetime


class CustomerWhole(CustomerOut):
    """A customer with everything on file, and those who belong to it."""

    name: Masked
    store: str
    owner: str
    address: MaskedOrNone
    bank_account: MaskedOrNone
    relations: list[RelationOut]


class CustomerIn(Schema):
    """A new customer. Without a store it is of the caller's, without an owner the caller's own."""

    kind: CustomerKind
    name: Annotated[str, Field(min_length=1, max_length=80)]
    id_number: Annotated[str, Field(max_length=30)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    trade: Trade | None = None
    store: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,20}$")] | None = None
    owner: Annotated[str, Field(max_length=20)] | None = None


class CustomerChange(Schema):
    """What is corrected, and why. What is left out stays; an empty text (a null trade) takes the value away."""

    reason: Reason
    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    id_number: Annotated[str, Field(max_length=30)] | None = None
    phone: Annotated[str, Field(max_length=30)] | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    bank_account: Annotated[str, Field(max_length=40)] | None = None
    trade: Trade | None = None


class KnownIn(Schema):
    """What is known of somebody; compared with every store."""

    id_number: Annotated[str, Field(max_length=30)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""


class KnownOut(Schema):
    """A customer on file: who has it. `id` only where the caller may open the record."""

    id: int | None
    name: str
    store: str
    owner: str


class MergeIn(Schema):
    """The record that goes into the one of the address."""

    gone: Number
    reason: Reason


class ConsentOut(Schema):
    """A consent to one purpose, in force while it is not withdrawn."""

    id: int
    purpose: str
    wording: str
    evidence: str
    given_at: datetime
    withdrawn_at: datetime | None


class ConsentIn(Schema):
    """A consent with its proof: the number of a paper of this customer, or the code under which the paper is filed."""

    purpose: Purpose
    wording: Code
    paper: Number | None = None
    filed: Code | None = None


class RevealIn(Schema):
    """Which value, and why it is needed."""

    field: Literal["name", "id_number", "phone", "address", "bank_account"]
    reason: Reason


class RevealOut(Schema):
    """The value in full."""

    field: str
    value: str
