"""等额本金: the same principal part every time, interest on what is still owed, so instalments fall.

The part is the balance over the number of instalments that hold principal, rounded once; the last one repays what is
left. With `multiple` it is the principal part that is a whole multiple: the interest on top cannot be.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chedai.engine.money import Rounding, divide
from chedai.engine.schedule.rows import Amounts


def equal_principal_from(
    balance: int,
    factors: Sequence[Fraction],
    *,
    grace: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
    multiple: int = 1,
) -> Amounts:
    """Equal principal parts of `balance` over `factors`, after `grace` instalments of interest only."""
    part = divide(balance, (len(factors) - grace) * multiple, rounding) * multiple
    return fixed_parts(balance, factors, [0] * grace + [part] * (len(factors) - grace), rounding)


def fixed_parts(balance: int, factors: Sequence[Fraction], parts: Sequence[int], rounding: Rounding) -> Amounts:
    """Stated principal parts with interest on the balance; never more than is owed, the last repays what is left."""
    principal, interest = [], []
    last = len(factors) - 1
    for k, (f, wanted) in enumerate(zip(factors, parts, strict=True)):
        interest.append(divide(balance * f.numerator, f.denominator, rounding))
        part = balance if k == last else min(wanted, balance)
        balance -= part
        principal.append(part)
    return Amounts(principal, interest, None)
