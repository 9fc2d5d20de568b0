"""内部收益率 (internal rate of return): the rate a period at which what was received equals what is paid back.

The borrower's flows start with the cash received (+) and go on with the payments (-), one a period; the lender's are
the same with the signs turned, and have the same rate. The rate solves sum CF_k / (1 + r)^k = 0
(人民银行公告〔2021〕第3号).

Solved by Newton in v = 1 / (1 + r), the polynomial by Horner; flows that change sign once have one root. All others,
and rows on which Newton does not settle, go to `roots`, which finds every root or says why there is none. Floats
carry the rate only; the flows stay integer fen.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import FenColumn, fen_column
from chedai.engine.rates.roots import only_rate, sign_changes

START: Final = 1 / 1.01
STEPS: Final = 12
SETTLED: Final = 1e-9  # Newton doubles the digits: after a step this small the error is far below 1e-12
BLOCK: Final = 8192  # rows whose working columns stay in cache
CELLS: Final = 2**21  # and what a block may hold where rows are very long

RateColumn = NDArray[np.float64]


def irr(flows: ArrayLike) -> float:
    """The rate a period of one row of flows, in fen, one a period from time 0. 0.01 is 1 % a period.

    Errors: `InvalidArgument` for anything but whole fen, `NoRate` with the reason; a rate is never 0 for want of one.
    """
    row = fen_column("flows", flows)
    if row.size < 2:
        raise InvalidArgument("flows", "need a payout and a repayment", "至少需要一笔放款和一笔还款", value=row.size)
    return _one_by_one(row)


def irr_columns(flows: ArrayLike, offsets: ArrayLike) -> RateColumn:
    """The rate a period of many rows: row k is `flows[offsets[k]:offsets[k + 1]]`, in fen. Returns one float64 a row.

    `offsets` has one entry more than there are rows, starts with 0 and ends with the number of flows. Rows whose first
    flow is the only one of its sign are solved together, in blocks; all others one by one. Errors: as `irr`, each with
    its row, the first in order of rows; `LengthMismatch` where offsets and flows do not fit.
    """
    amounts = _fen(flows)
    bounds, lengths = _rows(offsets, amounts.size)
    rates = np.empty(lengths.size)
    rows = max(1, min(BLOCK, CELLS // int(lengths.max(initial=1))))
    space = _Workspace(rows, int(lengths.max(initial=1)))
    for first in range(0, lengths.size, rows):
        last = min(first + rows, lengths.size)
        space.load(amounts[bounds[first] : bounds[last]], bounds[first:last] - bounds[first], lengths[first:last])
        rates[first:last] = space.solve()
    for row in np.flatnonzero(np.isnan(rates)).tolist():
        rates[row] = _one_by_one(amounts[bounds[row] : bounds[row + 1]], row)
    return rates


def _fen(flows: ArrayLike) -> FenColumn:
    """The flows as an int64 column; one that is already is not copied, a million rows are 400 MB."""
    if isinstance(flows, np.ndarray) and flows.ndim == 1 and flows.dtype == np.int64:
        return flows
    return fen_column("flows", flows)


def _rows(offsets: ArrayLike, flows: int) -> tuple[FenColumn, FenColumn]:
    """Bounds and lengths of the rows, checked."""
    bounds = fen_column("offsets", offsets, least=0)
    if bounds.size == 0 or bounds[0] != 0 or bounds[-1] != flows:
        raise LengthMismatch("offsets", f"must run from 0 to the {flows} flows", f"必须从 0 开始并以 {flows} 结束")
    lengths = np.diff(bounds)
    short = np.flatnonzero(lengths < 2)
    if short.size:
        row = int(short[0])
        raise InvalidArgument(
            "offsets", "a row needs two flows", "每行至少两笔现金流", row=row, value=int(lengths[row])
        )
    return bounds, lengths


def _one_by_one(flows: FenColumn, row: int | None = None) -> float:
    """The rate of one row, by Newton where it must settle on the only root, else by `roots`."""
    amounts = [float(a) for a in flows]
    rate = _newton(amounts) if sign_changes(amounts) == 1 else None
    return only_rate(amounts, range(len(amounts)), row=row) if rate is None else rate


def _newton(amounts: list[float]) -> float | None:
    """The rate of a row with one change of sign; None where Newton does not settle."""
    v = START
    for _ in range(STEPS):
        value = slope = 0.0
        for amount in reversed(amounts):
            slope = slope * v + value
            value = value * v + amount
        if not 0 < abs(slope) < math.inf:  # flat, or so steep that a step is 0 far from any root
            return None
        step = value / slope
        v -= step
        if v <= 0:
            return None
        if abs(step) <= SETTLED * v:
            return 1 / v - 1
    return None


class _Workspace:
    """Columns of one block, a period after the other, the longest rows first: period k holds only rows that reach it.

    The memory is taken once and used for every block: taking it anew costs more than the arithmetic.
    """

    def __init__(self, rows: int, periods: int) -> None:
        self.flat = np.empty(rows * periods)
        self.columns = np.empty((periods, rows))
        self.working = np.empty((6, rows))

    def load(self, flows: FenColumn, starts: FenColumn, lengths: FenColumn) -> None:
        """Lay out one block of rows, and note the largest and smallest flow after the first."""
        self.order = np.argsort(-lengths)
        self.value, self.slope, self.curve, self.v, top, low = self.working[:, : lengths.size]
        flat = self.flat[: flows.size]
        np.copyto(flat, flows)
        top.fill(-np.inf)
        low.fill(np.inf)
        where = starts[self.order]
        reaching = lengths.size - np.cumsum(np.bincount(lengths))
        self.periods = []
        for k, rows in enumerate(reaching[:-1].tolist()):
            column = self.columns[k, :rows]
            flat.take(where[:rows], mode="clip", out=column)
            where += 1
            if k:
                np.maximum(top[:rows], column, out=top[:rows])
                np.minimum(low[:rows], column, out=low[:rows])
            self.periods.append((column, self.value[:rows], self.slope[:rows], self.v[:rows]))
        paid_out = self.columns[0, : lengths.size]
        self.plain = ((paid_out > 0) & (top <= 0)) | ((paid_out < 0) & (low >= 0))

    def solve(self) -> RateColumn:
        """The rates of the block in its own order; NaN for rows that are not plain or do not settle."""
        step = self.value
        with np.errstate(all="ignore"):
            self._guess()
            for _ in range(STEPS):
                self.value.fill(0)
                self.slope.fill(0)
                for column, value, slope, v in reversed(self.periods):
                    slope *= v
                    slope += value
                    value *= v
                    value += column
                step /= self.slope
                self.v -= step
                settled = (np.abs(step) <= SETTLED * self.v) & np.isfinite(self.slope)
                if settled.all():
                    break
            rates = np.empty(self.v.size)
            rates[self.order] = np.where(settled & self.plain, 1 / self.v - 1, np.nan)
            return rates

    def _guess(self) -> None:
        """A first v from the mean life of the repayments and its spread: two steps of Newton saved.

        With T the total repaid for 1 received, ln T = mean * d - variance / 2 * d^2 holds up to the skewness.
        """
        for sums in (self.value, self.slope, self.curve):
            sums.fill(0)
        for column, value, slope, _ in reversed(self.periods[1:]):
            curve = self.curve[: column.size]
            curve += slope
            slope += value
            value += column
        mean = self.slope / self.value
        variance = (2 * self.curve + self.slope) / self.value - mean * mean
        mean += 1
        growth = np.log(-self.value / self.columns[0, : self.v.size])
        root = np.sqrt(np.maximum(mean * mean - 2 * variance * growth, 0))
        np.exp(-2 * growth / (mean + root), out=self.v)
