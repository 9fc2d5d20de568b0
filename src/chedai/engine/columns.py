"""Columns beyond one number a loan: matrices, ragged rows, and exact shares of an amount.

Three shapes carry a book. A column has one value a loan. A matrix has one row a loan and one column an instalment.
Ragged rows (`offsets`) put the open items of all loans into one long column: loan `i` owns items `offsets[i]` up to
`offsets[i + 1]`, so a loan with one item and a loan with thirty cost what they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.errors import AmountOverflow, EngineError, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX, RATE_SCALE, FenColumn, Rounding, divide, fen_column, same_length

Flags: TypeAlias = NDArray[np.bool_]
Column = TypeVar("Column", FenColumn, Flags)

LARGEST_LOAN: Final = FEN_MAX // 1_000_000
_LARGEST_SHARE: Final = FEN_MAX // RATE_SCALE  # times a rest below RATE_SCALE it stays in int64
_HALF: Final = 32
_LOW: Final = 2**32 - 1
_EPOCH: Final = date(1970, 1, 1).toordinal()


def fen_matrix(argument: str, values: ArrayLike, *, columns: int | None = None, least: int | None = 0) -> FenColumn:
    """`values` as int64[row, column]; refuses what `fen_column` refuses and names the offending row (not the cell).

    A matrix that already is int64 is not copied: whoever gets it must not write into it.
    """
    raw = np.asarray(values)
    if raw.ndim != 2 or (columns is not None and raw.shape[1] != columns):
        wanted = "?" if columns is None else str(columns)
        raise InvalidArgument(
            argument, f"must be rows of {wanted} columns", f"必须是每行 {wanted} 列的矩阵", value=raw.shape
        )
    if raw.dtype == np.int64 and (least is None or raw.size == 0 or int(raw.min()) >= least):
        return raw
    try:
        return fen_column(argument, raw.reshape(-1), least=least).reshape(raw.shape)
    except (InvalidArgument, AmountOverflow) as refusal:
        raise _in_its_row(refusal, raw.shape[1]) from None


def _in_its_row(refusal: EngineError, columns: int) -> EngineError:
    """A refusal of a cell, told as one of its row."""
    row = None if refusal.row is None else refusal.row // columns
    return type(refusal)(refusal.argument, refusal.rule, refusal.rule_zh, row=row, value=refusal.value)


def row_offsets(argument: str, values: ArrayLike, *, items: int) -> FenColumn:
    """The offsets of ragged rows: start at 0, never fall, end at the number of items."""
    column = fen_column(argument, values)
    if column.size == 0 or column[0] != 0 or column[-1] != items:
        rule, rule_zh = f"must run from 0 to the {items} items", f"必须从 0 到 {items}(明细行数)"
        raise LengthMismatch(argument, rule, rule_zh)
    steps = np.diff(column)
    if steps.size and int(steps.min()) < 0:
        raise InvalidArgument(argument, "must never fall", "不得递减", row=int((steps < 0).argmax()) + 1)
    return column


def row_count(*columns: ArrayLike) -> int:
    """How many rows columns have together, where a single value serves every row (also no row at all)."""
    return max((size for column in columns if (size := np.size(column)) != 1), default=1)


def row_column(
    argument: str, values: ArrayLike, rows: int, *, least: int | None = 0, stretch: bool = True, copy: bool = True
) -> FenColumn:
    """`values` as a column of exactly `rows` whole numbers, each at least `least`.

    One number serves every row, unless `stretch` is false: a payment of one loan must never pay all of them. Without
    `copy` a column that needs no change is looked at where it is.
    """
    return _one_a_row(argument, fen_column(argument, values, least=least, copy=copy), rows, stretch)


def flag_column(argument: str, values: ArrayLike, rows: int) -> Flags:
    """`values` as a column of true and false; numbers are refused, because 2 is neither."""
    raw = np.atleast_1d(np.asarray(values))
    if raw.ndim != 1 or raw.dtype != np.bool_:
        raise InvalidArgument(argument, "must be a column of true and false", "必须是一列真假值", value=raw.dtype)
    return _one_a_row(argument, raw, rows, True)


def _one_a_row(argument: str, column: Column, rows: int, stretch: bool) -> Column:
    if column.size != rows and not (stretch and column.size == 1):
        rule, rule_zh = f"has {column.size} rows where {rows} are needed", f"有 {column.size} 行,应为 {rows} 行"
        raise LengthMismatch(argument, rule, rule_zh)
    return np.broadcast_to(column, (rows,))


def running_total(values: FenColumn) -> FenColumn:
    """0 and then the sum of the first 1, 2, 3 ... values: one longer than `values`."""
    # NumPy adds up a column with gaps three times as fast: in a dense one each sum waits for the one before it.
    gapped = np.empty((values.size, 2), dtype=np.int64)[:, 0]
    gapped[:] = values
    total = np.empty(values.size + 1, dtype=np.int64)
    total[0] = 0
    np.cumsum(gapped, out=total[1:])
    return total


def row_sums(argument: str, values: FenColumn, offsets: FenColumn) -> FenColumn:
    """The sum of each ragged row of amounts not below 0; an empty row sums to 0, a row beyond int64 is refused."""
    high, low = running_total(values >> _HALF), running_total(values & _LOW)
    return _whole(argument, high[offsets[1:]] - high[offsets[:-1]], low[offsets[1:]] - low[offsets[:-1]])


def matrix_sums(argument: str, values: FenColumn) -> FenColumn:
    """The sum of each row of a matrix of amounts not below 0; a row beyond int64 is refused."""
    return _whole(argument, (values >> _HALF).sum(axis=1), (values & _LOW).sum(axis=1))


def plus(argument: str, amount: FenColumn, more: FenColumn) -> FenColumn:
    """`amount + more`, both at least 0; a sum beyond int64 is refused."""
    wide = np.flatnonzero(amount > FEN_MAX - more)
    if wide.size:
        raise AmountOverflow(argument, "adds up beyond int64", "合计超出 int64", row=int(wide[0]))
    return amount + more


def exact_sum(values: FenColumn) -> int:
    """The sum of a column as a plain integer, however large."""
    return (int((values >> _HALF).sum()) << _HALF) + int((values & _LOW).sum())


def _whole(argument: str, high: FenColumn, low: FenColumn) -> FenColumn:
    """Sums kept in two halves of 32 bits, put together."""
    carried = high + (low >> _HALF)
    wide = np.flatnonzero(carried > FEN_MAX >> _HALF)
    if wide.size:
        raise AmountOverflow(argument, "adds up beyond int64", "合计超出 int64", row=int(wide[0]))
    total: FenColumn = (carried << _HALF) + (low & _LOW)
    return total


def proportion(
    amount: ArrayLike,
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    argument: str = "amount",
    rounding: Rounding = Rounding.HALF_UP,
) -> FenColumn:
    """`amount * numerator / denominator` (the denominator above 0), rounded once, exactly, row by row.

    A product that leaves int64 is computed in big integers; a result that leaves int64 is refused.
    """
    base, share, parts = same_length(
        amount=fen_column(argument, amount),
        numerator=fen_column("numerator", numerator),
        denominator=fen_column("denominator", denominator, least=1),
    )
    wide = np.abs(base.astype(np.float64)) * np.abs(share.astype(np.float64)) + parts >= 2.0**62
    product = np.where(wide, 0, base) * share
    quotient, rest = np.divmod(np.abs(product), parts)
    twice = 2 * rest
    if rounding is Rounding.HALF_UP:
        quotient += twice >= parts
    else:
        quotient += (twice > parts) | ((twice == parts) & (quotient % 2 == 1))
    result: FenColumn = np.where(product < 0, -quotient, quotient)
    for row in np.flatnonzero(wide):
        exact = divide(int(base[row]) * int(share[row]), int(parts[row]), rounding)
        if abs(exact) > FEN_MAX:
            raise AmountOverflow(argument, "is beyond int64 fen", "超出可表示的金额范围", row=int(row), value=exact)
        result[row] = exact
    return result


def matrix_proportion(amount: FenColumn, numerator: ArrayLike, denominator: FenColumn, *, argument: str) -> FenColumn:
    """`proportion` cell by cell, of matrices or columns stretched over the months; a refusal names the row."""
    cells = np.broadcast_arrays(amount, np.asarray(numerator, dtype=np.int64), denominator)
    try:
        flat = proportion(*(c.reshape(-1) for c in cells), argument=argument)
    except AmountOverflow as refusal:
        raise _in_its_row(refusal, cells[0].shape[1]) from None
    return flat.reshape(cells[0].shape)


def refuse_beyond_a_loan(argument: str, amounts: FenColumn) -> None:
    """Refuses amounts, or rows of a matrix, above 92 billion yuan: so that a few of them add up inside int64."""
    total = amounts if amounts.ndim == 1 else matrix_sums(argument, amounts)
    high = np.flatnonzero(total > LARGEST_LOAN)
    if high.size:
        raise AmountOverflow(argument, "is beyond what a loan can be", "超出贷款金额的合理范围", row=int(high[0]))


def part_of(argument: str, amount: FenColumn, share: ArrayLike) -> FenColumn:
    """`amount * share / RATE_SCALE` rounded down, exactly: what a limit allows, never a fen more. Both at least 0."""
    base, limit = same_length(amount=amount, share=fen_column(argument, share, least=0))
    whole, rest = np.divmod(base, RATE_SCALE)
    small = rest * np.minimum(limit, _LARGEST_SHARE) // RATE_SCALE
    wide = np.flatnonzero((limit > _LARGEST_SHARE) | (whole > (FEN_MAX - small) // np.maximum(limit, 1)))
    if wide.size:
        raise AmountOverflow(argument, "of the amount is beyond int64", "按比例计算超出 int64", row=int(wide[0]))
    allowed: FenColumn = whole * limit + small
    return allowed


def day_number(argument: str, day: date | ArrayLike) -> FenColumn:
    """A date, or a column of day numbers (`date.toordinal`), as a column of day numbers."""
    return fen_column(argument, day.toordinal() if isinstance(day, date) else day)


def months_later(days: FenColumn, months: int) -> FenColumn:
    """The same day of the month `months` later (31 January plus one is the last of February), as day numbers."""
    dates = (days - _EPOCH).astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    target = month + months
    last = (target + 1).astype("datetime64[D]") - 1
    later = np.minimum(target.astype("datetime64[D]") + (dates - month.astype("datetime64[D]")), last)
    numbers: FenColumn = later.astype(np.int64) + _EPOCH
    return numbers


@dataclass(frozen=True, slots=True)
class Share:
    """An exact ratio of two sums: 1,000 of 6,000. A share of nothing is refused, never 0."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if self.whole <= 0:
            raise InvalidArgument("whole", "must be above 0", "分母必须大于 0", value=self.whole)

    @property
    def fraction(self) -> Fraction:
        """The ratio itself."""
        return Fraction(self.part, self.whole)

    @property
    def rate(self) -> int:
        """The ratio in units of 1e-8, rounded half-up, for display beside rates."""
        return divide(self.part * RATE_SCALE, self.whole)
