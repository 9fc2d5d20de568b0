"""Schedules of many loans at once: columns in, arrays [period, loan] out, to the fen what `schedule` says of each.

One call computes one method under one set of conventions; principal, rate, number of periods, tail and stated
instalment are columns, so terms may be ragged (rows beyond a loan's own last instalment are 0). A grid of plans for one
quote is such a call as well. `year_parts` carries the day count; without it every period is a month, a twelfth of a
year. Dates and rows for people come from `schedule`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import FEN_MAX, FenColumn, Rounding, fen_column, same_length
from chedai.engine.schedule.batch import Batch
from chedai.engine.schedule.contradictions import refuse_method
from chedai.engine.schedule.method_columns import METHODS, Rows, flat, level, level_spread
from chedai.engine.schedule.stepped import refuse_steps
from chedai.engine.schedule.weights import MONTHLY, YearParts, weigh
from chedai.engine.terms import Amortisation, InterestMethod, Residue, Step

MAX_PRINCIPAL: Final = FEN_MAX // 1_000_000
"""As in `LoanTerms`."""
MAX_PERIODS: Final = 65_535


@dataclass(frozen=True, slots=True)
class ScheduleColumns:
    """`principal` and `interest` are int64 fen of shape [period, loan], `periods` and `instalment` of shape [loan].

    `instalment` is the level amount of each loan; None for methods that have none.
    """

    principal: NDArray[np.int64]
    interest: NDArray[np.int64]
    periods: FenColumn
    instalment: FenColumn | None

    @property
    def total(self) -> NDArray[np.int64]:
        """What each instalment asks for, [period, loan]."""
        return self.principal + self.interest

    @property
    def balance(self) -> NDArray[np.int64]:
        """The principal still owed after each instalment, [period, loan]."""
        left: NDArray[np.int64] = self.principal.sum(axis=0) - np.cumsum(self.principal, axis=0)
        return left


def schedule_columns(
    principal: ArrayLike,
    annual_rate: ArrayLike,
    periods: ArrayLike,
    *,
    amortisation: Amortisation = Amortisation.EQUAL_INSTALMENT,
    interest_method: InterestMethod = InterestMethod.DECLINING_BALANCE,
    year_parts: YearParts = MONTHLY,
    balloon: ArrayLike = 0,
    instalment: ArrayLike | None = None,
    steps: tuple[Step, ...] = (),
    grace_principal: int = 0,
    grace_interest: int = 0,
    interest_free_periods: int = 0,
    rounding: Rounding = Rounding.HALF_UP,
    residue: Residue = Residue.LAST,
    instalment_multiple: int = 1,
    out: ScheduleColumns | None = None,
) -> ScheduleColumns:
    """Principal and interest of every instalment of every loan, int64 fen, [period, loan].

    `principal` in fen, `annual_rate` in units of 1e-8, `periods`, `balloon` and `instalment` in fen: one row a loan, or
    one row for all. The rest holds for the whole call and means what it means in `LoanTerms`; `year_parts` are those of
    `year_part_columns`. `out` is an earlier result that is no longer needed: its arrays are written again where they
    are large enough, which spares the system fetching fresh memory for every batch of a large book.

    Errors: `InvalidArgument` and `Infeasible` name argument and row as `schedule` would of that loan, `LengthMismatch`
    columns of different lengths, `AmountOverflow` interest beyond int64.
    """
    balance, rate, terms, tail, stated = _columns(principal, annual_rate, periods, balloon, instalment)
    batch = Batch(
        balance=balance,
        periods=terms,
        weights=weigh(balance, rate, terms, year_parts, interest_free_periods),
        tail=tail,
        stated=None if instalment is None else stated,
        amortisation=amortisation,
        rounding=rounding,
        multiple=instalment_multiple,
        grace=grace_principal,
        steps=steps,
        room=None if out is None else (out.principal, out.interest),
    )
    _refuse_conventions(batch, interest_method, grace_interest)
    rows = _method(batch, interest_method, residue)(batch)
    _collect_interest_later(rows[1], grace_interest)
    return ScheduleColumns(rows[0], rows[1], terms, rows[2])


def _columns(
    principal: ArrayLike, annual_rate: ArrayLike, periods: ArrayLike, balloon: ArrayLike, instalment: ArrayLike | None
) -> list[FenColumn]:
    """The five columns, each checked by itself, then stretched to one length."""
    balance, rate, terms, tail, stated = same_length(
        principal=fen_column("principal", principal, least=1),
        annual_rate=fen_column("annual_rate", annual_rate, least=0),
        periods=fen_column("periods", periods, least=1),
        balloon=fen_column("balloon", balloon, least=0),
        instalment=fen_column("instalment", 1 if instalment is None else instalment, least=1),
    )
    if not balance.size:
        raise InvalidArgument("principal", "must hold at least one loan", "至少须有一笔贷款")
    _refuse_row(balance > MAX_PRINCIPAL, "principal", "is beyond what a loan can be", "超出贷款金额的合理范围")
    _refuse_row(terms > MAX_PERIODS, "periods", "are more than a plan can have", "期数过多")
    _refuse_row(tail >= balance, "balloon", "must be below the balance", "尾款必须小于贷款余额")
    return [balance, rate, terms, tail, stated]


def _refuse_conventions(batch: Batch, interest_method: InterestMethod, later: int) -> None:
    """What `LoanTerms` and `schedule` refuse of one loan, for all of them."""
    terms, grace, free = batch.periods, batch.grace, batch.weights.free
    refuse_method(
        batch.amortisation,
        interest_method,
        balloon=bool(batch.tail.any()),
        instalment=batch.stated is not None,
        steps=bool(batch.steps),
        grace_principal=grace > 0,
    )
    for argument, count in (("grace_principal", grace), ("grace_interest", later), ("interest_free_periods", free)):
        if count < 0:
            raise InvalidArgument(argument, "must be at least 0", "不得小于 0", value=count)
    if batch.multiple < 1:
        raise InvalidArgument("instalment_multiple", "must be at least 1", "不得小于 1", value=batch.multiple)
    _refuse_row(terms <= grace, "grace_principal", "must leave an instalment", "宽限期数必须小于期数")
    _refuse_row(terms <= later, "grace_interest", "must leave an instalment", "宽限期数必须小于期数")
    _refuse_row(terms < free, "interest_free_periods", "is longer than the loan", "免息期数不得超过期数")
    if batch.steps:
        refuse_steps(batch.steps, int(terms[0]))
        _refuse_row(terms != terms[0], "periods", "must be the same under steps", "阶梯还款各笔期数须相同")


def _refuse_row(wrong: NDArray[np.bool_], argument: str, rule: str, rule_zh: str) -> None:
    if wrong.any():
        raise InvalidArgument(argument, rule, rule_zh, row=int(np.flatnonzero(wrong)[0]))


def _method(batch: Batch, interest_method: InterestMethod, residue: Residue) -> Callable[[Batch], Rows]:
    if interest_method is InterestMethod.FLAT:
        return flat
    method = METHODS[batch.amortisation]
    return level_spread if method is level and residue is Residue.SPREAD and batch.stated is None else method


def _collect_interest_later(interest: NDArray[np.int64], grace: int) -> None:
    """The interest of the first `grace` instalments is collected with the one after them."""
    if grace:
        interest[grace] += interest[:grace].sum(axis=0)
        interest[:grace] = 0
