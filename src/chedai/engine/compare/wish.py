"""What the customer wants and can: the question that a comparison answers.

The price is what the dealer asks before any discount tied to a way of paying. `down_payments` are the first payments
to try, `cash_most` is all the money there is on the day of signing (首付能力: first payment, fees taken that day and
an old loan's shortfall together), `instalment_most` the monthly ceiling. None means no bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chedai.engine.compare.catalogue import CustomerKind, LenderKind, VehicleKind
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import FEN_MAX


class Preference(StrEnum):
    """What the plans are sorted by, best first."""

    TOTAL_COST = "total_cost"  # 总成本最低
    INSTALMENT = "instalment"  # 月供最低
    DOWN_PAYMENT = "down_payment"  # 首付最低
    RATE = "rate"  # 年化最低
    FLEXIBILITY = "flexibility"  # 提前结清(第 m 月)成本最低


class Bound(StrEnum):
    """Every reason for which a plan is not offered."""

    DATE = "date"  # not sold on that day
    REGION = "region"
    VEHICLE = "vehicle"
    MODEL = "model"
    CUSTOMER = "customer"
    QUOTA = "quota"  # the promotion is used up
    TERM = "term"  # the term is not offered
    TERM_MOST = "term_most"  # longer than a rule allows
    AGE = "age"  # used car: age plus term
    DOWN_LEAST = "down_least"
    DOWN_MOST = "down_most"
    LTV = "ltv"
    AMOUNT_LEAST = "amount_least"
    AMOUNT_MOST = "amount_most"
    TAIL = "tail"  # the tail would be the whole loan
    FEES = "fees"  # the fees taken from the payout would eat it up
    INSTALMENT = "instalment"  # above the customer's ceiling
    CASH = "cash"  # more cash on the day than there is
    RATE_CAP = "rate_cap"
    CONFLICT = "conflict"  # another promotion was taken by the stated rule


@dataclass(frozen=True, slots=True)
class TradeIn:
    """置换: the old car's value and what is owed on it. A shortfall is paid in cash, never rolled into the loan."""

    value: int
    payoff: int = 0

    def __post_init__(self) -> None:
        for argument, amount in (("value", self.value), ("payoff", self.payoff)):
            if not 0 <= amount <= FEN_MAX // 1_000_000:
                rule = ("must be an amount of at least 0", "必须是不小于 0 的金额")
                raise InvalidArgument(argument, *rule, value=amount)

    @property
    def equity(self) -> int:
        """What the old car brings toward the first payment; 0 when it is worth less than its loan."""
        return max(self.value - self.payoff, 0)

    @property
    def negative_equity(self) -> int:
        """What must be added to be rid of the old loan (净值为负的缺口)."""
        return max(self.payoff - self.value, 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit that stands above every product: the largest loan ratio, the longest term, the highest annual rate.

    `bound` is LTV, TERM_MOST or RATE_CAP; `limit` a share or rate (1e-8) or months. Empty scopes mean all. `version`
    names the policy for the refusal.
    """

    bound: Bound
    limit: int
    version: str
    vehicles: tuple[VehicleKind, ...] = ()
    lenders: tuple[LenderKind, ...] = ()

    def covers(self, vehicle: VehicleKind, lender: LenderKind) -> bool:
        """Whether the rule speaks about this car at this lender."""
        return (not self.vehicles or vehicle in self.vehicles) and (not self.lenders or lender in self.lenders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One customer, one car, one day."""

    price: int
    on: date
    down_payments: tuple[int, ...]
    vehicle: VehicleKind = VehicleKind.OWN_ICE
    terms: tuple[int, ...] = ()  # empty: every term that is sold
    instalment_most: int | None = None
    cash_most: int | None = None
    model: str = ""
    region: str = ""
    customer: CustomerKind = CustomerKind.PERSON
    list_price: int | None = None  # 厂商公布价
    appraisal: int | None = None  # used car: what the lender values it at
    government_subsidy: int = 0
    vehicle_age: int = 0  # months
    cash_discount: int | None = None  # None: the catalogue's
    trade_in: TradeIn | None = None
    settle_months: tuple[int, ...] = (12, 24, 36)
    settle_at: int | None = None  # for FLEXIBILITY; None: the first of settle_months

    def __post_init__(self) -> None:
        if not 1 <= self.price <= FEN_MAX // 1_000_000:
            raise InvalidArgument("price", "must be a positive amount", "必须是正的金额", value=self.price)
        if not self.down_payments:
            raise InvalidArgument("down_payments", "must name at least one", "至少要给出一个首付金额")
        for row, down in enumerate(self.down_payments):
            if not 0 <= down <= self.price:
                rule = ("must be between 0 and the price", "必须在 0 与车价之间")
                raise InvalidArgument("down_payments", *rule, row=row, value=down)
        for argument in ("instalment_most", "cash_most", "vehicle_age", "government_subsidy", "cash_discount"):
            amount = getattr(self, argument)
            if amount is not None and amount < 0:
                raise InvalidArgument(argument, "must not be negative", "不得为负", value=amount)
        settle_at = () if self.settle_at is None else (self.settle_at,)
        for argument, months in (
            ("terms", self.terms),
            ("settle_months", self.settle_months),
            ("settle_at", settle_at),
        ):
            for row, month in enumerate(months):
                if month < 1:
                    rule = ("must be at least 1 month", "不得少于 1 个月")
                    raise InvalidArgument(argument, *rule, row=row, value=month)

    @property
    def value_base(self) -> int:
        """汽车价格, the denominator of the loan ratio: the lower of the price less government subsidy and the maker's
        list price (new) or the lender's appraisal (used). Taxes, insurance, fees and the old car never enter it."""
        ceiling = self.appraisal if self.vehicle is VehicleKind.USED else self.list_price
        net = self.price - self.government_subsidy
        return net if ceiling is None else min(net, ceiling)
