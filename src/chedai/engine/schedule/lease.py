"""融资租赁: rent from price, residual, rate and term.

The lessor buys the car and lends its use. Rent and residual together repay the price at the lease rate: rents in
arrears (期末付) are the level instalments of a balloon plan; rents in advance (期初付) fall due when a period begins,
the first of them bears no interest. The residual is a row of its own at the end. Who bears it, that is who pays if the
car is worth less, does not move a figure; it is printed because it is the difference between buying and giving back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from chedai.engine.calendar import Timetable, timetable
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import Rounding, divide
from chedai.engine.schedule.factors import period_factors
from chedai.engine.schedule.level import level_instalment, pay, refuse_growing_debt
from chedai.engine.schedule.rows import Amounts, Instalment, Schedule
from chedai.engine.terms import DayCount, LoanTerms


class ResidualBearer(StrEnum):
    """Who stands for the residual value at the end of the lease."""

    LESSEE = "lessee"  # 承租人留购: buys the car for it
    LESSOR = "lessor"  # 出租人: takes the car back and keeps the risk
    GUARANTOR = "guarantor"  # 厂家或经销商回购: a third party has guaranteed it


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTerms:
    """The agreed terms of a finance lease. Amounts in fen, the rate in units of 1e-8, periods of whole months."""

    price: int
    residual: int
    annual_rate: int
    periods: int
    starts_on: date
    first_rent: int = 0  # 首付租金, paid at the start on top of the rents
    every: int = 1
    in_advance: bool = False
    bearer: ResidualBearer = ResidualBearer.LESSEE
    day_count: DayCount = DayCount.THIRTY_360
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        if self.residual < 0:
            raise InvalidArgument("residual", "must be at least 0", "不得小于 0", value=self.residual)
        if self.residual >= self.price - self.first_rent:
            raise InvalidArgument("residual", "must be below what is financed", "必须小于融资额", value=self.residual)


def lease_schedule(terms: LeaseTerms) -> Schedule:
    """The rents, n = 1 to `periods`, and the residual as row `periods + 1`; `instalment` is the rent.

    The last rent takes the odd cents. A first rent is row 0. Errors: `InvalidArgument`, `Infeasible` as `schedule`.
    """
    loan = _as_loan(terms)
    dates = timetable(loan)
    factors = period_factors(loan, dates)
    financed = terms.price - terms.first_rent
    amounts = (_in_advance if terms.in_advance else _in_arrears)(terms, financed, factors)
    refuse_growing_debt(amounts)
    rows = []
    if terms.first_rent:
        paid = terms.first_rent
        rows.append(Instalment(0, terms.starts_on, terms.starts_on, 0, paid, 0, paid, financed))
    spans = _spans(dates, terms.in_advance)
    for n, (principal, interest, (start, due)) in enumerate(
        zip(amounts.principal, amounts.interest, spans, strict=True), start=1
    ):
        financed -= principal
        rows.append(Instalment(n, start, due, (due - start).days, principal, interest, principal + interest, financed))
    return Schedule(tuple(rows if terms.residual else rows[:-1]), amounts.instalment)


def _as_loan(terms: LeaseTerms) -> LoanTerms:
    return LoanTerms(
        principal=terms.price,
        annual_rate=terms.annual_rate,
        periods=terms.periods,
        disbursed_on=terms.starts_on,
        every=terms.every,
        day_count=terms.day_count,
        down_payment=terms.first_rent,
    )


def _in_arrears(terms: LeaseTerms, financed: int, factors: list[Fraction]) -> Amounts:
    """Rents at the end of each period, the residual with the last of them as a row that bears no interest."""
    rent = level_instalment(financed, factors, terms.residual, terms.rounding)
    rents = pay(financed, factors, rent, 0, terms.rounding)
    principal = [*rents.principal[:-1], rents.principal[-1] - terms.residual, terms.residual]
    return Amounts(principal, [*rents.interest, 0], rent)


def _in_advance(terms: LeaseTerms, financed: int, factors: list[Fraction]) -> Amounts:
    """Rents at the beginning of each period; the residual at the end holds the interest of the last period.

    Seen from the day of the first rent the others are level instalments in arrears, whose tail is the residual
    discounted by the last period.
    """
    tail = terms.residual / (1 + factors[-1])
    growth, annuity = Fraction(1), Fraction(1)
    for f in factors[:-1]:
        growth *= 1 + f
        annuity = annuity * (1 + f) + 1
    exact = (financed * growth - tail) / annuity
    rent = divide(exact.numerator, exact.denominator, terms.rounding)
    left = divide(tail.numerator, tail.denominator, terms.rounding)
    later = pay(financed - rent, factors[:-1], rent, 0, terms.rounding)
    principal = [rent, *later.principal]
    principal[-1] = financed - sum(principal[:-1]) - left
    return Amounts([*principal, left], [0, *later.interest, terms.residual - left], rent)


def _spans(dates: Timetable, in_advance: bool) -> list[tuple[date, date]]:
    """From when each row bears interest and when it is due; the residual is the last."""
    bounds = dates.bounds
    ends = list(pairwise(bounds))
    return [(bounds[0], bounds[0]), *ends] if in_advance else [*ends, (bounds[-1], bounds[-1])]
