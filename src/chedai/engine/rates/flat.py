"""平息 / 费率: a rate on the original principal, and the rate it really is.

"月费率 0.32 %, 36 期" takes 0.32 % of the first principal every month, although most of it has long been repaid. The
advertised year is 0.32 % × 12 = 3.84 %; the rate on the principal really owed is 7.22 %, near flat × 2n / (n + 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, Rounding, divide
from chedai.engine.rates.annual import AnnualRates, annual_rates, periods_a_year
from chedai.engine.terms import Unit


class FlatPer(StrEnum):
    """What stretch of time a flat rate is quoted for."""

    PERIOD = "period"  # 月费率
    YEAR = "year"  # 年费率
    WHOLE = "whole"  # 总费率, for all periods together


@dataclass(frozen=True, slots=True)
class FlatTruth:
    """A flat offer taken apart. Amounts in fen."""

    instalments: tuple[int, ...]
    total_fee: int
    advertised: float  # the flat rate as a year: what the poster says
    true: AnnualRates  # of the rate itself, whatever the amount: no rounding to fen
    plan: AnnualRates  # of these instalments


def flat_truth(
    principal: int,
    periods: int,
    rate: int,
    *,
    per: FlatPer = FlatPer.PERIOD,
    unit: Unit = Unit.MONTH,
    every: int = 1,
    rounding: Rounding = Rounding.HALF_UP,
) -> FlatTruth:
    """The true rate of `rate` (units of 1e-8) on the original principal, collected with each of `periods` instalments.

    The instalment P / n + fee is rounded once; the last takes the fen left of principal and total fee. Errors:
    `InvalidArgument`, `NoRate`.
    """
    for argument, value, least in (("principal", principal, 1), ("periods", periods, 1), ("rate", rate, 0)):
        if value < least:
            raise InvalidArgument(argument, f"must be at least {least}", f"不得小于 {least}", value=value)
    a_year = periods_a_year(unit, every)
    share = rate / {FlatPer.PERIOD: Fraction(1), FlatPer.YEAR: a_year, FlatPer.WHOLE: Fraction(periods)}[per]
    due = Fraction(1, periods) + share / RATE_SCALE  # of 1 lent
    true = annual_rates((due.denominator, *(-due.numerator for _ in range(periods))), unit=unit, every=every)
    fee = principal * share * periods / RATE_SCALE
    total_fee = divide(fee.numerator, fee.denominator, rounding)
    instalment = divide(principal * due.numerator, due.denominator, rounding)
    last = principal + total_fee - instalment * (periods - 1)
    instalments = (*(instalment for _ in range(periods - 1)), last)
    plan = annual_rates((principal, *(-paid for paid in instalments)), unit=unit, every=every)
    return FlatTruth(instalments, total_fee, float(share * a_year) / RATE_SCALE, true, plan)


def flat_of_true(nominal: float, periods: int, *, unit: Unit = Unit.MONTH, every: int = 1) -> float:
    """The flat rate a period that hides the simple annual rate `nominal` (IRR × periods a year): 0.0722 -> 0.0032."""
    if periods < 1:
        raise InvalidArgument("periods", "must be at least 1", "不得小于 1", value=periods)
    period = nominal / float(periods_a_year(unit, every))
    if not -1 < period < float("inf"):
        raise InvalidArgument("nominal", "must be a rate above -100 % a period", "利率须大于每期 -100%", value=nominal)
    if period == 0:
        return 0.0
    return period / -math.expm1(-periods * math.log1p(period)) - 1 / periods
