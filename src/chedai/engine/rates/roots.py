"""Every rate at which a row of dated amounts balances: the slow, sure way for odd cash flows.

A loan pays out once and is repaid: its flows change sign once and have exactly one rate (Descartes). Deposits that come
back, cash-backs in the middle or a second payout change sign more often, and then there may be several rates or none.

The amounts are read as f(d) = sum a_k * exp(-d * t_k), d being the force of interest ln(1 + rate). Multiplying f by
exp(d * p), with p between two times at which the sign changes, and differentiating gives a sum of the same kind with
one change of sign less, whose roots are the turning points of f. So the roots are found from the turning points
inwards, and none is missed; that holds for whole periods and for days alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from chedai.engine.errors import NoRate

Term: TypeAlias = tuple[float, float]
"""An amount and its time; the terms of a row have ascending times and no zero amounts."""

TOUCHING: Final = 1e-13  # a turning point this close to zero, relative to the amounts, is itself a root
ZERO_RATE: Final = -1e-12  # a rate of 0 found with the noise of floating point still counts as not negative


def sign_changes(amounts: Sequence[float]) -> int:
    """How often consecutive non-zero amounts differ in sign."""
    signs = [a > 0 for a in amounts if a != 0]
    return sum(a != b for a, b in pairwise(signs))


def only_rate(amounts: Sequence[float], times: Sequence[float], *, row: int | None = None) -> float:
    """The rate for one unit of time of amounts at ascending times; compounded once a unit.

    Where several rates balance the flows but only one of them is not negative, that one is meant (a deposit returned at
    the end of a lease gives such a second root near -30 % a month). Errors: `NoRate` with the reason and the row.
    """
    terms = [(float(a), t) for a, t in zip(amounts, times, strict=True) if a != 0]
    if sign_changes(amounts) == 0:
        raise NoRate("flows", "never change sign, so they have no rate", "现金流无正负变化,不存在内部收益率", row=row)
    found = roots(terms)
    if not found:
        raise NoRate("flows", "balance at no rate", "任何利率下现金流均不平衡,不存在内部收益率", row=row)
    meant = found if len(found) == 1 else [d for d in found if d >= ZERO_RATE]
    if len(meant) != 1:
        several = ", ".join(f"{d:.6g}" for d in found)
        raise NoRate("flows", "balance at several rates", "存在多个内部收益率", row=row, value=f"ln(1+r) = {several}")
    try:
        return math.expm1(meant[0])
    except OverflowError:
        raise NoRate("flows", "have a rate beyond any figure", "内部收益率超出可表示的范围", row=row) from None


def roots(terms: Sequence[Term]) -> list[float]:
    """All roots d of sum a_k * exp(-d * t_k), ascending; a touching root once."""
    changes = [k for k in range(1, len(terms)) if (terms[k - 1][0] > 0) != (terms[k][0] > 0)]
    turning: list[float] = []
    if len(changes) > 1:
        middle = changes[len(changes) // 2]
        pivot = (terms[middle - 1][1] + terms[middle][1]) / 2
        turning = roots([(a * (t - pivot), t) for a, t in terms])
    ends = [-math.inf, *turning, math.inf]
    signs = [math.copysign(1, terms[-1][0]), *(_sign(terms, d) for d in turning), math.copysign(1, terms[0][0])]
    found = [d for d, s in zip(turning, signs[1:-1], strict=True) if s == 0]
    for k in range(1, len(ends)):
        if signs[k - 1] * signs[k] < 0:
            found.append(_bisect(terms, ends[k - 1], ends[k], signs[k - 1]))
    return sorted(found)


def _value(terms: Sequence[Term], d: float) -> tuple[float, float]:
    """f(d) and the sum of its absolute terms, both scaled so that the largest exponential is 1."""
    top = max(-d * terms[0][1], -d * terms[-1][1])
    parts = [a * math.exp(-d * t - top) for a, t in terms]
    return math.fsum(parts), math.fsum(map(abs, parts))


def _sign(terms: Sequence[Term], d: float) -> float:
    """The sign of f at a turning point: 0 where it only touches the axis."""
    value, size = _value(terms, d)
    return 0.0 if abs(value) <= TOUCHING * size else math.copysign(1, value)


def _bisect(terms: Sequence[Term], low: float, high: float, sign: float) -> float:
    """The one root between two turning points (or infinity), f having `sign` at the lower end."""
    step = 1.0
    if math.isinf(low):
        low = min(high, 0.0) - step
        while _value(terms, low)[0] * sign < 0:
            low, step = low - step, step * 2
    if math.isinf(high):
        high = max(low, 0.0) + step
        while _value(terms, high)[0] * sign > 0:
            high, step = high + step, step * 2
    middle = (low + high) / 2
    while low < middle < high:
        if _value(terms, middle)[0] * sign > 0:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2
    return middle
