"""加装逐项: what each product beside the car (保险, 延保, 精品) does to the plan, one after the other.

Each is offered once, alone, and shown with its own price and its own effect, so that nobody buys a bundle by its
monthly figure. The walk starts at the plan without any of them. A financed product is added to the loan at the same
terms (附加品融资: it needs its own invoice, and the rules for its share of the loan are policy); one paid in cash
leaves the loan as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chedai.engine.errors import InvalidArgument
from chedai.engine.rates import Fee, When
from chedai.engine.schedule import schedule
from chedai.engine.terms import LoanTerms


@dataclass(frozen=True, slots=True)
class AddOn:
    """One product beside the car, price in fen; `financed` or paid at signing."""

    name: str
    price: int
    financed: bool = True

    def __post_init__(self) -> None:
        if self.price < 1:
            raise InvalidArgument("add_on", "must have a price above 0", "价格必须大于 0", value=self.name)


@dataclass(frozen=True, slots=True)
class WalkStep:
    """The plan once this product is taken too, in fen: `effect` on the instalment, `cost` on top of its price."""

    add_on: AddOn
    principal: int
    instalment: int
    effect: int
    cost: int
    total_paid: int


def payment_walk(
    terms: LoanTerms, add_ons: Sequence[AddOn], *, price: int, fees: Sequence[Fee] = ()
) -> tuple[WalkStep, ...]:
    """One step a product, in the order given, each on top of the steps before it; `price` is that of the car alone.

    Errors: as `schedule`.
    """
    bought = price
    instalment, cost = _instalment_and_cost(terms, fees, price)
    steps = []
    for add_on in add_ons:
        bought += add_on.price
        if add_on.financed:
            terms = replace(terms, principal=terms.principal + add_on.price)
        now, cost_now = _instalment_and_cost(terms, fees, price)
        total = bought + cost_now
        steps.append(WalkStep(add_on, terms.principal, now, now - instalment, cost_now - cost, total))
        instalment, cost = now, cost_now
    return tuple(steps)


def _instalment_and_cost(terms: LoanTerms, fees: Sequence[Fee], price: int) -> tuple[int, int]:
    """The first instalment with its periodic fees, and all interest and fees."""
    made = schedule(terms)
    first = next(row.total for row in made.rows if row.n)
    monthly = sum(fee.charge(terms.principal, price) for fee in fees if fee.when is When.PERIODIC)
    return first + monthly, made.interest + sum(fee.total(terms.principal, terms.periods, price) for fee in fees)
