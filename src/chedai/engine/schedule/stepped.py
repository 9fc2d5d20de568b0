"""阶梯, 分段, 不规则还款: a plan in segments, of which one may be left free and is solved.

Each segment fixes what its instalments hold: interest only, a stated instalment, a stated principal part with interest
on top, or the free level amount X. The balance stays linear in X from row to row,

    B_k = a_k - b_k * X,

so X = a_n / b_n is one exact fraction that brings the last balance to 0. It is rounded once. Without a free segment the
last instalment is the free one: it repays what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from chedai.engine.errors import Infeasible, InvalidArgument
from chedai.engine.money import Rounding, divide
from chedai.engine.schedule.level import refuse_growing_debt
from chedai.engine.schedule.rows import Amounts
from chedai.engine.terms import Step, StepKind


def stepped_from(
    balance: int,
    factors: Sequence[Fraction],
    steps: Sequence[Step],
    *,
    rounding: Rounding = Rounding.HALF_UP,
    multiple: int = 1,
) -> Amounts:
    """The rows of `steps` over `factors`, one factor a period; `Amounts.instalment` is the solved amount.

    Errors: `InvalidArgument` for steps that do not fit the periods or leave two amounts free; `Infeasible` where a
    segment does not cover its interest, or repays more than is owed before the end.
    """
    refuse_steps(steps, len(factors))
    free = any(step.kind is StepKind.SOLVE for step in steps)
    solved = solved_amount(balance, factors, steps, rounding, multiple) if free else None
    amounts = _rows(balance, factors, steps, solved, rounding)
    refuse_growing_debt(amounts)
    return amounts


def refuse_steps(steps: Sequence[Step], periods: int) -> None:
    """Errors: `InvalidArgument` with the position of the first step that is wrong."""
    for row, step in enumerate(steps):
        if step.periods < 1:
            raise InvalidArgument("steps", "must last at least one period", "每段至少一期", row=row, value=step.periods)
        if step.amount < 0:
            raise InvalidArgument(
                "steps", "must not have a negative amount", "金额不得为负", row=row, value=step.amount
            )
    free = [row for row, step in enumerate(steps) if step.kind is StepKind.SOLVE]
    if len(free) > 1:
        raise InvalidArgument("steps", "must leave one amount free at most", "最多一段待求", row=free[1])
    covered = sum(step.periods for step in steps)
    if covered != periods:
        raise InvalidArgument("steps", f"must cover {periods} periods", f"各段期数之和必须为 {periods}", value=covered)


def each_period(steps: Sequence[Step]) -> Iterator[Step]:
    """The step every period belongs to, in order."""
    for step in steps:
        for _ in range(step.periods):
            yield step


def solved_amount(
    balance: int, factors: Sequence[Fraction], steps: Sequence[Step], rounding: Rounding, multiple: int
) -> int:
    """The free amount. `owed` and `paid` are a_k and b_k over the common denominator `scale`."""
    owed, paid, scale = balance, 0, 1
    for step, f in zip(each_period(steps), factors, strict=True):
        if step.kind is StepKind.PRINCIPAL:
            owed -= step.amount * scale
        elif step.kind is not StepKind.INTEREST_ONLY:
            growth = f.numerator + f.denominator
            scale *= f.denominator
            owed, paid = owed * growth, paid * growth
            if step.kind is StepKind.SOLVE:
                paid += scale
            else:
                owed -= step.amount * scale
    if owed < 0:
        raise Infeasible("steps", "repay more than is owed before the free amount", "已定各段还款超过所欠本息")
    return divide(owed, paid * multiple, rounding) * multiple


def _rows(
    balance: int, factors: Sequence[Fraction], steps: Sequence[Step], solved: int | None, rounding: Rounding
) -> Amounts:
    principal, interest = [], []
    last = len(factors) - 1
    for k, (step, f) in enumerate(zip(each_period(steps), factors, strict=True)):
        due = divide(balance * f.numerator, f.denominator, rounding)
        part = balance if k == last else _part(step, solved, due)
        if part > balance:
            if step.kind is not StepKind.SOLVE:
                rule = f"repay more than is owed at instalment {k + 1}"
                raise Infeasible("steps", rule, f"第 {k + 1} 期还款超过所欠本息", value=part + due)
            part = balance
        balance -= part
        principal.append(part)
        interest.append(due)
    return Amounts(principal, interest, solved)


def _part(step: Step, solved: int | None, due: int) -> int:
    """The principal part a step wants from a period whose interest is `due`."""
    if step.kind is StepKind.INTEREST_ONLY:
        return 0
    if step.kind is StepKind.PRINCIPAL:
        return step.amount
    return (step.amount if solved is None or step.kind is StepKind.INSTALMENT else solved) - due
