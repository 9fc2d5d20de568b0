"""A plan whose rate changes on the way (浮动利率, LPR repricing).

Nobody knows the next rate, so a level instalment is solved as if the rate in force stayed to the end, and solved again
for what is still owed when it changes. Methods without a level amount simply bear the rate of each period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import Final

from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.schedule.factors import at_rate
from chedai.engine.schedule.methods import plan
from chedai.engine.schedule.rows import Amounts
from chedai.engine.terms import Amortisation, InterestMethod, LoanTerms

_SOLVED_AGAIN: Final = {Amortisation.EQUAL_INSTALMENT, Amortisation.BALLOON}


def repriced_plan(terms: LoanTerms, balance: int, parts: list[Fraction], rates: Sequence[int]) -> Amounts:
    """Principal and interest of every period under its own annual rate, `rates[k]` in units of 1e-8.

    `parts` are the parts of a year, `factors.year_parts`. `Amounts.instalment` is the first level amount.
    Errors: `LengthMismatch` unless there is one rate a period, `InvalidArgument` for a rate below 0.
    """
    _refuse_rates(rates, terms.periods)
    if terms.interest_method is InterestMethod.FLAT or terms.amortisation not in _SOLVED_AGAIN:
        return plan(terms, balance, [at_rate(rate, [part])[0] for rate, part in zip(rates, parts, strict=True)])
    principal: list[int] = []
    interest: list[int] = []
    first = None
    for rate, same in groupby(rates):
        start, count = len(principal), len(list(same))
        left = replace(
            terms,
            periods=terms.periods - start,
            grace_principal=max(0, terms.grace_principal - start),
            grace_interest=0,
            interest_free_periods=0,
        )
        amounts = plan(left, balance, at_rate(rate, parts[start:]))
        first = amounts.instalment if first is None else first
        principal += amounts.principal[:count]
        interest += amounts.interest[:count]
        balance -= sum(amounts.principal[:count])
    return Amounts(principal, interest, first)


def _refuse_rates(rates: Sequence[int], periods: int) -> None:
    if len(rates) != periods:
        rule = f"must be one a period, {periods}"
        raise LengthMismatch("rates", rule, f"须每期一个利率,共 {periods} 个", value=len(rates))
    for row, rate in enumerate(rates):
        if rate < 0:
            raise InvalidArgument("rates", "must be at least 0", "不得小于 0", row=row, value=rate)
