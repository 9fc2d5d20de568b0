"""The solved amount of many loans at once: level instalments, balloons and the free segment of stepped plans."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chedai.engine.errors import Infeasible
from chedai.engine.money import FenColumn, Rounding
from chedai.engine.schedule.amounts import FloatColumn, rounded
from chedai.engine.schedule.level import level_instalment
from chedai.engine.schedule.stepped import each_period, solved_amount
from chedai.engine.schedule.weights import Weights
from chedai.engine.terms import Step, StepKind


def level_column(
    balance: FenColumn,
    tail: FenColumn,
    weights: Weights,
    periods: FenColumn,
    grace: int,
    rounding: Rounding,
    multiple: int,
) -> FenColumn:
    """`level_instalment` of every loan, after `grace` periods of interest only; shape [loan], fen."""
    owed, left = balance.astype(np.float64), tail.astype(np.float64)
    if weights.uniform:
        growth_less_one, annuity = _closed_form(weights, periods - grace)
    else:
        growth_less_one, annuity = _by_period(weights, periods, grace)
    with np.errstate(over="ignore", invalid="ignore"):
        estimate = (owed * growth_less_one + (owed - left)) / annuity
        magnitude = (owed * (growth_less_one + 1.0) + left) / annuity

    def exact(loan: int) -> int:
        factors = weights.factors(loan, int(periods[loan]))[grace:]
        return level_instalment(int(balance[loan]), factors, int(tail[loan]), rounding, multiple)

    return rounded(estimate, magnitude, int(periods.max()) + 8, multiple, exact)


def _closed_form(weights: Weights, periods: FenColumn) -> tuple[FloatColumn, FloatColumn]:
    """(1 + f)^n - 1 and the sum of (1 + f)^k over n equal periods."""
    factor = weights.rate / weights.denominator
    with np.errstate(over="ignore", invalid="ignore"):
        growth_less_one = np.expm1(periods * np.log1p(factor))
        annuity = np.divide(growth_less_one, factor, out=periods.astype(np.float64), where=factor > 0)
    return growth_less_one, annuity


def _by_period(weights: Weights, periods: FenColumn, grace: int) -> tuple[FloatColumn, FloatColumn]:
    """The same two figures when every period has its own factor."""
    growth, annuity = np.ones(periods.size), np.zeros(periods.size)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(grace, int(periods.max())):
            step = 1.0 + _factor(weights, k)
            held = k < periods
            annuity = np.where(held, annuity * step + 1.0, annuity)
            growth = np.where(held, growth * step, growth)
    return growth - 1.0, annuity


def stepped_column(
    balance: FenColumn, steps: Sequence[Step], weights: Weights, rounding: Rounding, multiple: int
) -> FenColumn:
    """The free amount of `steps` for every loan; all loans run the same steps. Shape [loan], fen."""
    owed, paid = balance.astype(np.float64), np.zeros(balance.size)
    magnitude = owed.copy()
    periods = sum(step.periods for step in steps)
    with np.errstate(over="ignore", invalid="ignore"):
        for k, step in enumerate(each_period(steps)):
            stated = 0.0 if step.kind in (StepKind.SOLVE, StepKind.INTEREST_ONLY) else float(step.amount)
            if step.kind in (StepKind.SOLVE, StepKind.INSTALMENT):
                growth = 1.0 + _factor(weights, k)
                owed, paid, magnitude = owed * growth, paid * growth, magnitude * growth
            owed, magnitude = owed - stated, magnitude + stated
            if step.kind is StepKind.SOLVE:
                paid += 1.0
        estimate, magnitude = owed / paid, magnitude / paid

    def exact(loan: int) -> int:
        try:
            return solved_amount(int(balance[loan]), weights.factors(loan, periods), steps, rounding, multiple)
        except Infeasible as refusal:
            raise Infeasible(refusal.argument, refusal.rule, refusal.rule_zh, row=loan) from None

    return rounded(estimate, magnitude, periods + 8, multiple, exact)


def _factor(weights: Weights, k: int) -> FloatColumn:
    weight = weights.at(k, slice(None))
    if weight is None:
        return np.zeros(weights.rate.size)
    return (weight / weights.denominator).astype(np.float64)
