"""气球贷, 弹性尾款: level instalments that leave a tail, due with the last of them. Solved both ways.

Fix the tail and the instalment follows from the present-value equation; fix the instalment and the tail is what it
leaves. Either way the last row holds an ordinary instalment, the tail and the odd cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chedai.engine.errors import Infeasible
from chedai.engine.money import Rounding
from chedai.engine.schedule.level import level_from
from chedai.engine.schedule.rows import Amounts
from chedai.engine.terms import Residue


def balloon_from(
    balance: int,
    factors: Sequence[Fraction],
    *,
    tail: int = 0,
    instalment: int | None = None,
    grace: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
    multiple: int = 1,
    residue: Residue = Residue.LAST,
) -> Amounts:
    """Level instalments down to `tail`, or stated ones down to whatever they leave.

    Errors: `Infeasible` where the instalment does not cover the interest, or repays everything before the end.
    """
    amounts = level_from(
        balance,
        factors,
        tail=tail,
        instalment=instalment,
        grace=grace,
        rounding=rounding,
        multiple=multiple,
        residue=residue,
    )
    if instalment is not None and tail_of(amounts) < 0:
        raise Infeasible(
            "instalment", "leaves no tail: it repays the loan before the end", "月供过高,没有尾款", value=instalment
        )
    return amounts


def tail_of(amounts: Amounts) -> int:
    """What the last instalment holds above the level one: the tail of a balloon plan, with the odd cents."""
    return amounts.principal[-1] + amounts.interest[-1] - (amounts.instalment or 0)
