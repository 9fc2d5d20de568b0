"""Which plan comes first, which none beats in every way, and which is lowest in one fact.

There is no best plan without a preference: the cheapest takes the most money today, the lightest month costs most in
the end. So plans are sorted by what the customer says, and the Pareto set shows what he gives up for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, TypeAlias, TypeVar

import numpy as np

from chedai.engine.compare.plan import Plan
from chedai.engine.compare.wish import Preference

_Figure = TypeVar("_Figure", int, float, Decimal)

Key: TypeAlias = Callable[[Plan], float]

_KEYS: Final[dict[Preference, Key]] = {
    Preference.TOTAL_COST: lambda plan: plan.over_cash_with_forgone,
    Preference.INSTALMENT: lambda plan: plan.highest,
    Preference.DOWN_PAYMENT: lambda plan: plan.cash_at_signing,
    Preference.RATE: lambda plan: math.inf if plan.nominal_rate is None else plan.nominal_rate,
    Preference.FLEXIBILITY: lambda plan: math.inf if plan.flexible_cost is None else plan.flexible_cost,
}


def rank(plans: Sequence[Plan], preference: Preference) -> list[Plan]:
    """Cash first, then by the preference; ties by cost, instalment, cash of the day and term, then as listed."""
    key = _KEYS[preference]

    def order(plan: Plan) -> tuple[bool, float, int, int, int, int]:
        periods = 0 if plan.financing is None else plan.financing.periods
        money = (plan.over_cash_with_forgone, plan.highest, plan.cash_at_signing)
        return (not plan.is_cash, key(plan), *money, periods)

    return sorted(plans, key=order)


def pareto(plans: Sequence[Plan]) -> frozenset[int]:
    """Positions of the plans that no other plan beats: none is as low in cash of the day, highest instalment and cost
    beyond cash (with the forgone discount), and lower in one of them. Equal plans stand or fall together."""
    rows = [(plan.cash_at_signing, plan.highest, plan.over_cash_with_forgone) for plan in plans]
    as_low = np.ones((len(rows), len(rows)), dtype=np.bool_)
    lower = ~as_low
    for fact in np.array(rows, dtype=np.int64).reshape(-1, 3).T:
        as_low &= fact[:, None] <= fact
        lower |= fact[:, None] < fact
    return frozenset(np.flatnonzero(~(as_low & lower).any(axis=0)).tolist())


def lowest(values: Sequence[_Figure | None]) -> frozenset[int]:
    """Positions of the smallest value, all that tie; none where all are equal or only one has a value."""
    known = [value for value in values if value is not None]
    if len(set(known)) < 2:
        return frozenset()
    return frozenset(k for k, value in enumerate(values) if value == min(known))
