"""The plan as it was offered: one immutable value that every later room reads and nobody recomputes.

It is written once, when a comparison is kept, from the engine's `Plan`; the application, the decision and the contract
read it and never the product again. Amounts are fen, rates and shares integers of 1e-8 (15 % is 15_000_000).
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from chedai.engine.compare import CustomerKind, LenderKind, ProductKind, SettledHow, VehicleKind
from chedai.engine.rates import Fee, Payee, ShareOf, When
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import LoanTerms


class FrozenFee(msgspec.Struct, frozen=True):
    """One fee: `each` time it is taken and in `total` over the plan; a contingent one (违约时) has a total of 0.

    `name` may hold both languages as `中文|English`.
    """

    name: str
    payee: Payee
    when: When
    each: int
    total: int
    in_rate: bool
    note: str = ""
    share: int = 0  # where the measure is a percentage, 1e-8 of `of`; 0 for an amount
    of: ShareOf = ShareOf.PRINCIPAL

    def fee(self) -> Fee:
        """The fee in the engine's words, so that the same plan over another amount is charged by the same measure."""
        amount = 0 if self.share else self.each
        return Fee(self.name, amount, self.share, self.of, self.when, self.payee, self.in_rate, self.note)


class FrozenSettlement(msgspec.Struct, frozen=True):
    """What the financing has cost in all when settled right after instalment `month`; None inside a lock-up."""

    month: int
    how: SettledHow
    cost: int | None
    fee: int = 0
    payoff: int = 0


class FrozenSubsidy(msgspec.Struct, frozen=True):
    """贴息: who pays how much so that the customer's rate is low."""

    payer: str
    amount: int


class FrozenAddOn(msgspec.Struct, frozen=True):
    """A product beside the car that the customer took (保险, 延保, 精品); `financed` or paid at signing."""

    code: str
    name: str
    price: int
    financed: bool


class FrozenTradeIn(msgspec.Struct, frozen=True):
    """置换: the old car's value and what is owed on it. A shortfall is paid in cash, never rolled into the loan."""

    value: int
    payoff: int = 0

    @property
    def equity(self) -> int:
        """What the old car brings toward the first payment."""
        return max(self.value - self.payoff, 0)

    @property
    def negative_equity(self) -> int:
        """净值为负的缺口: what must be added to be rid of the old loan."""
        return max(self.payoff - self.value, 0)


class FrozenPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One way to pay for the car as it was offered. Cash (全款) has no lender, no product and no `terms`.

    `price` is of the car alone, net of the discount this way of paying brings. `principal` holds the financed add-ons,
    `down_payment` is price - (principal - financed add-ons). `total_paid` is everything the customer pays: car,
    add-ons, interest, fees. `product_version` is the number of the catalogue's `ProductVersion`, 0 where the plan is
    of no product of the catalogue. `deviation_bp` > 0 marks bespoke terms; `bespoke_id` is the ask behind them.
    """

    lender_code: str = ""
    lender_name: str = ""
    lender_name_en: str = ""
    lender_kind: LenderKind | None = None
    product_code: str = ""
    product_name: str = ""
    product_name_en: str = ""
    product_kind: ProductKind | None = None
    product_version: int = 0
    promotion_code: str = ""
    promotion_name: str = ""
    promotion_name_en: str = ""
    advertised: str = ""  # 宣传口径
    advertised_en: str = ""
    vehicle_kind: VehicleKind
    vehicle: str = ""  # as shown: 启程 E5 520km 长续航版
    customer_kind: CustomerKind = CustomerKind.PERSON
    list_price: int  # what the dealer asks before any discount
    price: int
    down_payment: int
    principal: int = 0
    periods: int = 0
    annual_rate: int = 0  # of the contract, 1e-8
    tail: int = 0
    returns_car: bool = False  # a lease whose lessor takes the car back and bears the residual
    terms: LoanTerms | None = None
    fees: tuple[FrozenFee, ...] = ()  # of normal performance
    contingent: tuple[FrozenFee, ...] = ()  # fall due only on default
    settlement_rule: SettlementFee = SettlementFee()
    fees_stop: bool = True
    instalment: int = 0  # the first regular one, periodic fees included
    highest: int = 0
    last: int = 0
    interest: int = 0
    fee_total: int = 0  # fees the rate counts
    other_fees: int = 0  # charges it does not count
    over_cash: int = 0  # 比全款多付
    forgone: int = 0  # the cash discount lost
    total_paid: int
    cash_at_signing: int
    ltv: int = 0
    nominal_rate: int | None = None  # 单利, month IRR x 12, 1e-8
    effective_rate: int | None = None  # 复利, (1 + month IRR)^12 - 1, 1e-8
    settlements: tuple[FrozenSettlement, ...] = ()
    subsidies: tuple[FrozenSubsidy, ...] = ()
    add_ons: tuple[FrozenAddOn, ...] = ()
    trade_in: FrozenTradeIn | None = None
    deviation_bp: int = 0
    bespoke_id: int = 0

    @property
    def is_cash(self) -> bool:
        """Whether the car is paid at once."""
        return self.terms is None

    @property
    def financed_add_ons(self) -> int:
        """What of the principal pays for products beside the car."""
        return sum(one.price for one in self.add_ons if one.financed)

    @property
    def car_principal(self) -> int:
        """What of the principal pays for the car: the numerator of the regulatory loan ratio."""
        return self.principal - self.financed_add_ons

    @property
    def negative_equity(self) -> int:
        """What is still owed on the old car beyond its value."""
        return 0 if self.trade_in is None else self.trade_in.negative_equity

    def document(self) -> dict[str, Any]:
        """The plan as plain JSON values, as it is stored."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: the same plan always has the same digest."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


def plan_from(document: object) -> FrozenPlan:
    """The plan of a stored document. Errors: `msgspec.ValidationError` where it is none."""
    return msgspec.convert(document, FrozenPlan)
