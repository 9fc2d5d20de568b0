"""The figures of many candidates at once: a call for the schedules, one for the rates, the rest sums over columns.

Everything is int64 fen in arrays [period, candidate], 0 past a candidate's own term. The rate is the monthly IRR of the
flows with the fees that the rate counts, as `rates.all_in` has it for one loan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chedai.engine.compare.dues import Dues, dues_of
from chedai.engine.compare.offer import Candidate
from chedai.engine.money import RATE_SCALE, FenColumn, divide
from chedai.engine.rates import When, irr_columns
from chedai.engine.terms import Amortisation

RateColumn = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figures:
    """Columns over candidates. `charges` holds each candidate's fees in the order of its offer, each as taken once;
    `settled_*` are [month asked for, candidate]."""

    dues: Dues
    charges: tuple[tuple[int, ...], ...]
    periodic: FenColumn  # fees with every instalment that the rate counts
    one_off: FenColumn  # fees taken once that the rate counts
    instalment: FenColumn
    highest: FenColumn
    last: FenColumn
    interest: FenColumn
    nominal: RateColumn
    effective: RateColumn
    settled_interest: NDArray[np.int64]  # interest paid up to the month, or owed by then
    settled_balance: NDArray[np.int64]  # principal owed after it


def figures(candidates: Sequence[Candidate], months: Sequence[int]) -> Figures:
    """All figures of all candidates; each must pay something out and owe more than its tail."""
    dues = dues_of(candidates)
    regular = dues.principal + dues.interest
    charges = tuple(candidate.charges() for candidate in candidates)
    upfront, first, periodic = _fees(candidates, charges)
    instalment, highest, last = _instalments(dues, regular, periodic)
    flows = np.concatenate([[_principal(candidates) - upfront], -regular - periodic])
    flows[1] -= first
    rate = _monthly_rates(flows, dues.periods)
    upto = np.minimum(np.array(months, dtype=np.int64)[:, None], dues.periods[None, :]) - 1
    owed = dues.principal.sum(axis=0) - np.cumsum(dues.principal, axis=0)
    return Figures(
        dues=dues,
        charges=charges,
        periodic=periodic,
        one_off=upfront + first,
        instalment=instalment,
        highest=highest,
        last=last,
        interest=dues.interest.sum(axis=0),
        nominal=12 * rate,
        effective=np.expm1(12 * np.log1p(rate)),
        settled_interest=_earned(
            candidates, months, np.take_along_axis(np.cumsum(dues.interest, axis=0), upto, axis=0)
        ),
        settled_balance=np.take_along_axis(owed, upto, axis=0),
    )


def highest_instalments(candidates: Sequence[Candidate]) -> FenColumn:
    """Only the highest instalment before the last one, periodic fees included, in fen."""
    dues = dues_of(candidates)
    charges = [candidate.charges() for candidate in candidates]
    return _instalments(dues, dues.principal + dues.interest, _fees(candidates, charges)[2])[1]


def _instalments(dues: Dues, regular: NDArray[np.int64], periodic: FenColumn) -> tuple[FenColumn, FenColumn, FenColumn]:
    """First, highest before the last, and last instalment of each candidate."""
    final = dues.periods - 1
    last = np.take_along_axis(regular, final[None, :], axis=0)[0]
    before = np.where(np.arange(regular.shape[0])[:, None] < np.maximum(final, 1)[None, :], regular, 0)
    return regular[0] + periodic, before.max(axis=0) + periodic, last + periodic


def _earned(candidates: Sequence[Candidate], months: Sequence[int], paid: NDArray[np.int64]) -> NDArray[np.int64]:
    """`paid` by month, and for loans that pay interest at maturity alone what they owe of it by then."""
    for row, c in enumerate(candidates):
        if c.repayment.amortisation is Amortisation.BULLET:
            for k, month in enumerate(months):
                if month < c.periods:
                    owed = c.principal * c.annual_rate * month
                    paid[k, row] = divide(owed, 12 * RATE_SCALE, c.offer.product.rounding)
    return paid


def _principal(candidates: Sequence[Candidate]) -> FenColumn:
    return np.array([candidate.principal for candidate in candidates], dtype=np.int64)


def _fees(candidates: Sequence[Candidate], charges: Sequence[Sequence[int]]) -> tuple[FenColumn, FenColumn, FenColumn]:
    """Per candidate what the rate counts: fees taken upfront, with the first instalment, and with every one."""
    sums = {when: [0] * len(candidates) for when in When}
    for row, (candidate, own) in enumerate(zip(candidates, charges, strict=True)):
        for fee, charge in zip(candidate.offer.fees, own, strict=True):
            if fee.in_rate:
                sums[fee.when][row] += charge
    upfront, first, periodic = (
        np.array(sums[when], dtype=np.int64) for when in (When.UPFRONT, When.FIRST_INSTALMENT, When.PERIODIC)
    )
    return upfront, first, periodic


def _monthly_rates(flows: NDArray[np.int64], periods: FenColumn) -> RateColumn:
    """The monthly IRR of each candidate, from its flows [time, candidate]."""
    inside = np.arange(flows.shape[0])[:, None] <= periods[None, :]
    offsets = np.concatenate([[0], np.cumsum(periods + 1)])
    return irr_columns(flows.T[inside.T], offsets)
