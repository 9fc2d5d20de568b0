"""Interest of a batch as integers: balance x weight / denominator, one denominator for the whole batch.

A loan's rate times the part of the year is a fraction; brought to a common denominator for all loans and periods it
leaves one integer weight each, and interest is an integer product divided by a constant. Nothing is estimated: where a
product would not fit int64 the batch is computed with Python's unbounded integers instead, which is slow and exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX, RATE_SCALE, FenColumn, Rounding


@dataclass(frozen=True, slots=True)
class YearParts:
    """Parts of a year: `numerator / denominator`, for every period of every loan.

    `numerator` is an int where all periods of all loans are alike (a month: `YearParts(1, 12)`), else int64 of shape
    [period, loan]; what stands beyond a loan's own periods is ignored. `year_part_columns` makes it from dates.
    """

    numerator: int | NDArray[np.int64]
    denominator: int


MONTHLY = YearParts(1, 12)


@dataclass(frozen=True, slots=True)
class Weights:
    """`rate[loan] x parts[period, loan] / denominator`; `parts` is None where all periods are alike.

    `free`: so many first periods weigh 0. `wide`: products could leave int64, so they are made of unbounded integers.
    The denominator is even, so that half of it is an integer and rounding is one addition.
    """

    rate: FenColumn
    parts: NDArray[np.int64] | None
    denominator: int
    free: int
    wide: bool

    @property
    def uniform(self) -> bool:
        """Whether every period of a loan bears the same weight."""
        return self.parts is None and self.free == 0

    def at(self, k: int, loans: slice) -> FenColumn | None:
        """The weights of period `k`; None in an interest-free period."""
        if k < self.free:
            return None
        rate = self.rate[loans]
        return rate if self.parts is None else self._times(rate, self.parts[k, loans])

    def whole_term(self, periods: FenColumn) -> FenColumn:
        """The weights of all `periods` of each loan, summed."""
        if self.parts is None:
            return self._times(self.rate, np.maximum(periods - self.free, 0))
        row = np.arange(self.parts.shape[0])[:, None]
        return self._times(self.rate, np.where((row >= self.free) & (row < periods), self.parts, 0).sum(axis=0))

    def take(self, loans: NDArray[np.intp]) -> Weights:
        """The weights of some of the loans."""
        parts = None if self.parts is None else self.parts[:, loans]
        return Weights(self.rate[loans], parts, self.denominator, self.free, self.wide)

    def factors(self, loan: int, periods: int) -> list[Fraction]:
        """The exact factors of one loan, as the scalar methods take them."""
        rate, free = int(self.rate[loan]), min(self.free, periods)
        if self.parts is None:
            return [Fraction(0)] * free + [Fraction(rate, self.denominator)] * (periods - free)
        parts = self.parts[free:periods, loan].tolist()
        return [Fraction(0)] * free + [Fraction(rate * part, self.denominator) for part in parts]

    def interest(self, balance: FenColumn, weight: FenColumn, rounding: Rounding, out: FenColumn) -> None:
        """`balance x weight / denominator` rounded to the fen, into `out`; exact for every int64 result."""
        half = self.denominator // 2
        if rounding is Rounding.HALF_UP and not self.wide:
            np.floor_divide(np.add(np.multiply(balance, weight, out=out), half, out=out), self.denominator, out=out)
            return
        raised = (balance.astype(object) if self.wide else balance) * weight + half
        quotient = raised // self.denominator
        out[:] = quotient
        if rounding is Rounding.HALF_EVEN:
            half_a_fen = np.flatnonzero(quotient * self.denominator == raised)
            # It was rounded up; where that made an odd figure it is taken back.
            out[half_a_fen] -= out[half_a_fen] & 1

    def _times(self, rate: FenColumn, parts: FenColumn) -> FenColumn:
        return rate.astype(object) * parts if self.wide else rate * parts


def weigh(principal: FenColumn, rate: FenColumn, periods: FenColumn, parts: YearParts, free: int) -> Weights:
    """The weights of a batch over a common denominator as small as its rates allow.

    Errors: `LengthMismatch` or `InvalidArgument` for parts of another shape or below 0; `AmountOverflow` where the
    interest of a loan could leave int64.
    """
    common = math.gcd(RATE_SCALE, int(np.gcd.reduce(rate)))
    scale = RATE_SCALE // common * parts.denominator
    even = 1 + scale % 2
    scale, rate = scale * even, rate // common * even
    matrix = None
    if isinstance(parts.numerator, int):
        most, shared = 1, math.gcd(parts.numerator, scale // 2)
        if int(rate.max()) * parts.numerator > FEN_MAX:
            raise AmountOverflow(
                "annual_rate", "is beyond what a rate can be", "超出利率的合理范围", row=int(rate.argmax())
            )
        scale, rate = scale // shared, rate * (parts.numerator // shared)
    else:
        matrix = _fitting(parts.numerator, periods)
        most = int(matrix.max())
    heaviest = [int(column.max()) for column in (principal, rate, periods)]
    product = math.prod(heaviest) * most
    if product // scale > FEN_MAX // 4:
        _refuse_overflow(principal, rate, periods, most, scale)
    return Weights(rate, matrix, scale, free, wide=product + scale > FEN_MAX)


def _fitting(numerator: NDArray[np.int64], periods: FenColumn) -> NDArray[np.int64]:
    wanted = (int(periods.max()), periods.size)
    if numerator.ndim != 2 or numerator.shape[0] < wanted[0] or numerator.shape[1] != wanted[1]:
        rule = f"must have the shape of periods and loans, {wanted}"
        raise LengthMismatch("year_parts", rule, f"须为期数 × 笔数 {wanted}", value=numerator.shape)
    if numerator.min() < 0:
        row = int(np.flatnonzero((numerator < 0).any(axis=0))[0])
        raise InvalidArgument("year_parts", "must not be below 0", "不得为负", row=row)
    return numerator


def _refuse_overflow(principal: FenColumn, rate: FenColumn, periods: FenColumn, most: int, scale: int) -> None:
    """The widest principal and rate may belong to different loans: each loan is asked by itself."""
    columns = zip(principal.tolist(), rate.tolist(), periods.tolist(), strict=True)
    for row, (balance, weight, count) in enumerate(columns):
        if balance * weight * count * most // scale > FEN_MAX // 4:
            raise AmountOverflow("annual_rate", "makes interest beyond int64 fen", "利息超出可表示的金额范围", row=row)
