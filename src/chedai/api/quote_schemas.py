"""What the interface says and hears of quotes. Amounts in fen, rates and shares in 1e-8 a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from chedai.api.schemas import Number
from chedai.deals.quotes.frozen import FrozenTradeIn
from chedai.deals.quotes.states import QuoteState
from chedai.deals.quotes.wishes import DeskWish
from chedai.engine.compare import CustomerKind, Preference, VehicleKind

Amount = Annotated[int, Field(ge=0, lt=10**12)]
Key = Annotated[str, Field(max_length=120)]


class TradeInIn(Schema):
    """The old car."""

    value: Amount
    payoff: Amount = 0


class WishIn(Schema):
    """What the customer wants. `term` in months; without one the best of every term is taken."""

    price: Annotated[int, Field(ge=1, lt=10**12)]
    down_payment: Amount
    vehicle_kind: VehicleKind = VehicleKind.OWN_ICE
    vehicle: Annotated[str, Field(max_length=120)] = ""
    model: Annotated[str, Field(max_length=40)] = ""
    term: Annotated[int, Field(ge=1, le=120)] | None = None
    instalment_most: Amount | None = None
    cash_most: Amount | None = None
    region: Annotated[str, Field(max_length=20)] = ""
    customer_kind: CustomerKind = CustomerKind.PERSON
    list_price: Amount | None = None
    appraisal: Amount | None = None
    government_subsidy: Amount = 0
    vehicle_age: Annotated[int, Field(ge=0, le=600)] = 0
    trade_in: TradeInIn | None = None
    preference: Preference = Preference.TOTAL_COST

    def desk(self) -> DeskWish:
        """The question in the words of the room."""
        told = self.dict() | {"trade_in": None}
        old = None if self.trade_in is None else FrozenTradeIn(self.trade_in.value, self.trade_in.payoff)
        return DeskWish(**told | {"trade_in": old})


class PlanOut(Schema):
    """One plan by its key, with the whole frozen plan; `instalment` and the rates beside it to be read at once."""

    key: str
    lender: str
    product: str
    periods: int
    instalment: int
    over_cash: int
    nominal_rate: int | None
    effective_rate: int | None
    plan: dict[str, Any]


class WhyNotOut(Schema):
    """A plan that fell out: every broken bound in words, and what would pass."""

    lender: str
    product: str
    promotion: str
    periods: int | None
    reasons: list[str]
    changes: list[str]


class ComparisonOut(Schema):
    """Every plan of the catalogue within the wish, cash first, and every other one with its reasons."""

    on: date
    catalogue: str
    policies: list[str]
    plans: list[PlanOut]
    why_not: list[WhyNotOut]


class QuoteIn(Schema):
    """A version to be kept: the wish, and the keys of the plans to show (none: the best of the term)."""

    wish: WishIn
    chosen: Annotated[tuple[Key, ...], Field(max_length=6)] = ()
    preferred: Key = ""
    need: Number | None = None
    note: Annotated[str, Field(max_length=200)] = ""


class QuoteOut(Schema):
    """One version of a quote. `preferred` and `accepted` are positions in `plans`, cash being 0."""

    id: int
    number: str
    version: int
    state: QuoteState
    deal: str | None
    need: int | None
    vehicle: str
    quoted_on: date
    valid_until: date | None
    preferred: int
    accepted: int | None
    digest: str
    note: str
    product_versions: list[int]
    policies: list[str]
    prepared_at: datetime
    plans: list[dict[str, Any]]


class AcceptIn(Schema):
    """The plan the customer takes, by its position, in the version with this digest."""

    plan: Annotated[int, Field(ge=0, le=6)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ShareIn(Schema):
    """For how many days."""

    days: Annotated[int, Field(ge=1, le=30)] = 7


class ShareOut(Schema):
    """A link just made; the token is told this once."""

    id: int
    token: str
    path: str
    expires_at: datetime


class AdviceOut(Schema):
    """A published text; its braces name figures of a plan."""

    id: int
    code: str
    version: int
    title: str
    body: str


class AdviceIn(Schema):
    """Which text, about which plan of the version."""

    text: Number
    plan: Annotated[int, Field(ge=1, le=20)] = 1


class AdviceNoteOut(Schema):
    """A note that was sent."""

    id: int
    text: int
    plan: int
    sent_at: datetime
