"""等本等息, 平息: interest on the original principal, whatever was repaid.

The interest of the whole term is a contract amount: principal x sum of the factors, rounded once. It is shared out in
equal parts, the last takes what is left; so is the principal. How the two are rounded is the product's choice:

- equal instalment: (principal + interest) / n is rounded once, the principal part is what interest leaves of it;
- equal principal: the principal part is rounded by itself, and the instalment is the sum of the two.

They differ by a fen at most: 100,000.00 and 16,000.00 over 60 months is 1,933.33 the first way, 1,933.34 the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chedai.engine.errors import Infeasible
from chedai.engine.money import Rounding, divide
from chedai.engine.schedule.rows import Amounts
from chedai.engine.terms import Amortisation


def flat_from(
    balance: int,
    factors: Sequence[Fraction],
    *,
    amortisation: Amortisation = Amortisation.EQUAL_INSTALMENT,
    instalment: int | None = None,
    grace: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
    multiple: int = 1,
) -> Amounts:
    """Equal principal and equal interest over `factors`; a factor of 0 marks a period that bears no interest.

    `instalment`: a stated amount instead of the solved one. `grace`: so many instalments hold interest only.
    Errors: `Infeasible` where the instalment is below its interest.
    """
    charged = sum(1 for f in factors if f) or 1
    whole = sum(factors, Fraction(0)) * balance
    interest = divide(whole.numerator, whole.denominator, rounding)
    share = divide(interest, charged, rounding)
    level = _instalment(balance, len(factors) - grace, interest, charged, share, amortisation, rounding, multiple)
    level = level if instalment is None else instalment
    if level is not None and level < share and len(factors) - grace > 1:
        raise Infeasible("instalment", "must cover the interest of instalment 1", "不足以支付第 1 期利息", value=level)
    part = 0 if level is None else level - share
    parts = [0] * grace + [part] * (len(factors) - grace)
    shares = [share if f else 0 for f in factors]
    return Amounts(_share_out(balance, parts), _share_out(interest, shares), level)


def _instalment(
    balance: int,
    parts: int,
    interest: int,
    charged: int,
    share: int,
    amortisation: Amortisation,
    rounding: Rounding,
    multiple: int,
) -> int | None:
    """Principal over `parts`, interest over `charged` instalments, rounded as one or apart; None if interest first."""
    if amortisation is Amortisation.INTEREST_FIRST:
        return None
    if amortisation is Amortisation.EQUAL_PRINCIPAL:
        return divide(balance, parts * multiple, rounding) * multiple + share
    both = balance * charged + interest * parts
    return divide(both, parts * charged * multiple, rounding) * multiple


def _share_out(amount: int, wanted: Sequence[int]) -> list[int]:
    """`wanted` parts of `amount`, never more than is left; the last takes the rest."""
    parts = []
    for part in wanted[:-1]:
        taken = min(part, amount)
        parts.append(taken)
        amount -= taken
    return [*parts, amount]
