"""等额本息: the level instalment, whatever the periods are.

One amount repays the loan when the present value of all instalments equals the principal. With its own interest factor
f_k a period (rate x part of the year), and a tail T due with the last instalment (气球贷):

    B * prod(1 + f_k) = A * sum_k prod_{j > k}(1 + f_j) + T

Both sides are multiplied by the denominators, so A is one fraction of two integers and is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeAlias

from chedai.engine.money import Rounding, divide

Factor: TypeAlias = tuple[int, int]
"""Interest of a period for one fen of balance, as numerator and denominator."""


def level_instalment(
    balance: int,
    factors: Sequence[Fraction],
    tail: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
    multiple: int = 1,
) -> int:
    """The instalment in fen that brings `balance` to `tail` over the periods of `factors`, rounded once.

    `factors`: interest of each period for one fen of balance (annual rate x part of the year). `tail` falls due with
    the last instalment, on top of it. `multiple`: the instalment is a whole multiple of so many fen.
    Source: present-value equation of 等额本息, docs/algorithms/level.md.
    """
    return level_of([(f.numerator, f.denominator) for f in factors], balance, tail, rounding, multiple)


def level_of(factors: Iterable[Factor], balance: int, tail: int, rounding: Rounding, multiple: int) -> int:
    """`level_instalment` on integer factors."""
    growth, annuity, scale = 1, 0, 1
    for numerator, denominator in factors:
        step = numerator + denominator
        scale *= denominator
        growth *= step
        annuity = annuity * step + scale
    return divide(balance * growth - tail * scale, annuity * multiple, rounding) * multiple


def level_uniform(factor: Factor, periods: int, balance: int, tail: int, rounding: Rounding, multiple: int) -> int:
    """`level_of` where all periods bear the same factor: the geometric sum in closed form."""
    numerator, denominator = factor
    if numerator == 0:
        return divide(balance - tail, periods * multiple, rounding) * multiple
    growth, scale = (numerator + denominator) ** periods, denominator**periods
    owed = (balance * growth - tail * scale) * numerator
    return divide(owed, denominator * (growth - scale) * multiple, rounding) * multiple
