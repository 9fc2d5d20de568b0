"""What plans have cost when they are settled at months 12, 24 and 36."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX
from chedai.engine.schedule import schedule
from chedai.engine.settlement import FeeTier, SettlementFee
from chedai.engine.settlement_cost import settlement_cost
from chedai.engine.terms import LoanTerms


def _plan(principal: int, rate: int, periods: int) -> tuple[list[int], list[int]]:
    terms = LoanTerms(principal=principal, annual_rate=rate, periods=periods, disbursed_on=date(2026, 1, 10))
    rows = schedule(terms).rows
    short = [0] * (60 - periods)
    return [r.principal for r in rows] + short, [r.interest for r in rows] + short


FIVE_YEARS = _plan(20_000_000, 5_500_000, 60)
TWO_YEARS = _plan(10_000_000, 6_000_000, 24)
PRINCIPAL = [FIVE_YEARS[0], TWO_YEARS[0]]
INTEREST = [FIVE_YEARS[1], TWO_YEARS[1]]


def test_a_loan_taken_for_a_discount_and_cleared_after_24_months() -> None:
    # B08: 200,000 at 5.5 % for 60 months cleared after 24 costs 18,200.51 interest; 15,000 discount loses to cash
    cost = settlement_cost([FIVE_YEARS[0]], [FIVE_YEARS[1]], annual_rate=5_500_000)
    assert cost.interest[0, 1] == 1_820_051
    assert cost.cost[0, 1] - 1_500_000 == 320_051
    assert cost.payoff[0, 1] == cost.balance[0, 1] == sum(FIVE_YEARS[0][24:])


def test_a_shorter_plan_is_over_and_pays_no_fee() -> None:
    rule = SettlementFee(share=3_000_000, locked_months=13)
    cost = settlement_cost(PRINCIPAL, INTEREST, annual_rate=5_500_000, rules=(rule,))
    assert cost.locked.tolist() == [[True, False, False], [True, False, False]]
    assert cost.balance[1].tolist() == [sum(TWO_YEARS[0][12:]), 0, 0]
    assert cost.settlement_fee[1].tolist() == [0, 0, 0]
    assert cost.cost[1].tolist() == [0, sum(TWO_YEARS[1]), sum(TWO_YEARS[1])]
    assert cost.payoff[:, 0].tolist() == [0, 0]


def test_the_months_are_12_24_and_36_unless_others_are_asked() -> None:
    asked = settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, months=(12, 24, 36))
    assert settlement_cost(PRINCIPAL, INTEREST, annual_rate=0).balance.tolist() == asked.balance.tolist()


def test_the_lock_up_ends_with_its_last_month_and_with_the_loan() -> None:
    rule = SettlementFee(locked_months=24)
    cost = settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, rules=(rule,), months=(23, 24))
    assert cost.locked.tolist() == [[True, False], [True, False]]
    longer = settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, rules=(SettlementFee(locked_months=30),), months=(24,))
    assert longer.locked.tolist() == [[True], [False]]
    assert settlement_cost([[1, 1]], [[0, 0]], annual_rate=0, rules=(rule,), months=(1,)).locked.tolist() == [[True]]


def test_each_plan_has_its_own_rule_and_rate() -> None:
    tiers = SettlementFee(tiers=(FeeTier(12, 5_000_000), FeeTier(24, 3_000_000)))
    rules = (SettlementFee(interest_months=2), tiers)
    cost = settlement_cost(
        PRINCIPAL, INTEREST, annual_rate=[6_000_000, 0], rules=rules, rule_of=[0, 1], months=(12, 23)
    )
    for k, month in enumerate((12, 23)):
        for plan, rate in ((0, 6_000_000), (1, 0)):
            balance = sum(PRINCIPAL[plan][month:])
            fee = rules[plan].amount(month, balance, rate)
            assert cost.settlement_fee[plan, k] == fee
            assert cost.payoff[plan, k] == balance + fee
            assert cost.cost[plan, k] == sum(INTEREST[plan][:month]) + fee


def test_fees_paid_so_far_and_the_later_ones_that_stay() -> None:
    fees = np.full((2, 60), 1_000)
    some = settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, fees=fees, upfront=[50_000, 0], months=(12,))
    assert some.fees.tolist() == [[62_000], [12_000]]
    every = settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, fees=fees, months=(12,), fees_fall_away=False)
    assert every.fees.tolist() == [[60_000], [60_000]]
    assert every.payoff[:, 0].tolist() == [sum(p[12:]) + 48_000 for p in PRINCIPAL]
    assert some.cost[0, 0] == sum(INTEREST[0][:12]) + 62_000


def test_a_month_past_the_longest_plan_costs_the_whole_plan() -> None:
    cost = settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, months=(72,))
    assert cost.cost[:, 0].tolist() == [sum(INTEREST[0]), sum(INTEREST[1])]
    assert cost.balance[:, 0].tolist() == [0, 0]


def test_no_plans_give_no_costs() -> None:
    nothing = np.zeros((0, 60), dtype=np.int64)
    assert settlement_cost(nothing, nothing, annual_rate=0).cost.shape == (0, 3)


def test_bad_columns_are_refused() -> None:
    with pytest.raises(LengthMismatch, match=r"interest: must have the shape \(2, 60\)") as refusal:
        settlement_cost(PRINCIPAL, [[1, 2]], annual_rate=0)
    assert refusal.value.rule_zh == "形状应为 (2, 60)"
    with pytest.raises(LengthMismatch, match="fees"):
        settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, fees=[[1]])
    with pytest.raises(InvalidArgument, match="months: must be at least 1"):
        settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, months=(0,))
    with pytest.raises(InvalidArgument, match="rule_of, row 2: names no rule") as missing:
        settlement_cost(PRINCIPAL, INTEREST, annual_rate=0, rule_of=[0, 1])
    assert (missing.value.rule_zh, missing.value.value) == ("没有对应的规则", 1)
    with pytest.raises(LengthMismatch, match="annual_rate"):
        settlement_cost(PRINCIPAL, INTEREST, annual_rate=[1, 2, 3])
    with pytest.raises(InvalidArgument, match="principal, row 1"):
        settlement_cost([[-1]], [[0]], annual_rate=0)
    with pytest.raises(AmountOverflow, match="principal, row 2"):
        settlement_cost([[1, 1], [FEN_MAX, 1]], [[0, 0], [0, 0]], annual_rate=0)
    most = FEN_MAX // 1_000_000
    assert settlement_cost([[most]], [[most]], annual_rate=0, upfront=most, months=(1,)).cost.tolist() == [[2 * most]]
    with pytest.raises(AmountOverflow, match="upfront, row 1: is beyond what a loan can be") as beyond:
        settlement_cost([[most]], [[most]], annual_rate=0, upfront=most + 1)
    assert beyond.value.rule_zh == "超出贷款金额的合理范围"
