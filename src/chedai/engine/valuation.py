"""What the car is worth against what is owed on it: loan to value (贷款成数, LTV), twice, and over time.

The regulator's ratio divides the car loan by a narrow price (汽车贷款管理办法): for a new car the lower of the price
paid less government subsidy and the maker's list price; for a used one the lower of that and the lender's appraisal;
taxes, insurance and fees never belong to it. What the borrower finances besides (insurance, services) shows only in
the all-in ratio over the same price, and that is the one the car has to carry when it must be sold.

A car loses value faster in its first months than a level loan is repaid. Where the balance is above the value, the
borrower owes more than he has (negative equity, 资不抵债).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.columns import Flags, fen_matrix, matrix_proportion, part_of, plus, proportion
from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import RATE_SCALE, FenColumn, fen_column, same_length


def price_base(deal_price: ArrayLike, subsidy: ArrayLike, reference_price: ArrayLike) -> FenColumn:
    """The price the regulator's ratio counts, in fen, one row a car.

    The lower of `deal_price - subsidy` and `reference_price`, which is the maker's list price of a new car or the
    lender's appraisal of a used one. None of them holds tax, insurance or fees. Errors: a subsidy above the price.
    """
    price, grant, reference = same_length(
        deal_price=fen_column("deal_price", deal_price, least=1),
        subsidy=fen_column("subsidy", subsidy, least=0),
        reference_price=fen_column("reference_price", reference_price, least=1),
    )
    above = np.flatnonzero(grant >= price)
    if above.size:
        row = int(above[0])
        raise InvalidArgument("subsidy", "must be below the price", "必须小于成交价", row=row, value=int(grant[row]))
    base: FenColumn = np.minimum(price - grant, reference)
    return base


class LoanToValue(NamedTuple):
    """Two ratios in units of 1e-8, rounded half-up for display; compare a limit with `within_ltv`."""

    regulatory: FenColumn
    all_in: FenColumn


def loan_to_value(vehicle_loan: ArrayLike, add_ons: ArrayLike, base: ArrayLike) -> LoanToValue:
    """Both ratios over the same `base`: the loan for the car alone, and with the financed `add_ons` (fen)."""
    loan, extra, price = same_length(
        vehicle_loan=fen_column("vehicle_loan", vehicle_loan, least=0),
        add_ons=fen_column("add_ons", add_ons, least=0),
        base=fen_column("base", base, least=1),
    )
    return LoanToValue(_ratio("vehicle_loan", loan, price), _ratio("add_ons", plus("add_ons", loan, extra), price))


def max_loan(base: ArrayLike, max_share: ArrayLike) -> FenColumn:
    """The largest loan a ratio allows (`max_share` 1e-8), in fen, rounded down."""
    price, share = same_length(
        base=fen_column("base", base, least=0), max_share=fen_column("max_share", max_share, least=0)
    )
    return part_of("max_share", price, share)


def within_ltv(loan: ArrayLike, base: ArrayLike, max_share: ArrayLike) -> Flags:
    """Whether `loan / base` keeps the limit, exactly: a ratio that only rounds to the limit does not."""
    amount, allowed = same_length(loan=fen_column("loan", loan, least=0), base=max_loan(base, max_share))
    return amount <= allowed


@dataclass(frozen=True, slots=True)
class DepreciationCurve:
    """What share (1e-8) of its new price a car is worth at some ages in months; straight lines in between.

    The first knot is age 0. Past the last knot the curve knows nothing and says so.
    """

    months: tuple[int, ...]
    shares: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.months) != len(self.shares):
            raise LengthMismatch("shares", f"must have {len(self.months)} knots", f"应为 {len(self.months)} 个点")
        if not self.months or self.months[0] != 0:
            raise InvalidArgument("months", "must start at age 0", "须从 0 月开始")
        for row in range(len(self.months)):
            if row and self.months[row] <= self.months[row - 1]:
                raise InvalidArgument("months", "must rise", "须递增", row=row, value=self.months[row])
            if self.shares[row] <= 0:
                raise InvalidArgument("shares", "must be above 0", "必须大于 0", row=row, value=self.shares[row])

    def share_at(self, age_months: ArrayLike) -> FenColumn:
        """The share (1e-8) at each age, rounded half-up between the knots. Errors: an age past the last knot."""
        age = fen_column("age_months", age_months, least=0)
        late = np.flatnonzero(age > self.months[-1])
        if late.size:
            rule, rule_zh = f"the curve ends at month {self.months[-1]}", f"折旧曲线止于第 {self.months[-1]} 月"
            raise InvalidArgument("age_months", rule, rule_zh, row=int(late[0]), value=int(age[late[0]]))
        knots, shares = np.array(self.months, dtype=np.int64), np.array(self.shares, dtype=np.int64)
        before = np.searchsorted(knots, age, side="right") - 1
        after = np.minimum(before + 1, knots.size - 1)
        span = np.maximum(knots[after] - knots[before], 1)
        return shares[before] + proportion(shares[after] - shares[before], age - knots[before], span)


def value_over_time(price: ArrayLike, curve: DepreciationCurve, months: int, *, age_months: ArrayLike = 0) -> FenColumn:
    """The value of each car 0, 1 ... `months` months after it was bought: int64[car, month + 1] in fen.

    `price` is what a car of `age_months` was worth on the day; it follows the curve from that age on.
    """
    worth, age = same_length(
        price=fen_column("price", price, least=1), age_months=fen_column("age_months", age_months, least=0)
    )
    curve.share_at(age + months)  # a car that outlives the curve is refused by its row
    ages = age[:, None] + np.arange(months + 1, dtype=np.int64)[None, :]
    shares = curve.share_at(ages.reshape(-1)).reshape(ages.shape)
    return matrix_proportion(worth[:, None], shares, shares[:, :1], argument="price")


class EquityPath(NamedTuple):
    """Balance against value over time. `first_negative` and `last_negative` are months, -1 where it never happens."""

    ltv: FenColumn  # [loan, month], units of 1e-8
    equity: FenColumn  # [loan, month], value less balance in fen
    first_negative: FenColumn
    last_negative: FenColumn


def equity_over_time(balance: ArrayLike, value: ArrayLike) -> EquityPath:
    """Ratio and equity of each loan by month; `balance` and `value` int64[loan, month] in fen, month 0 first."""
    owed, worth = fen_matrix("balance", balance), fen_matrix("value", value, least=1)
    if owed.shape != worth.shape:
        raise LengthMismatch("value", f"must have the shape {owed.shape}", f"形状应为 {owed.shape}", value=worth.shape)
    equity = worth - owed
    negative = equity < 0
    ever = negative.any(axis=1)
    return EquityPath(
        ltv=matrix_proportion(owed, RATE_SCALE, worth, argument="balance"),
        equity=equity,
        first_negative=np.where(ever, negative.argmax(axis=1), -1),
        last_negative=np.where(ever, negative.shape[1] - 1 - negative[:, ::-1].argmax(axis=1), -1),
    )


def _ratio(argument: str, amount: FenColumn, base: FenColumn) -> FenColumn:
    return proportion(amount, RATE_SCALE, base, argument=argument)
