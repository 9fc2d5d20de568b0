"""What is on the shelf: lenders, their products, the promotions on top, each with its limits and its dates.

A catalogue is data, decided by people, valid on stated days. A product says for which car, customer and region it is,
between which bounds, how it is repaid, what it charges beside interest and what leaving early costs. A promotion
changes some of that for a while: a lower customer rate whose difference somebody pays (贴息), a lower down payment, a
longer term, fees waived, money off the car. Two promotions that meet on one plan are resolved by the rule the
catalogue states, never by the order in which somebody looked.

Amounts are fen; rates and shares are integers of 1e-8 (`money.RATE_SCALE`), so 15 % is 15_000_000.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Final

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, Rounding
from chedai.engine.rates import Fee, Payer
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import Amortisation, InterestMethod


class LenderKind(StrEnum):
    """Who lends; rules apply by this, not by product."""

    BANK = "bank"  # 银行
    AUTO_FINANCE = "auto_finance"  # 汽车金融公司
    CONSUMER_FINANCE = "consumer_finance"  # 消费金融公司
    TRUST = "trust"  # 信托公司
    MICRO_LOAN = "micro_loan"  # 小额贷款公司
    LEASING = "leasing"  # 融资租赁公司
    UNLICENSED = "unlicensed"  # 无放贷资质的出借人


class ProductKind(StrEnum):
    """What the paper is called: it changes words and who owns the car, never the mathematics."""

    LOAN = "loan"  # 专项车贷
    CARD_INSTALMENT = "card_instalment"  # 信用卡分期
    FINANCE_LEASE = "finance_lease"  # 融资租赁
    OPERATING_LEASE = "operating_lease"  # 经营租赁


class VehicleKind(StrEnum):
    """The five kinds of car that the loan-ratio rules tell apart."""

    OWN_ICE = "own_ice"  # 自用传统动力
    OWN_NEV = "own_nev"  # 自用新能源
    COMMERCIAL_ICE = "commercial_ice"  # 商用传统动力
    COMMERCIAL_NEV = "commercial_nev"  # 商用新能源
    USED = "used"  # 二手车


class CustomerKind(StrEnum):
    """Who borrows."""

    PERSON = "person"
    BUSINESS = "business"


class TailOf(StrEnum):
    """What a tail is a share of."""

    PRINCIPAL = "principal"  # 弹性尾款: the financed amount
    PRICE = "price"  # 残值: the price of the car


class ResidualBearer(StrEnum):
    """Who owes the residual of a lease at the end."""

    LESSEE = "lessee"  # pays it and owns the car, 承租人留购
    LESSOR = "lessor"  # takes the car back, 出租人承担


class Conflict(StrEnum):
    """Which of several promotions that fit one plan is taken; the product without any is always in the running."""

    LOWEST_COST = "lowest_cost"  # the one that costs the customer least; ties by priority, then by position
    PRIORITY = "priority"  # the smallest priority number; ties by position


NO_FEE: Final = SettlementFee()


@dataclass(frozen=True, slots=True)
class Lender:
    """Who lends, as shown to the customer."""

    code: str
    name: str
    name_en: str
    kind: LenderKind


@dataclass(frozen=True, slots=True)
class TermRate:
    """The customer's annual rate (1e-8) at one term. The terms of a product are those that have a rate."""

    periods: int
    annual_rate: int


@dataclass(frozen=True, slots=True)
class Repayment:
    """One way a product may be repaid. `tail_share` is the part (1e-8) of `tail_of` left to the last instalment."""

    amortisation: Amortisation = Amortisation.EQUAL_INSTALMENT
    interest_method: InterestMethod = InterestMethod.DECLINING_BALANCE
    tail_share: int = 0
    tail_of: TailOf = TailOf.PRINCIPAL
    grace_principal: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """For whom, what and where: an empty tuple admits all. Days are inclusive; the last one ends at its midnight."""

    vehicles: tuple[VehicleKind, ...] = ()
    models: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    customers: tuple[CustomerKind, ...] = ()
    starts: date | None = None
    ends: date | None = None

    def open_on(self, day: date) -> bool:
        """Whether the days of the scope hold `day`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def meets(self, other: Scope) -> bool:
        """Whether there is a day that both scopes hold."""
        latest = max(self.starts or date.min, other.starts or date.min)
        return latest <= min(self.ends or date.max, other.ends or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One product of one lender in one version."""

    code: str
    name: str
    name_en: str
    lender: Lender
    rates: tuple[TermRate, ...]
    kind: ProductKind = ProductKind.LOAN
    version: str = ""
    advertised: str = ""  # 宣传口径, as the lender prints it: "月费率 0.32%"
    advertised_en: str = ""
    scope: Scope = Scope()
    repayments: tuple[Repayment, ...] = (Repayment(),)
    fees: tuple[Fee, ...] = ()
    settlement: SettlementFee = NO_FEE
    fees_stop: bool = True  # settled early, the instalments no longer due no longer carry their periodic fees
    min_down: int = 0  # share of the price
    max_down: int = RATE_SCALE
    max_ltv: int = RATE_SCALE  # share of the value the rules allow as the denominator
    min_amount: int = 1
    max_amount: int | None = None
    amount_step: int = 100  # the financed amount is a whole multiple of this; the rest goes to the down payment
    max_age_plus_term: int | None = None  # used car: its age plus the term, in months
    rate_cap: int | None = None  # the higher of the two annual rates must not exceed it
    residual_bearer: ResidualBearer = ResidualBearer.LESSEE
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        if not self.rates:
            raise InvalidArgument("rates", "must hold at least one term", "至少要有一个期限", value=self.code)
        if not self.repayments:
            raise InvalidArgument("repayments", "must hold at least one method", "至少一种还款方式", value=self.code)
        periods = [rate.periods for rate in self.rates]
        if len(set(periods)) != len(periods):
            raise InvalidArgument("rates", "states one term twice", "同一期限出现两次", value=self.code)
        for argument in ("min_down", "max_down", "max_ltv"):
            if not 0 <= getattr(self, argument) <= RATE_SCALE:
                rule = ("must be between 0 % and 100 %", "必须在 0% 至 100% 之间")
                raise InvalidArgument(argument, *rule, value=self.code)
        for argument in ("amount_step", "min_amount"):
            if getattr(self, argument) < 1:
                raise InvalidArgument(argument, "must be at least 1 fen", "不得小于 1 分", value=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """What changes for a while. Empty or None leaves the product's own term as it is."""

    code: str
    name: str
    name_en: str
    products: tuple[str, ...]
    scope: Scope = Scope()
    priority: int = 100
    quota: int | None = None  # contracts it may serve
    used: int = 0  # contracts served so far
    rates: tuple[TermRate, ...] = ()  # the customer's rates; a longer term than the product's extends it
    standard_rates: tuple[TermRate, ...] = ()  # what the lender still earns; default the product's at that term
    subsidies: tuple[Payer, ...] = ()  # who pays the difference, 贴息方
    min_down: int | None = None
    max_amount: int | None = None
    fees: tuple[Fee, ...] | None = None  # instead of the product's
    price_discount: int = 0  # off the car, only with this financing
    advertised: str = ""
    advertised_en: str = ""

    def __post_init__(self) -> None:
        if self.subsidies and sum(s.share for s in self.subsidies) != RATE_SCALE:
            raise InvalidArgument("subsidies", "must add up to 100 %", "各方贴息比例之和必须为 100%", value=self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything that may be quoted, and how promotions that meet are resolved.

    One product may stand in several versions, each with its days; no two of them hold on one day.
    """

    name: str
    as_of: date
    products: tuple[Product, ...]
    promotions: tuple[Promotion, ...] = ()
    conflict: Conflict = Conflict.LOWEST_COST
    cash_discount: int = 0  # off the car for a customer who pays in full

    def __post_init__(self) -> None:
        versions = self._versions()
        for code, products in versions.items():
            for one, other in combinations(products, 2):
                if one.scope.meets(other.scope):
                    rule = ("has two versions on one day", "同一天有两个有效版本")
                    raise InvalidArgument("products", *rule, value=code)
        for promotion in self.promotions:
            for code in promotion.products:
                if code not in versions:
                    rule = ("names a product not listed", "活动所指产品不在目录中")
                    raise InvalidArgument("promotions", *rule, value=code)
                if promotion.subsidies:
                    for product in versions[code]:
                        self._refuse_missing_standard(promotion, product)

    def _versions(self) -> dict[str, list[Product]]:
        versions: dict[str, list[Product]] = {}
        for product in self.products:
            versions.setdefault(product.code, []).append(product)
        return versions

    def sold_on(self, day: date) -> tuple[Product, ...]:
        """Each product in its version of that day; one that has none, in its last version."""
        return tuple(
            next((product for product in products if product.scope.open_on(day)), products[-1])
            for products in self._versions().values()
        )

    @staticmethod
    def _refuse_missing_standard(promotion: Promotion, product: Product) -> None:
        """A subsidy is the difference to a standard rate, so every term of it needs one, not below the customer's."""
        standard = {rate.periods: rate.annual_rate for rate in (*product.rates, *promotion.standard_rates)}
        for rate in promotion.rates:
            if rate.annual_rate > standard.get(rate.periods, -1):
                rule = (
                    "need one not below the customer's rate at every term",
                    "每个期限须有不低于客户利率的标准利率",
                )
                raise InvalidArgument("standard_rates", *rule, value=f"{promotion.code} {rate.periods}")
