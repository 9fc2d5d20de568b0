"""A plan: one way to pay for the car, with every figure the customer and the desk compare.

The first plan is always cash (全款). For the others the facts are, in the order they are shown: first payment,
instalment, interest, fees, 比全款多付 (what financing costs beyond the price), total outlay, both annual rates, and
what the financing has cost if it is settled after some months (interest and fees so far plus the fee for leaving
early).

比全款多付 counts against the price as asked; a discount that comes with the financing is taken off it. A discount
that only cash buyers get is kept apart as `forgone` and added only in the view that is labelled so: it is no cost of
the loan, but it is money.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chedai.engine.compare.bounds import Failure
from chedai.engine.compare.catalogue import Product, ProductKind, Promotion, Repayment, ResidualBearer
from chedai.engine.rates import Payee, When
from chedai.engine.terms import LoanTerms


class SettledHow(StrEnum):
    """What settling after m months means for a plan."""

    EARLY = "early"  # 提前结清
    MATURED = "matured"  # 已正常到期
    LOCKED = "locked"  # 合同不允许, still inside the lock-up


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One fee over the whole plan: `each` time it is taken, and in total."""

    name: str
    payee: Payee
    when: When
    each: int
    total: int
    in_rate: bool


@dataclass(frozen=True, slots=True)
class SettlementCost:
    """What the financing has cost when settled right after instalment `month`: `cost` None while that is not allowed.

    `cost` = interest + fees paid so far + `fee` (for leaving early) - the discount that came with the financing.
    `payoff` is the money to bring on that day beside the instalment.
    """

    month: int
    how: SettledHow
    cost: int | None
    fee: int = 0
    payoff: int = 0


@dataclass(frozen=True, slots=True)
class SubsidyLine:
    """Who pays how much so that the customer's rate is low (贴息)."""

    payer: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Financing:
    """What a plan is made of beside money: absent for cash."""

    product: Product
    promotion: Promotion | None
    repayment: Repayment
    periods: int
    annual_rate: int
    terms: LoanTerms
    ltv: int  # share (1e-8) of the new car's value, rounded half-up
    tail: int  # balloon or residual in fen

    @property
    def returns_car(self) -> bool:
        """Whether the lessor takes the car back at the end and bears the residual."""
        return self.product.residual_bearer is ResidualBearer.LESSOR and self.product.kind in (
            ProductKind.FINANCE_LEASE,
            ProductKind.OPERATING_LEASE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All amounts in fen; rates are fractions a year (0.0722 is 7.22 %), None for cash."""

    financing: Financing | None
    price: int  # net of the discount that this way of paying brings
    down_payment: int
    principal: int
    instalment: int  # the first regular one, periodic fees included
    highest: int  # the highest before the last one (the last where there is only one)
    last: int  # the last one: it takes the cents, or the tail
    interest: int
    fees: tuple[FeeLine, ...]
    fee_total: int  # fees the rate counts
    other_fees: int  # charges it does not count (保险, 购置税)
    over_cash: int
    forgone: int  # the cash discount lost
    total_paid: int
    cash_at_signing: int
    negative_equity: int
    nominal_rate: float | None  # 单利, monthly IRR × 12
    effective_rate: float | None  # 复利, (1 + monthly IRR) ^ 12 - 1
    settlements: tuple[SettlementCost, ...]
    flexible_cost: int | None  # cost when settled at the wish's `settle_at`; None while locked
    subsidies: tuple[SubsidyLine, ...] = ()

    @property
    def is_cash(self) -> bool:
        return self.financing is None

    @property
    def over_cash_with_forgone(self) -> int:
        """机会成本口径: what the plan costs beyond paying in full with the cash discount."""
        return self.over_cash + self.forgone

    def settlement_at(self, month: int) -> SettlementCost | None:
        """The figures at one of the wish's months."""
        return next((s for s in self.settlements if s.month == month), None)


class Lever(StrEnum):
    """What can be changed so that a failed plan passes."""

    DOWN_PAYMENT = "down_payment"
    TERM = "term"
    CEILING = "ceiling"  # the customer's own monthly ceiling
    CASH = "cash"  # the customer's own cash
    CUSTOMER = "customer"  # in whose name


@dataclass(frozen=True, slots=True)
class Change:
    """One change alone after which the plan passes every bound: the new value (fen, months or a name)."""

    lever: Lever
    value: int | str
    share: int = 0  # of the price (1e-8), for a first payment


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """A plan that is not offered: what it would have been, every bound it breaks, and the changes that would do.

    An offer that is closed altogether has neither term nor amount. `changes` come in the order in which they are asked
    of the customer; none means that nothing in his hands helps.
    """

    product: Product
    promotion: Promotion | None
    failures: tuple[Failure, ...]
    changes: tuple[Change, ...] = ()
    repayment: Repayment | None = None
    periods: int | None = None
    down_payment: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The answer: plans by preference with cash first, which of them none beats in every way, and who failed why."""

    plans: tuple[Plan, ...]
    pareto: frozenset[int]  # positions in `plans`
    why_not: tuple[WhyNot, ...]
