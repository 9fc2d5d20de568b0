"""Every method of repayment for a batch: principal and interest rows, and the level amount where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chedai.engine.errors import Infeasible
from chedai.engine.money import FEN_MAX, FenColumn
from chedai.engine.schedule.amounts import divide_column
from chedai.engine.schedule.batch import Batch
from chedai.engine.schedule.kernel import Repays, share_out
from chedai.engine.schedule.solve_columns import level_column, stepped_column
from chedai.engine.schedule.stepped import each_period
from chedai.engine.terms import Amortisation, StepKind

Rows: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64], FenColumn | None]
"""Principal and interest, [period, loan], and the level amount, [loan]."""


def level(batch: Batch) -> Rows:
    """等额本息 and 气球贷, solved or stated; the last instalment carries the tail and the odd cents."""
    amount = _level_amount(batch) if batch.stated is None else batch.stated
    principal, interest = batch.rows(batch.after_grace(amount, holds_interest=True))
    if batch.amortisation is Amortisation.BALLOON and batch.stated is not None:
        short = batch.last(principal) + batch.last(interest) < amount
        if short.any():
            row = int(np.flatnonzero(short)[0])
            rule = "leaves no tail: it repays the loan before the end"
            raise Infeasible("instalment", rule, "月供过高,没有尾款", row=row, value=int(amount[row]))
    return principal, interest, amount


def level_spread(batch: Batch) -> Rows:
    """As `level`, the residue of the last instalment shared out over all where that makes it smaller."""
    amount = _level_amount(batch)
    principal, interest = batch.rows(batch.after_grace(amount, holds_interest=True))
    left = batch.last(principal) + batch.last(interest) - amount - batch.tail
    count = batch.periods - batch.grace
    loans = np.flatnonzero(2 * abs(left) > count)
    while loans.size:
        part = batch.take(loans)
        share = divide_column(left[loans], count[loans], batch.rounding)
        moved = divide_column(amount[loans] + share, np.full_like(loans, batch.multiple), batch.rounding)
        moved *= batch.multiple
        refused = np.zeros(loans.size, np.bool_)
        trial = part.rows(part.after_grace(moved, holds_interest=True), refused)
        left_by_trial = part.last(trial[0]) + part.last(trial[1]) - moved - part.tail
        better = (abs(left_by_trial) < abs(left[loans])) & ~refused
        loans = loans[better]
        amount[loans], left[loans] = moved[better], left_by_trial[better]
        height = part.height
        principal[:height, loans], interest[:height, loans] = (rows[:, better] for rows in trial)
        loans = loans[2 * abs(left[loans]) > count[loans]]
    return principal, interest, amount


def equal_principal(batch: Batch) -> Rows:
    """等额本金: one principal part, the last repays what is left."""
    count = (batch.periods - batch.grace) * batch.multiple
    part = divide_column(batch.balance, count, batch.rounding) * batch.multiple
    return *batch.rows(batch.after_grace(part, holds_interest=False)), None


def interest_first(batch: Batch) -> Rows:
    """先息后本: interest every period, everything else with the last."""
    return *batch.rows(batch.after_grace(np.zeros_like(batch.balance), holds_interest=False)), None


def bullet(batch: Batch) -> Rows:
    """到期一次还本付息: one row holds the principal and the simple interest of the whole term."""
    principal, interest = batch.space()
    principal[:], interest[:] = 0, 0
    due = np.empty_like(batch.balance)
    batch.weights.interest(batch.balance, batch.weights.whole_term(batch.periods), batch.rounding, out=due)
    at_the_end = batch.periods - 1, np.arange(batch.periods.size)
    principal[at_the_end], interest[at_the_end] = batch.balance, due
    return principal, interest, None


def stepped(batch: Batch) -> Rows:
    """阶梯: the same steps for every loan, the free amount solved for each."""
    free = any(step.kind is StepKind.SOLVE for step in batch.steps)
    solved = None
    if free:
        solved = stepped_column(batch.balance, batch.steps, batch.weights, batch.rounding, batch.multiple)
    script = []
    for step in each_period(batch.steps):
        if solved is not None and step.kind is StepKind.SOLVE:
            script.append(Repays(solved, holds_interest=True))
        else:
            stated = 0 if step.kind is StepKind.INTEREST_ONLY else step.amount
            holds_interest = step.kind is StepKind.INSTALMENT
            script.append(Repays(np.full_like(batch.balance, stated), holds_interest, exact=True))
    return *batch.rows(script), solved


def flat(batch: Batch) -> Rows:
    """等本等息: the interest of the whole term and the principal are both shared out in equal parts."""
    periods, weights = batch.periods, batch.weights
    interest = np.empty_like(batch.balance)
    weights.interest(batch.balance, weights.whole_term(periods), batch.rounding, out=interest)
    charged = np.maximum(periods - weights.free, 1)
    share = divide_column(interest, charged, batch.rounding)
    amount = _flat_amount(batch, interest, charged, share)
    short = (amount < share) & (periods - batch.grace > 1)
    if short.any():
        row = int(np.flatnonzero(short)[0])
        raise Infeasible("instalment", "must cover the interest of instalment 1", "不足以支付第 1 期利息", row=row)
    rows = batch.space()
    share_out(batch.balance, np.maximum(amount - share, 0), batch.grace, periods, out=rows[0])
    share_out(interest, share, min(weights.free, batch.height), periods, out=rows[1])
    return rows[0], rows[1], None if batch.amortisation is Amortisation.INTEREST_FIRST else amount


def _level_amount(batch: Batch) -> FenColumn:
    return level_column(
        batch.balance, batch.tail, batch.weights, batch.periods, batch.grace, batch.rounding, batch.multiple
    )


def _flat_amount(batch: Batch, interest: FenColumn, charged: FenColumn, share: FenColumn) -> FenColumn:
    """The flat instalment of a period that holds principal and interest; see `flat._instalment`."""
    if batch.stated is not None:
        return batch.stated
    if batch.amortisation is Amortisation.INTEREST_FIRST:
        return share
    parts = batch.periods - batch.grace
    if batch.amortisation is Amortisation.EQUAL_PRINCIPAL:
        return divide_column(batch.balance, parts * batch.multiple, batch.rounding) * batch.multiple + share
    balance = batch.balance
    if (int(balance.max()) + int(interest.max())) * batch.height > FEN_MAX:
        balance, interest = balance.astype(object), interest.astype(object)
    both = balance * charged + interest * parts
    return divide_column(both, parts * charged * batch.multiple, batch.rounding) * batch.multiple


METHODS: Final[dict[Amortisation, Callable[[Batch], Rows]]] = {
    Amortisation.EQUAL_INSTALMENT: level,
    Amortisation.EQUAL_PRINCIPAL: equal_principal,
    Amortisation.INTEREST_FIRST: interest_first,
    Amortisation.BULLET: bullet,
    Amortisation.BALLOON: level,
    Amortisation.STEPPED: stepped,
}
