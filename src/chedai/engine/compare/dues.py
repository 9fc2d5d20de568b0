"""What is due each month, for many candidates at once: one call of the schedule's columns for each way of repaying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chedai.engine.compare.offer import Candidate
from chedai.engine.money import FenColumn, Rounding
from chedai.engine.schedule import schedule_columns
from chedai.engine.terms import Amortisation, InterestMethod

_Way = tuple[Amortisation, InterestMethod, int, Rounding]


@dataclass(frozen=True, slots=True)
class Dues:
    """Principal and interest parts, [period, candidate], 0 past a candidate's own term; and the terms, [candidate]."""

    principal: NDArray[np.int64]
    interest: NDArray[np.int64]
    periods: FenColumn


def dues_of(candidates: Sequence[Candidate]) -> Dues:
    """The instalments of every candidate, to the fen: monthly periods of a twelfth of a year."""
    periods = np.array([c.periods for c in candidates], dtype=np.int64)
    shape = (int(periods.max(initial=1)), len(candidates))
    principal, interest = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    ways: dict[_Way, list[int]] = {}
    for row, c in enumerate(candidates):
        way = (
            c.repayment.amortisation,
            c.repayment.interest_method,
            c.repayment.grace_principal,
            c.offer.product.rounding,
        )
        ways.setdefault(way, []).append(row)
    for (amortisation, interest_method, grace, rounding), rows in ways.items():
        made = schedule_columns(
            [candidates[row].principal for row in rows],
            [candidates[row].annual_rate for row in rows],
            periods[rows],
            amortisation=amortisation,
            interest_method=interest_method,
            balloon=[candidates[row].tail for row in rows],
            grace_principal=grace,
            rounding=rounding,
        )
        height = made.principal.shape[0]
        principal[:height, rows] = made.principal
        interest[:height, rows] = made.interest
    return Dues(principal, interest, periods)
