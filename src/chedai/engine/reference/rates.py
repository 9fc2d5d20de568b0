"""Internal rates of return by bisection in 50 digits: the judge of `engine.rates`.

Only for flows that change sign once, which have exactly one rate: then the present value is positive on one side of it
and negative on the other, and halving finds it without any derivative. Nothing is shared with the fast versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext

DIGITS = 50
YEAR = 365


def irr(flows: Sequence[int]) -> Decimal:
    """The rate a period of flows one period apart."""
    return _bisect(list(enumerate(flows)), 1)


def xirr(flows: Sequence[int], days: Sequence[date]) -> Decimal:
    """The effective annual rate of flows on dates; found as a daily discount and carried to 365 days."""
    start = min(days)
    return _bisect([((day - start).days, flow) for flow, day in zip(flows, days, strict=True)], YEAR)


def _bisect(flows: list[tuple[int, int]], periods: int) -> Decimal:
    """(1 / v) ** periods - 1 at the discount v a unit of time at which the flows balance."""
    flows = [(time, flow) for time, flow in sorted(flows) if flow]
    first = flows[0][1]
    with localcontext() as context:
        context.prec = DIGITS + 10
        low, high = Decimal(0), Decimal(1)
        while _worth(flows, high) * first > 0:
            low, high = high, high * 2
        while high - low > high.scaleb(-DIGITS):
            middle = (low + high) / 2
            if _worth(flows, middle) * first > 0:
                low = middle
            else:
                high = middle
        return (1 / high) ** periods - 1


def _worth(flows: list[tuple[int, int]], v: Decimal) -> Decimal:
    """sum flow * v ** time."""
    return sum((flow * v**time for time, flow in flows), Decimal(0))
