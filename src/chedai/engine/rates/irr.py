"""内部收益率 (internal rate of return): the rate a period at which what was received equals what is paid back.

The borrower's flows start with the cash received (+) and go on with the payments (-), one a period; the lender's are
the same with the signs turned, and have the same rate. The rate solves sum CF_k / (1 + r)^k = 0
(人民银行公告〔2021〕第3号).

Solved by Newton in v = 1 / (1 + r), the polynomial by Horner, from 1 % a period; for flows that change sign once the
root is unique. All other flows, and rows on which Newton does not settle, go to `roots`, which finds every root or
says why there is none. Floats carry the rate only; the flows stay integer fen.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import FenColumn, fen_column
from chedai.engine.rates.roots import only_rate, sign_changes

START: Final = 1 / 1.01
STEPS: Final = 12
SETTLED: Final = 1e-9  # Newton doubles the digits: after a step this small the error is far below 1e-12
BLOCK: Final = 4096  # rows whose working columns stay in cache

RateColumn = NDArray[np.float64]


def irr(flows: ArrayLike) -> float:
    """The rate a period of one row of flows, in fen, one a period from time 0. 0.01 is 1 % a period.

    Errors: `InvalidArgument` for anything but whole fen, `NoRate` with the reason; a rate is never 0 for want of one.
    """
    row = fen_column("flows", flows)
    if row.size < 2:
        raise InvalidArgument("flows", "need a payout and a repayment", "至少需要一笔放款和一笔还款", value=row.size)
    amounts = [float(a) for a in row]
    rate = _newton(amounts) if sign_changes(amounts) == 1 else None
    return only_rate(amounts, range(row.size)) if rate is None else rate


def irr_columns(flows: ArrayLike, offsets: ArrayLike) -> RateColumn:
    """The rate a period of many rows: row k is `flows[offsets[k]:offsets[k + 1]]`, in fen. Returns one float64 a row.

    `offsets` has one entry more than there are rows, starts with 0 and ends with the number of flows. Errors: as `irr`,
    each with its row, the first in order of rows; `LengthMismatch` where offsets and flows do not fit.
    """
    amounts = fen_column("flows", flows)
    starts, lengths = _rows(offsets, amounts.size)
    rates = np.empty(lengths.size)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        for first in range(0, rows.size, BLOCK):
            block = rows[first : first + BLOCK]
            picked = amounts[starts[block][:, None] + np.arange(length)]
            rates[block] = _newton_block(np.ascontiguousarray(picked.T, dtype=np.float64))
    for row in np.flatnonzero(np.isnan(rates)):
        own = amounts[starts[row] : starts[row] + lengths[row]]
        rates[row] = only_rate([float(a) for a in own], range(own.size), row=int(row))
    return rates


def _rows(offsets: ArrayLike, flows: int) -> tuple[FenColumn, FenColumn]:
    """Start and length of every row, checked."""
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
    return bounds[:-1], lengths


def _newton(amounts: list[float]) -> float | None:
    """The rate of a row with one change of sign; None where Newton does not settle."""
    v = START
    for _ in range(STEPS):
        value = slope = 0.0
        for amount in reversed(amounts):
            slope = slope * v + value
            value = value * v + amount
        if slope == 0:
            return None
        step = value / slope
        v -= step
        if v <= 0:
            return None
        if abs(step) <= SETTLED * v:
            return 1 / v - 1
    return None


def _newton_block(amounts: RateColumn) -> RateColumn:
    """Rates of a block, `amounts` periods × rows; NaN where the signs change not once, or Newton does not settle."""
    v = np.full(amounts.shape[1], START)
    value, slope = np.empty_like(v), np.empty_like(v)
    step = np.full_like(v, np.inf)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            value.fill(0)
            slope.fill(0)
            for column in amounts[::-1]:
                np.multiply(slope, v, out=slope)
                np.add(slope, value, out=slope)
                np.multiply(value, v, out=value)
                np.add(value, column, out=value)
            np.divide(value, slope, out=step)
            np.subtract(v, step, out=v)
            settled = np.abs(step) <= SETTLED * v
            if settled.all():
                break
        return np.where(settled & (v > 0) & _one_change(amounts), 1 / v - 1, np.nan)


def _one_change(amounts: RateColumn) -> NDArray[np.bool_]:
    """Which rows of a block (periods × rows) change sign exactly once."""
    changes = np.zeros(amounts.shape[1], dtype=np.int64)
    last = np.zeros(amounts.shape[1], dtype=np.int8)
    for column in amounts:
        sign = np.sign(column).astype(np.int8)
        changes += sign * last < 0
        np.copyto(last, sign, where=sign != 0)
    return np.equal(changes, 1)
