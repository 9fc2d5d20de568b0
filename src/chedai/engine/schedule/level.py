"""等额本息 and 气球贷: the level instalment, whatever the periods are.

One amount repays the loan when the present value of all instalments equals the principal. With its own interest factor
f_k a period (rate x part of the year), and a tail T due with the last instalment:

    B * prod(1 + f_k) = A * sum_k prod_{j > k}(1 + f_j) + T

Both sides are multiplied by the denominators, so A is one fraction of two integers and is rounded once. The rows
follow: interest on the balance, the rest of A is principal; the last row repays what is left, odd cents included.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chedai.engine.errors import Infeasible, InvalidArgument
from chedai.engine.money import Rounding, divide
from chedai.engine.schedule.rows import Amounts
from chedai.engine.terms import Residue


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
    Source: present-value equation of 等额本息, docs/algorithms/level.md. Errors: `InvalidArgument` without a period.
    """
    if not factors:
        raise InvalidArgument("factors", "must hold at least one period", "至少须有一期")
    first = factors[0]
    if all(f is first for f in factors):
        return _uniform(first, len(factors), balance, tail, rounding, multiple)
    growth, annuity, scale = 1, 0, 1
    for f in factors:
        denominator = f.denominator
        step = f.numerator + denominator
        scale *= denominator
        growth *= step
        annuity = annuity * step + scale
    return divide(balance * growth - tail * scale, annuity * multiple, rounding) * multiple


def level_from(
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
    """Level instalments from `balance` to 0 over `factors`; the last one carries the tail and the odd cents.

    `instalment`: a stated amount instead of the solved one (the last instalment then takes whatever is left, the plan
    ends early where it is repaid sooner). `grace`: so many instalments hold interest only before the level ones.
    With `Residue.SPREAD` a last instalment off by more than half a fen an instalment moves the level amount, as long as
    that brings it nearer. Errors: `Infeasible` where the instalment does not cover the interest of a period.
    """
    amount = instalment
    if amount is None:
        amount = level_instalment(balance, factors[grace:], tail, rounding, multiple)
    amounts = pay(balance, factors, amount, grace, rounding)
    refuse_growing_debt(amounts)
    if instalment is None and residue is Residue.SPREAD:
        return _spread(amounts, amount, balance, factors, tail, grace, rounding, multiple)
    return amounts


def pay(balance: int, factors: Sequence[Fraction], instalment: int, grace: int, rounding: Rounding) -> Amounts:
    """The rows of a level instalment, not checked: a principal part below 0 means it does not cover the interest."""
    principal, interest = [], []
    last = len(factors) - 1
    for k, f in enumerate(factors):
        due = divide(balance * f.numerator, f.denominator, rounding)
        part = balance if k == last else 0 if k < grace else min(instalment - due, balance)
        balance -= part
        principal.append(part)
        interest.append(due)
    return Amounts(principal, interest, instalment)


def refuse_growing_debt(amounts: Amounts) -> None:
    """Errors: `Infeasible` where an instalment is below its interest, so that the debt would grow."""
    if min(amounts.principal) < 0:
        n = next(k for k, part in enumerate(amounts.principal, 1) if part < 0)
        raise Infeasible(
            "instalment",
            f"must cover the interest of instalment {n}",
            f"不足以支付第 {n} 期利息",
            value=amounts.principal[n - 1] + amounts.interest[n - 1],
        )


def _uniform(factor: Fraction, periods: int, balance: int, tail: int, rounding: Rounding, multiple: int) -> int:
    """All periods bear the same factor: the geometric sum in closed form."""
    numerator, denominator = factor.numerator, factor.denominator
    if numerator == 0:
        return divide(balance - tail, periods * multiple, rounding) * multiple
    growth, scale = (numerator + denominator) ** periods, denominator**periods
    owed = (balance * growth - tail * scale) * numerator
    return divide(owed, denominator * (growth - scale) * multiple, rounding) * multiple


def _spread(
    amounts: Amounts,
    solved: int,
    balance: int,
    factors: Sequence[Fraction],
    tail: int,
    grace: int,
    rounding: Rounding,
    multiple: int,
) -> Amounts:
    """Move the level amount by the residue of the last instalment, shared out, while the residue gets smaller."""
    left = _last(amounts) - solved - tail
    level = len(factors) - grace
    while 2 * abs(left) > level:
        moved = divide(solved + divide(left, level, rounding), multiple, rounding) * multiple
        trial = pay(balance, factors, moved, grace, rounding)
        left_by_trial = _last(trial) - moved - tail
        if abs(left_by_trial) >= abs(left) or min(trial.principal) < 0:
            break
        amounts, solved, left = trial, moved, left_by_trial
    return amounts


def _last(amounts: Amounts) -> int:
    return amounts.principal[-1] + amounts.interest[-1]
