"""Money is integer fen, rates are integers over a fixed scale, and every rounding is stated.

An amount is an int (one loan) or an int64 column (many). A rate is an integer in units of 1e-8 a year, so 5.88 % is
5_880_000: it is exact, adds and compares exactly, and never carries money. Yuan and percent exist only at the edge,
as text or `Decimal`, and are parsed here.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch

RATE_SCALE: Final = 100_000_000
"""Units of a rate in 1 (100 % a year)."""

LARGEST_RATE: Final = 10 * RATE_SCALE
"""No loan is agreed at more: 1,000 % a year. Above it somebody mistook the unit."""

FEN_MAX: Final = 2**63 - 1
FLOAT_EXACT: Final = 2**53
"""Integers below this are exact in float64, and floor(a / b) of two of them is exact."""

_FEN: Final = Decimal("0.01")
_RATE_UNIT: Final = Decimal("0.000001")
_EXACT: Final = Context(prec=40, traps=[Inexact])
"""Never rounds: a digit that does not fit is an error, however far behind the point it stands."""

_WIDE_COMMA: Final = "\uff0c"
GROUPED: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
"""An amount whose commas part its thousands."""

_YUAN_DIGITS: Final = 18
_PERCENT_DIGITS: Final = 9
"""Leading places beyond which a number is no amount and no rate, told before its digits are written out."""

FenColumn: TypeAlias = NDArray[np.int64]


class Rounding(StrEnum):
    """What happens to half a fen."""

    HALF_UP = "half_up"  # 四舍五入, the convention of Chinese loans
    HALF_EVEN = "half_even"  # banker's rounding


def divide(numerator: int, denominator: int, rounding: Rounding = Rounding.HALF_UP) -> int:
    """`numerator / denominator` rounded to an integer, exactly. Half-up means away from zero, also below zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    quotient, rest = divmod(abs(numerator), abs(denominator))
    twice = 2 * rest - abs(denominator)
    if twice > 0 or (twice == 0 and (rounding is Rounding.HALF_UP or quotient & 1)):
        quotient += 1
    return sign * quotient


def fen(yuan: str | int | Decimal, *, argument: str = "amount") -> int:
    """Yuan as typed ("1234.56", "12,345") to integer fen. More than two decimals is refused, never rounded away.

    A comma parts groups of three digits (a full-width one as well); anywhere else it is refused, for "1,85" is not 185.
    """
    try:
        value = Decimal(_ungrouped(yuan, argument)) if isinstance(yuan, str) else Decimal(yuan)
    except InvalidOperation:
        raise InvalidArgument(argument, "must be an amount in yuan", "必须是以元为单位的金额", value=yuan) from None
    if not value.is_finite():
        raise InvalidArgument(argument, "must be a finite amount", "必须是有限的金额", value=yuan)
    if value and value.adjusted() > _YUAN_DIGITS:
        raise AmountOverflow(argument, "is beyond int64 fen", "超出可表示的金额范围", value=yuan)
    try:
        cents = int(value.quantize(_FEN, context=_EXACT) * 100)
    except Inexact:
        raise InvalidArgument(argument, "must not have parts of a fen", "最多两位小数", value=yuan) from None
    if abs(cents) > FEN_MAX:
        raise AmountOverflow(argument, "is beyond int64 fen", "超出可表示的金额范围", value=yuan)
    return cents


def _ungrouped(typed: str, argument: str) -> str:
    """An amount without the commas between its groups of three digits."""
    text = typed.strip().replace(_WIDE_COMMA, ",")
    if "," in text and not GROUPED.fullmatch(text):
        raise InvalidArgument(
            argument, "must have its commas between groups of three digits", "逗号须每三位一节", value=typed
        )
    return text.replace(",", "")


def yuan(amount: int) -> str:
    """Integer fen as a plain amount in yuan, two decimals: 1234567 -> "12345.67"."""
    whole, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole}.{cents:02d}"


def yuan_grouped(amount: int) -> str:
    """The same with its thousands set apart, for a sentence: 1234567 -> "12,345.67"."""
    whole, cents = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole:,}.{cents:02d}"


def rate_units(percent: str | int | Decimal, *, argument: str = "annual_rate_pct") -> int:
    """A percentage ("5.88") to rate units (5_880_000). Finer than six decimals of a percent is refused."""
    try:
        value = Decimal(percent.strip().rstrip("%")) if isinstance(percent, str) else Decimal(percent)
    except InvalidOperation:
        raise InvalidArgument(argument, "must be a percentage", "必须是百分数", value=percent) from None
    if not value.is_finite():
        raise InvalidArgument(argument, "must be a finite percentage", "必须是有限的百分数", value=percent)
    if value and value.adjusted() > _PERCENT_DIGITS:
        raise InvalidArgument(argument, "is beyond what a rate can be", "超出利率的合理范围", value=percent)
    try:
        return int(value.quantize(_RATE_UNIT, context=_EXACT) * (RATE_SCALE // 100))
    except Inexact:
        raise InvalidArgument(argument, "has more than six decimals", "最多六位小数", value=percent) from None


def percent(rate: int) -> Decimal:
    """Rate units as an exact percentage: 5_880_000 -> Decimal("5.88")."""
    return (Decimal(rate) / (RATE_SCALE // 100)).normalize() + Decimal(0)


def fen_column(argument: str, values: ArrayLike, *, least: int | None = None, copy: bool = True) -> FenColumn:
    """`values` as a one-dimensional int64 column; floats that are not whole, NaN and values below `least` are refused.

    Without `copy` a column that is one already is given back itself, for who only reads it.
    Errors: `InvalidArgument` with the first offending row, `AmountOverflow` beyond int64.
    """
    raw = np.atleast_1d(np.asarray(values))
    if raw.ndim != 1:
        raise InvalidArgument(argument, "must be one column", "必须是一列", value=f"{raw.ndim}-d")
    if raw.dtype == object:
        rows = [i for i, v in enumerate(raw) if not isinstance(v, int) or isinstance(v, bool)]
        if rows:
            raise InvalidArgument(argument, "must be whole fen", "必须是整数分", row=rows[0], value=raw[rows[0]])
        wide = [i for i, v in enumerate(raw) if abs(v) > FEN_MAX]
        if wide:
            raise AmountOverflow(argument, "is beyond int64", "超出 int64", row=wide[0], value=raw[wide[0]])
    elif raw.dtype.kind == "f":
        bad = np.flatnonzero(~np.isfinite(raw) | (raw != np.floor(raw)))
        if bad.size:
            raise InvalidArgument(argument, "must be a whole number", "必须是整数", row=int(bad[0]), value=raw[bad[0]])
        wide_rows = np.flatnonzero(np.abs(raw) >= 2.0**63)
        if wide_rows.size:
            row = int(wide_rows[0])
            raise AmountOverflow(argument, "is beyond int64", "超出 int64", row=row, value=raw[row])
    elif raw.dtype.kind == "u":
        high = np.flatnonzero(raw > FEN_MAX)
        if high.size:
            raise AmountOverflow(argument, "is beyond int64", "超出 int64", row=int(high[0]), value=raw[high[0]])
    elif raw.dtype.kind != "i":
        raise InvalidArgument(argument, "must be integers", "必须是整数", value=raw.dtype)
    column = raw.astype(np.int64, copy=copy)
    if least is not None:
        low = np.flatnonzero(column < least)
        if low.size:
            row = int(low[0])
            raise InvalidArgument(
                argument, f"must be at least {least}", f"不得小于 {least}", row=row, value=int(column[row])
            )
    return column


def same_length(**columns: NDArray[np.int64]) -> list[FenColumn]:
    """The columns stretched to one length: a column of one row serves every loan, any other difference is refused."""
    rows = max((c.shape[0] for c in columns.values() if c.shape[0] != 1), default=1)
    for name, column in columns.items():
        if column.shape[0] not in (1, rows):
            raise LengthMismatch(
                name, f"has {column.shape[0]} rows where {rows} are needed", f"有 {column.shape[0]} 行,应为 {rows} 行"
            )
    return [np.broadcast_to(c, (rows,)) for c in columns.values()]
