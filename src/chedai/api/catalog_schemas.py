"""What the interface says of the catalogue. Amounts in fen; terms are the document of the catalogue file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Number


class LenderOut(Schema):
    """A lender. `agreed_until` is the last day of the agreement that holds; without one nothing of it is sold."""

    id: int
    code: str
    name: str
    name_en: str
    kind: str
    own_book: bool
    state: str
    channel: str
    filing_number: str
    agreed_until: date | None


class ProductOut(Schema):
    """A product. `version` is the number of the version of today, none where it is not sold."""

    id: int
    code: str
    name: str
    name_en: str
    lender: Annotated[str, Field(validation_alias="lender.code")]
    version: Annotated[int | None, Field(validation_alias="version_pk")]


class VersionOut(Schema):
    """What a version says: the terms as in the catalogue file, and what the lender asks for."""

    id: int
    product: Annotated[str, Field(validation_alias="product.code")]
    lender: Annotated[str, Field(validation_alias="product.lender.code")]
    number: int
    state: str
    starts: date
    ends: date | None
    digest: str
    terms: dict[str, Any]
    requirements: Annotated[dict[str, Any], Field(validation_alias="needs")]


class PromotionOut(Schema):
    """A promotion. It ends at midnight after `ends`, Asia/Shanghai."""

    id: int
    code: str
    name: str
    name_en: str
    starts: date
    ends: date
    quota: int | None
    used: int
    stopped: bool
    terms: dict[str, Any]


class ModelOut(Schema):
    """A model as it is listed."""

    id: int
    code: str
    brand: str
    series: str
    trim: str
    year: int
    kind: str
    energy: str
    guide_price: int
    is_sold: bool


class VehicleOut(Schema):
    """A car."""

    id: int
    vin: str
    model: Annotated[str, Field(validation_alias="model.code")]
    kind: str
    is_used: bool
    plate: str
    mileage: int
    first_registered: date | None
    colour: str
    invoice_price: int | None


class VehicleIn(Schema):
    """A car to be registered."""

    vin: Annotated[str, Field(max_length=30)]
    model: Annotated[str, Field(max_length=40)]
    is_used: bool = False
    plate: Annotated[str, Field(max_length=20)] = ""
    mileage: Annotated[int, Field(ge=0, le=5_000_000)] = 0
    first_registered: date | None = None
    colour: Annotated[str, Field(max_length=20)] = ""
    invoice_price: Annotated[int, Field(ge=1, lt=2**53)] | None = None


class VinOut(Schema):
    """Whether a VIN can be one, what is wrong with it, whose it is, and whether it stands in a live loan."""

    vin: str
    is_valid: bool
    reason_zh: str
    reason_en: str
    vehicle: Number | None
    in_live_loan: bool


class MenuOut(Schema):
    """A line of the menu beside the car."""

    code: str
    kind: Literal["insurance", "warranty", "accessory", "service"]
    name: str
    name_en: str
    price: int
    months: int
    payee: str
    payee_name: str
    says: str
