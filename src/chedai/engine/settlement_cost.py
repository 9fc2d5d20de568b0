"""What settling early would cost, for many plans side by side: the columns at months 12, 24 and 36 of a comparison.

A plan that looks cheap for its whole term may be dear to leave, and a loan taken only for the dealer's discount is
settled after two years. So the comparison shows, for a few months, what the plan has cost by then: interest paid so
far, fees, and the fee for leaving.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.columns import Flags, fen_matrix, proportion, refuse_beyond_a_loan, row_column
from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import RATE_SCALE, FenColumn
from chedai.engine.settlement import SettlementFee


class SettlementCost(NamedTuple):
    """Matrices int64[plan, month], in fen: what a plan has cost when it is settled right after instalment `month`.

    `cost` is `interest + fees + settlement_fee`; `payoff` the money to bring that day. Where `locked` is true the
    contract refuses settlement, and `settlement_fee`, `payoff` and `cost` are 0. After its last instalment the payoff
    of a plan is 0.
    """

    interest: FenColumn
    fees: FenColumn
    settlement_fee: FenColumn
    balance: FenColumn
    payoff: FenColumn
    cost: FenColumn
    locked: Flags


def settlement_cost(
    principal: ArrayLike,
    interest: ArrayLike,
    *,
    annual_rate: ArrayLike,
    rules: Sequence[SettlementFee] = (SettlementFee(),),
    rule_of: ArrayLike = 0,
    fees: ArrayLike | None = None,
    upfront: ArrayLike = 0,
    months: Sequence[int] = (12, 24, 36),
    fees_fall_away: bool = True,
) -> SettlementCost:
    """Settlement cost of many plans at the given months, every instalment before paid on its day.

    `principal`, `interest`, `fees` int64[plan, instalment], shorter plans filled with 0; `upfront` fees int64[plan];
    `rules[rule_of[plan]]` is the plan's fee for leaving early, `annual_rate` (1e-8) serves a fee in months' interest.
    """
    parts = fen_matrix("principal", principal)
    plans = parts.shape[0]
    interests = _same_shape("interest", interest, parts)
    charges = np.zeros_like(parts) if fees is None else _same_shape("fees", fees, parts)
    before = row_column("upfront", upfront, plans)
    rates = row_column("annual_rate", annual_rate, plans)
    rule = row_column("rule_of", rule_of, plans)
    if plans and int(rule.max()) >= len(rules):
        row = int(np.argmax(rule))
        raise InvalidArgument("rule_of", "names no rule", "没有对应的规则", row=row, value=int(rule[row]))
    for argument, amounts in (("principal", parts), ("interest", interests), ("fees", charges), ("upfront", before)):
        refuse_beyond_a_loan(argument, amounts)
    plan = _Plans(parts, interests, before, charges, fees_fall_away)
    cells = [_at(plan, month, rates, rules, rule) for month in months]
    return SettlementCost(*(np.stack(column, axis=1) for column in zip(*cells, strict=True)))


class _Plans(NamedTuple):
    principal: FenColumn
    interest: FenColumn
    upfront: FenColumn
    fees: FenColumn
    fees_fall_away: bool


def _at(
    plan: _Plans, month: int, rates: FenColumn, rules: Sequence[SettlementFee], rule: FenColumn
) -> tuple[FenColumn, FenColumn, FenColumn, FenColumn, FenColumn, FenColumn, Flags]:
    """The columns of `SettlementCost` for one month."""
    if month < 1:
        raise InvalidArgument("months", "must be at least 1", "不得小于 1", value=month)
    balance = plan.principal[:, month:].sum(axis=1)
    later = plan.fees[:, month:].sum(axis=1) * (not plan.fees_fall_away)
    fee, locked = _fees(balance, rates, rules, rule, month)
    interest = plan.interest[:, :month].sum(axis=1)
    fees = plan.upfront + plan.fees[:, :month].sum(axis=1) + later
    payoff = np.where(locked, 0, balance + later + fee)
    cost = np.where(locked, 0, interest + fees + fee)
    return interest, fees, fee, balance, payoff, cost, locked


def _fees(
    balance: FenColumn, rates: FenColumn, rules: Sequence[SettlementFee], rule: FenColumn, month: int
) -> tuple[FenColumn, Flags]:
    """The fee and the lock-up of each plan at one month; a plan already at 0 pays none and is never locked."""
    share = np.array([r.share_after(month) for r in rules], dtype=np.int64)[rule]
    interest_months = np.array([r.interest_months for r in rules], dtype=np.int64)[rule]
    locked = (np.array([r.locked_months for r in rules], dtype=np.int64)[rule] > month) & (balance > 0)
    fee = proportion(balance, share, RATE_SCALE) + proportion(balance, rates * interest_months, 12 * RATE_SCALE)
    return np.where(locked, 0, fee), locked


def _same_shape(argument: str, values: ArrayLike, like: FenColumn) -> FenColumn:
    matrix = fen_matrix(argument, values)
    if matrix.shape != like.shape:
        rule, rule_zh = f"must have the shape {like.shape}", f"形状应为 {like.shape}"
        raise LengthMismatch(argument, rule, rule_zh, value=matrix.shape)
    return matrix
