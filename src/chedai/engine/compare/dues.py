"""What is due each month, for many candidates at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from chedai.engine.compare.offer import Candidate
from chedai.engine.compare.wish import Wish
from chedai.engine.money import RATE_SCALE, FenColumn
from chedai.engine.schedule import plan


@dataclass(frozen=True, slots=True)
class Dues:
    """Principal and interest parts, one row a candidate and one column an instalment, 0 past the row's own term."""

    principal: FenColumn
    interest: FenColumn
    periods: FenColumn


def dues_of(candidates: Sequence[Candidate], wish: Wish) -> Dues:
    """The instalments of every candidate, to the fen: monthly periods of a twelfth of a year."""
    periods = np.array([c.periods for c in candidates], dtype=np.int64)
    shape = (len(candidates), int(periods.max(initial=1)))
    principal, interest = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, c in enumerate(candidates):
        factors = [Fraction(c.annual_rate, 12 * RATE_SCALE)] * c.periods
        amounts = plan(c.terms(wish), c.principal, factors)
        principal[row, : c.periods] = amounts.principal
        interest[row, : c.periods] = amounts.interest
    return Dues(principal, interest, periods)
