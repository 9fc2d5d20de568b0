"""The figures of many candidates at once: one call for the schedules, one for the rates, the rest sums over columns.

Everything is int64 fen in matrices of one row a candidate and one column an instalment, 0 past a row's own term. The
rate is the monthly IRR of the flows with the fees that the rate counts, as `rates.all_in` has it for one loan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chedai.engine.compare.bounds import taken_from_payout
from chedai.engine.compare.dues import Dues, dues_of
from chedai.engine.compare.offer import Candidate
from chedai.engine.compare.wish import Wish
from chedai.engine.money import FenColumn
from chedai.engine.rates import When, irr_columns

RateColumn = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Columns over candidates. `settled_*` are matrices over the months that were asked for, in that order."""

    dues: Dues
    periodic: FenColumn  # fees with every instalment that the rate counts
    one_off: FenColumn  # fees taken once that the rate counts
    signing: FenColumn  # every fee taken at or before the payout
    instalment: FenColumn
    highest: FenColumn
    last: FenColumn
    interest: FenColumn
    nominal: RateColumn
    effective: RateColumn
    settled_interest: FenColumn  # interest paid up to the month
    settled_balance: FenColumn  # principal owed after it


def figures(candidates: Sequence[Candidate], wish: Wish, months: Sequence[int]) -> Figures:
    """All figures of all candidates. Every candidate must be within the bounds on its amount."""
    dues = dues_of(candidates, wish)
    regular = dues.principal + dues.interest
    periodic, one_off, signing, received = _fees(candidates)
    instalment, highest, last = _instalments(dues, regular, periodic)
    rate = _monthly_rates(dues, regular, periodic, one_off, received)
    upto = np.minimum(np.array(months, dtype=np.int64)[None, :], dues.periods[:, None]) - 1
    repaid = np.take_along_axis(np.cumsum(dues.principal, axis=1), upto, axis=1)
    return Figures(
        dues,
        periodic,
        one_off,
        signing,
        instalment,
        highest,
        last,
        dues.interest.sum(axis=1),
        12 * rate,
        np.expm1(12 * np.log1p(rate)),
        np.take_along_axis(np.cumsum(dues.interest, axis=1), upto, axis=1),
        np.array([c.principal for c in candidates], dtype=np.int64)[:, None] - repaid,
    )


def highest_instalments(candidates: Sequence[Candidate], wish: Wish) -> FenColumn:
    """Only the highest instalment before the last one, periodic fees included, in fen."""
    dues = dues_of(candidates, wish)
    return _instalments(dues, dues.principal + dues.interest, _fees(candidates)[0])[1]


def _instalments(dues: Dues, regular: FenColumn, periodic: FenColumn) -> tuple[FenColumn, FenColumn, FenColumn]:
    """First, highest before the last, and last instalment of each row."""
    rows = np.arange(dues.periods.size)
    final = dues.periods - 1
    last = regular[rows, final]
    before = np.where(np.arange(regular.shape[1])[None, :] < np.maximum(final, 1)[:, None], regular, 0)
    return regular[:, 0] + periodic, before.max(axis=1) + periodic, last + periodic


def _fees(candidates: Sequence[Candidate]) -> tuple[FenColumn, FenColumn, FenColumn, FenColumn]:
    """Per row: counted periodic fee, counted fees taken once, all fees at signing, and the payout really received."""
    table = np.zeros((4, len(candidates)), dtype=np.int64)
    for row, candidate in enumerate(candidates):
        table[3, row] = candidate.principal
        for fee in candidate.offer.fees:
            charge = fee.charge(candidate.principal, candidate.price)
            if fee.when is When.PERIODIC and fee.in_rate:
                table[0, row] += charge
            elif fee.when in (When.UPFRONT, When.FIRST_INSTALMENT) and fee.in_rate:
                table[1, row] += charge
            if fee.when is When.UPFRONT:
                table[2, row] += charge
        table[3, row] -= taken_from_payout(candidate, candidate.principal)
    return table[0], table[1], table[2], table[3]


def _monthly_rates(
    dues: Dues, regular: FenColumn, periodic: FenColumn, one_off: FenColumn, received: FenColumn
) -> RateColumn:
    """The monthly IRR of each row."""
    inside = np.arange(regular.shape[1])[None, :] < dues.periods[:, None]
    paid = np.where(inside, regular + periodic[:, None], 0)
    principal = dues.principal.sum(axis=1)
    paid[:, 0] += one_off - (principal - received)  # what was not taken from the payout comes with the first instalment
    flows = np.concatenate([received[:, None], -paid], axis=1)
    counted = np.concatenate([np.ones((dues.periods.size, 1), dtype=np.bool_), inside], axis=1)
    offsets = np.concatenate([[0], np.cumsum(dues.periods + 1)])
    return irr_columns(flows[counted], offsets)
