"""What a customer can carry: debt to income before and after, the largest instalment, the largest loan.

Two limits are usual. Debt to income (收入负债比, DTI) holds all instalments against income; payment to income
(车贷月供比, PTI) holds the car's alone. Income counts twice and apart: what documents prove, and what the customer
says. A stress asks the same question at a higher rate and a lower income.

The limits are the lender's and arrive as arguments. Amounts are fen a month; ratios are units of 1e-8; a verdict
compares integers, so a ratio that only rounds to the limit is over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.columns import Flags, part_of, plus, proportion
from chedai.engine.errors import AmountOverflow, InvalidArgument
from chedai.engine.money import FEN_MAX, RATE_SCALE, FenColumn, divide, fen_column, same_length

NO_INCOME: Final = -1
"""The ratio of a customer without income: there is none, and it keeps no limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The lender's limits as shares of monthly income (1e-8): all instalments, and the car's alone. None: no limit."""

    dti: int | None
    pti: int | None

    def __post_init__(self) -> None:
        for argument in ("dti", "pti"):
            value = getattr(self, argument)
            if value is not None and value < 0:
                raise InvalidArgument(argument, "must be at least 0", "不得小于 0", value=value)


class Binding(IntEnum):
    """Which limit decides."""

    NONE = 0
    DTI = 1  # all instalments against income
    PTI = 2  # the car's instalment against income
    LOAN_CAP = 3  # the product or the value of the car


class Burden(NamedTuple):
    """One income's view, one row a customer: three ratios (1e-8), and whether both limits are kept."""

    dti_before: FenColumn
    dti_after: FenColumn
    pti: FenColumn
    within: Flags


class Affordability(NamedTuple):
    """The same instalment on proven income, and on stated income."""

    verified: Burden
    stated: Burden


class Largest(NamedTuple):
    """The largest amount (fen) each customer can have, and the `Binding` that stops it there."""

    amount: FenColumn
    binding: FenColumn


def affordability(
    verified_income: ArrayLike, stated_income: ArrayLike, debts: ArrayLike, instalment: ArrayLike, limits: Limits
) -> Affordability:
    """Debt to income before and after the new `instalment`, on proven and on stated income; columns in fen a month.

    `debts` are the instalments the customer already pays.
    """
    proven, said, owed, new = same_length(
        verified_income=fen_column("verified_income", verified_income, least=0),
        stated_income=fen_column("stated_income", stated_income, least=0),
        debts=fen_column("debts", debts, least=0),
        instalment=fen_column("instalment", instalment, least=0),
    )
    return Affordability(_burden(proven, owed, new, limits), _burden(said, owed, new, limits))


def maximal_instalment(income: ArrayLike, debts: ArrayLike, limits: Limits) -> Largest:
    """The largest new instalment both limits allow, in fen a month, and which of them binds (DTI where they are equal).

    Without any limit there is no largest instalment: `InvalidArgument`.
    """
    if limits.dti is None and limits.pti is None:
        raise InvalidArgument("limits", "must hold a limit", "至少需要一个限额")
    earned, owed = same_length(income=fen_column("income", income, least=0), debts=fen_column("debts", debts, least=0))
    by_dti = _room("dti", earned, owed, limits.dti)
    by_pti = _room("pti", earned, np.zeros_like(owed), limits.pti)
    binding = np.where(by_pti < by_dti, int(Binding.PTI), int(Binding.DTI))
    return Largest(np.minimum(by_dti, by_pti), binding)


def maximal_principal(instalment: ArrayLike, annual_rate: ArrayLike, periods: ArrayLike) -> FenColumn:
    """The largest principal whose level monthly instalment, rounded half-up to fen, is at most `instalment`.

    Exact: one fen more of principal would be too much. `annual_rate` 1e-8, `periods` months, one row a case.
    """
    wish, rate, months = _annuity_columns("instalment", instalment, annual_rate, periods)

    def largest(amount: int, numerator: int, denominator: int) -> int:
        # Half-up keeps the instalment while the exact one is below amount + 1/2.
        return max(0, ((2 * amount + 1) * denominator - 1) // (2 * numerator))

    return _by_annuity("instalment", wish, rate, months, largest)


def level_instalments(principal: ArrayLike, annual_rate: ArrayLike, periods: ArrayLike) -> FenColumn:
    """The level monthly instalment of each principal in fen, exact and rounded once half-up."""
    owed, rate, months = _annuity_columns("principal", principal, annual_rate, periods)
    return _by_annuity("principal", owed, rate, months, lambda amount, top, bottom: divide(amount * top, bottom))


def maximal_loan(
    income: ArrayLike,
    debts: ArrayLike,
    limits: Limits,
    annual_rate: ArrayLike,
    periods: ArrayLike,
    *,
    loan_cap: ArrayLike | None = None,
) -> Largest:
    """The largest principal a customer can carry, and what binds: DTI, PTI, or `loan_cap` (fen; product or car)."""
    instalment = maximal_instalment(income, debts, limits)
    principal = maximal_principal(instalment.amount, annual_rate, periods)
    if loan_cap is None:
        binding, principal = same_length(binding=instalment.binding, principal=principal)
        return Largest(principal, binding)
    principal, cap, binding = same_length(
        principal=principal, loan_cap=fen_column("loan_cap", loan_cap, least=0), binding=instalment.binding
    )
    return Largest(np.minimum(principal, cap), np.where(cap < principal, int(Binding.LOAN_CAP), binding))


def stressed(
    income: ArrayLike,
    debts: ArrayLike,
    principal: ArrayLike,
    annual_rate: ArrayLike,
    periods: ArrayLike,
    limits: Limits,
    *,
    rate_rise: int = 0,
    income_fall: int = 0,
) -> Burden:
    """The burden when the rate is `rate_rise` higher and income `income_fall` lower (1e-8; 20 % is 20_000_000).

    The instalment is solved anew at the higher rate over the same `periods`; income is rounded down.
    """
    if not 0 <= income_fall <= RATE_SCALE:
        raise InvalidArgument("income_fall", "must be from 0 to 100 %", "须在 0 与 100 % 之间", value=income_fall)
    base_rate, rise = same_length(
        annual_rate=fen_column("annual_rate", annual_rate, least=0),
        rate_rise=fen_column("rate_rise", rate_rise, least=0),
    )
    earned, owed, new = same_length(
        income=part_of("income_fall", fen_column("income", income, least=0), RATE_SCALE - income_fall),
        debts=fen_column("debts", debts, least=0),
        principal=level_instalments(principal, plus("rate_rise", base_rate, rise), periods),
    )
    return _burden(earned, owed, new, limits)


def _burden(income: FenColumn, debts: FenColumn, instalment: FenColumn, limits: Limits) -> Burden:
    within, all_debts = income > 0, plus("debts", debts, instalment)
    if limits.dti is not None:
        within &= all_debts <= part_of("dti", income, limits.dti)
    if limits.pti is not None:
        within &= instalment <= part_of("pti", income, limits.pti)
    return Burden(
        dti_before=_ratio(debts, income),
        dti_after=_ratio(all_debts, income),
        pti=_ratio(instalment, income),
        within=within,
    )


def _ratio(amount: FenColumn, income: FenColumn) -> FenColumn:
    ratio: FenColumn = np.where(income > 0, proportion(amount, RATE_SCALE, np.maximum(income, 1)), NO_INCOME)
    return ratio


def _room(argument: str, income: FenColumn, debts: FenColumn, limit: int | None) -> FenColumn:
    """What a limit leaves for a new instalment; no limit leaves everything."""
    if limit is None:
        return np.full(income.shape, FEN_MAX, dtype=np.int64)
    room: FenColumn = np.maximum(part_of(argument, income, limit) - debts, 0)
    return room


def _annuity_columns(
    argument: str, amount: ArrayLike, annual_rate: ArrayLike, periods: ArrayLike
) -> tuple[FenColumn, FenColumn, FenColumn]:
    columns = {
        argument: fen_column(argument, amount, least=0),
        "annual_rate": fen_column("annual_rate", annual_rate, least=0),
        "periods": fen_column("periods", periods, least=1),
    }
    amounts, rate, months = same_length(**columns)
    return amounts, rate, months


def _by_annuity(
    argument: str,
    amount: FenColumn,
    rate: FenColumn,
    months: FenColumn,
    solve: Callable[[int, int, int], int],
) -> FenColumn:
    """`solve(amount, numerator, denominator)` row by row; the instalment of 1 is numerator / denominator, exact.

    The fraction is built once for each rate and term, of which a book has few.
    """
    kinds, kind = np.unique(np.stack([rate, months]), axis=1, return_inverse=True)
    factors = [_instalment_of_one(int(r), int(n)) for r, n in kinds.T]
    solved = [solve(a, *factors[k]) for a, k in zip(amount.tolist(), kind.reshape(-1).tolist(), strict=True)]
    wide = next((row for row, value in enumerate(solved) if value > FEN_MAX), None)
    if wide is not None:
        raise AmountOverflow(argument, "leads beyond int64 fen", "结果超出 int64", row=wide, value=solved[wide])
    return np.array(solved, dtype=np.int64)


def _instalment_of_one(rate: int, months: int) -> tuple[int, int]:
    """`i (1 + i)^n / ((1 + i)^n - 1)` with i = rate / 12, as an exact fraction; 1 / n without interest."""
    if rate == 0:
        return 1, months
    year = 12 * RATE_SCALE
    grown, unit = (year + rate) ** months, year**months
    return rate * grown, year * (grown - unit)
