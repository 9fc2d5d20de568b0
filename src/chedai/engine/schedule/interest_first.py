"""先息后本 and 到期一次还本付息: the principal comes back in one sum at the end.

Interest first pays the interest of every period when it ends. Paid at maturity, nothing is due before the last day, and
the interest of the whole term is one figure: principal x sum of the factors, rounded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chedai.engine.money import Rounding, divide
from chedai.engine.schedule.equal_principal import fixed_parts
from chedai.engine.schedule.rows import Amounts


def interest_first_from(balance: int, factors: Sequence[Fraction], *, rounding: Rounding = Rounding.HALF_UP) -> Amounts:
    """Interest every period, the whole `balance` with the last."""
    return fixed_parts(balance, factors, [0] * len(factors), rounding)


def bullet_from(balance: int, factors: Sequence[Fraction], *, rounding: Rounding = Rounding.HALF_UP) -> Amounts:
    """Nothing until the last period, then `balance` and its interest over all of them; simple, not compounded."""
    whole = sum(factors, Fraction(0))
    before = [0] * (len(factors) - 1)
    interest = divide(balance * whole.numerator, whole.denominator, rounding)
    return Amounts([*before, balance], [*before, interest], None)
