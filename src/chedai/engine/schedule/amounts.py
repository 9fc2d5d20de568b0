"""Rounded amounts of many loans: estimated in floating point, decided exactly wherever the estimate could be wrong.

An estimate x of an amount rounds as the amount itself does unless a half lies within the error of x. The error is
bounded, the few rows inside the bound are computed again as exact fractions. So every row is correctly rounded, and no
float ever is the amount.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from chedai.engine.money import FenColumn, Rounding

FloatColumn = NDArray[np.float64]

_ERROR = 2.0**-45
_SMALL = 2.0**-30


def rounded(
    estimate: FloatColumn, magnitude: FloatColumn, operations: int, multiple: int, exact: Callable[[int], int]
) -> FenColumn:
    """`estimate` rounded to whole multiples of `multiple` fen, each row as its exact value rounds.

    `magnitude` bounds what was added or subtracted to form a row, `operations` how often: together they bound the error
    (2^-45 of the magnitude an operation, 256 times what float64 loses). `exact(row)` computes one row as a fraction.
    A row that is not finite is computed exactly.
    """
    with np.errstate(invalid="ignore"):
        units = estimate / multiple
        error = magnitude / multiple * (operations * _ERROR) + _SMALL
        far = np.abs(units - np.floor(units) - 0.5) > error
    far &= np.isfinite(units)
    safe = np.floor(np.where(far, units, 0.0) + 0.5).astype(np.int64)
    amounts = safe * multiple
    for row in np.flatnonzero(~far).tolist():
        amounts[row] = exact(row)
    return amounts


def divide_column(numerator: FenColumn, denominator: FenColumn, rounding: Rounding) -> FenColumn:
    """`money.divide` row by row, rounded as it does. `denominator` is above 0; unbounded integers are taken as well."""
    size = abs(numerator)
    quotient = size // denominator
    twice = 2 * (size - quotient * denominator)
    up = twice >= denominator
    if rounding is Rounding.HALF_EVEN:
        up &= (twice > denominator) | (quotient % 2 == 1)
    amounts: FenColumn = (np.where(numerator < 0, -1, 1) * (quotient + up)).astype(np.int64)
    return amounts
