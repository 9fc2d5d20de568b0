"""The rows of a whole batch: one step a period, all loans at once, in blocks that stay in the cache.

A loop over periods, never over loans. Each step is interest on the balance, then what the period repays: a payment
less its interest, or a stated principal part; never more than is owed, and whatever is left with a loan's own last
instalment. Everything is an integer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chedai.engine.errors import Infeasible
from chedai.engine.money import FenColumn, Rounding
from chedai.engine.schedule.weights import Weights

BLOCK = 16_384


class Repays(NamedTuple):
    """What one period repays: `amount[loan]` is a payment that holds its interest, or a principal part with it on top.

    `exact`: repaying more than is owed is an error, not the end of the plan.
    """

    amount: FenColumn
    holds_interest: bool
    exact: bool = False


class Lasts:
    """Which loans of a block have their last instalment in which period."""

    def __init__(self, periods: FenColumn) -> None:
        # 16 bits sort by counting, four times as fast; no plan has 65,536 instalments.
        self._order = np.argsort(periods.astype(np.uint16), kind="stable")
        self._cuts = np.searchsorted(periods[self._order], np.arange(int(periods.max()) + 2))

    def __getitem__(self, k: int) -> NDArray[np.intp]:
        """Positions of the loans whose instalment `k` (from 0) is the last."""
        return self._order[self._cuts[k + 1] : self._cuts[k + 2]]


def run(
    balance: FenColumn,
    weights: Weights,
    periods: FenColumn,
    script: Sequence[Repays],
    rounding: Rounding,
    principal: NDArray[np.int64],
    interest: NDArray[np.int64],
    refused: NDArray[np.bool_] | None = None,
) -> None:
    """Fill `principal` and `interest`, both [period, loan]; rows beyond a loan's own periods become 0.

    `script` holds one entry a period. Errors: `Infeasible` with the loan's row where a payment does not cover its
    interest, or where an exact amount repays more than is owed. With `refused`, [loan], the first is no error: such a
    loan is marked there and its rows mean nothing.
    """
    for first in range(0, balance.size, BLOCK):
        loans = slice(first, min(first + BLOCK, balance.size))
        left = balance[loans].copy()
        lasts = Lasts(periods[loans])
        height = int(periods[loans].max())
        for k in range(height):
            due, part = interest[k, loans], principal[k, loans]
            weight = weights.at(k, loans)
            if weight is None:
                due[:] = 0
            else:
                weights.interest(left, weight, rounding, out=due)
            amount = script[k].amount[loans]
            wanted = np.subtract(amount, due, out=part) if script[k].holds_interest else amount
            if script[k].exact:
                _refuse_overpaying(wanted > left, lasts[k], first, k)
            np.minimum(wanted, left, out=part)
            last = lasts[k]
            if last.size:
                part[last] = left[last]
            # A payment that covers its interest once does so ever after, unless weights or amounts change.
            if script[k].holds_interest and not (weights.uniform and k and script[k] is script[k - 1]):
                _refuse_growing_debt(part, loans, k, refused)
            np.subtract(left, part, out=left)
        principal[height:, loans] = 0
        interest[height:, loans] = 0


def share_out(total: FenColumn, part: FenColumn, first: int, periods: FenColumn, out: NDArray[np.int64]) -> None:
    """Equal parts of `total` in rows `first` to each loan's last, which takes the rest; never more than is left."""
    for start in range(0, total.size, BLOCK):
        loans = slice(start, min(start + BLOCK, total.size))
        left = total[loans].copy()
        lasts = Lasts(periods[loans])
        height = int(periods[loans].max())
        out[:first, loans] = 0
        for k in range(first, height):
            row = np.minimum(part[loans], left, out=out[k, loans])
            last = lasts[k]
            if last.size:
                row[last] = left[last]
            np.subtract(left, row, out=left)
        out[height:, loans] = 0


def _refuse_growing_debt(part: FenColumn, loans: slice, k: int, refused: NDArray[np.bool_] | None) -> None:
    if part.min() >= 0:
        return
    if refused is None:
        row = loans.start + int(np.flatnonzero(part < 0)[0])
        rule = f"must cover the interest of instalment {k + 1}"
        raise Infeasible("instalment", rule, f"不足以支付第 {k + 1} 期利息", row=row)
    refused[loans] |= part < 0
    np.maximum(part, 0, out=part)


def _refuse_overpaying(above: NDArray[np.bool_], lasts: NDArray[np.intp], first: int, k: int) -> None:
    above[lasts] = False
    if above.any():
        rule = f"repay more than is owed at instalment {k + 1}"
        raise Infeasible("steps", rule, f"第 {k + 1} 期还款超过所欠本息", row=first + int(np.flatnonzero(above)[0]))
