"""The figures the rules ask for: loan to value, debt to income, spread of valuations.

Ratios are basis points rounded up, so that one which only rounds to its limit stays over it. Income is the proven
income of all who borrow jointly; somebody's income counts only where their debts are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from chedai.deals.underwriting.rules.values import Car, Inputs, Ratios
from chedai.engine.affordability import NO_INCOME, Limits, stressed
from chedai.engine.money import RATE_SCALE
from chedai.engine.valuation import price_base

FULL: Final = 10_000
NO_RATIO: Final = 1_000_000
"""The ratio of debts to no income at all: above every limit."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the borrowers together earn and owe a month (fen); None where it was not collected."""

    verified: int | None
    stated: int | None
    debts: int | None


def means(inputs: Inputs) -> Means:
    """The applicant and everybody who borrows jointly."""
    person = inputs.borrower
    verified, stated, debts = person.income_verified, person.income_stated, person.debt_monthly
    for helper in inputs.helpers:
        if not helper.joint:
            continue
        if helper.debt_monthly is None:
            continue
        debts = None if debts is None else debts + helper.debt_monthly
        verified = None if verified is None else verified + (helper.income_verified or 0)
        stated = None if stated is None else stated + (helper.income_stated or 0)
    return Means(verified, stated, debts)


def base_of(car: Car) -> int | None:
    """The price the ratios count (汽车贷款管理办法): a used car without a valuation has none."""
    known = [worth.amount for worth in car.worths]
    if car.kind == "used":
        if not known:
            return None
        reference = min(known)
    else:
        reference = min([*known, car.reference or car.price])
    return int(price_base(car.price, car.subsidy, reference)[0])


def ratios(inputs: Inputs) -> Ratios:
    """Every figure of one case."""
    ask, car, have = inputs.ask, inputs.car, means(inputs)
    base = base_of(car)
    return Ratios(
        base=base,
        ltv=None if base is None else share(ask.car_loan, base),
        all_in=None if base is None else share(ask.amount, base),
        down=ask.down_payment * FULL // car.price,
        dti_before=_burden(have.debts, 0, have.verified),
        dti=_burden(have.debts, ask.instalment, have.verified),
        pti=_burden(0, ask.instalment, have.verified),
        dti_stated=_burden(have.debts, ask.instalment, have.stated),
        dti_stressed=_stressed(inputs, have),
        price_over=_price_over(car),
        spread=_spread(car),
    )


def share(part: int, whole: int) -> int:
    """`part` of `whole` in basis points, rounded up."""
    return -(-part * FULL // whole)


def _burden(debts: int | None, instalment: int, income: int | None) -> int | None:
    if debts is None or income is None:
        return None
    return share(debts + instalment, income) if income else NO_RATIO


def _stressed(inputs: Inputs, have: Means) -> int | None:
    if have.debts is None or have.verified is None:
        return None
    ask = inputs.ask
    burden = stressed(
        have.verified,
        have.debts,
        ask.amount,
        ask.annual_rate,
        ask.periods,
        Limits(None, None),
        rate_rise=inputs.stress.rate_rise,
        income_fall=inputs.stress.income_fall,
    )
    after = int(burden.dti_after[0])
    return NO_RATIO if after == NO_INCOME else -(-after * FULL // RATE_SCALE)


def _price_over(car: Car) -> int | None:
    known = [worth.amount for worth in car.worths]
    reference = min(known) if known else car.reference
    if reference is None:
        return None
    return max(0, share(car.price - car.subsidy - reference, reference))


def _spread(car: Car) -> int | None:
    known = [worth.amount for worth in car.worths]
    return share(max(known) - min(known), min(known)) if known else None
