"""One batch of loans under one set of conventions, checked and brought to one length."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chedai.engine.money import FenColumn, Rounding
from chedai.engine.schedule.kernel import Repays, run
from chedai.engine.schedule.weights import Weights
from chedai.engine.terms import Amortisation, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Columns of shape [loan] in fen; `stated` is a fixed instalment, `tail` the balloon, `room` arrays to fill."""

    balance: FenColumn
    periods: FenColumn
    weights: Weights
    tail: FenColumn
    stated: FenColumn | None
    amortisation: Amortisation
    rounding: Rounding
    multiple: int
    grace: int
    steps: tuple[Step, ...]
    room: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None

    @property
    def height(self) -> int:
        """Rows of the result: the longest term."""
        return int(self.periods.max())

    def take(self, loans: NDArray[np.intp]) -> Batch:
        """Some of the loans."""
        return replace(
            self,
            balance=self.balance[loans],
            periods=self.periods[loans],
            weights=self.weights.take(loans),
            tail=self.tail[loans],
            room=None,
        )

    def after_grace(self, amount: FenColumn, *, holds_interest: bool) -> list[Repays]:
        """Interest only during the grace, then `amount` every period."""
        nothing = Repays(np.zeros_like(self.balance), holds_interest=False)
        return [nothing] * self.grace + [Repays(amount, holds_interest)] * (self.height - self.grace)

    def rows(
        self, script: list[Repays], refused: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Principal and interest of `script`, each [period, loan]."""
        principal, interest = self.space()
        run(self.balance, self.weights, self.periods, script, self.rounding, principal, interest, refused)
        return principal, interest

    def space(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Two arrays [period, loan] for principal and interest, their content of no meaning."""
        shape = (self.height, self.balance.size)
        if self.room is not None and all(r.shape[0] >= shape[0] and r.shape[1] == shape[1] for r in self.room):
            return self.room[0][: shape[0]], self.room[1][: shape[0]]
        return np.empty(shape, np.int64), np.empty(shape, np.int64)

    def last(self, rows: NDArray[np.int64]) -> FenColumn:
        """The figure in each loan's own last row."""
        return rows[self.periods - 1, np.arange(self.periods.size)]
