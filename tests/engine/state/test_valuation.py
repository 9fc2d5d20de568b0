"""Loan to value twice, the value of a car over time, and the months in which a borrower owes more than he has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX, RATE_SCALE
from chedai.engine.reference import state as reference
from chedai.engine.schedule import schedule
from chedai.engine.terms import LoanTerms
from chedai.engine.valuation import (
    DepreciationCurve,
    equity_over_time,
    loan_to_value,
    max_loan,
    price_base,
    value_over_time,
    within_ltv,
)

CURVE = DepreciationCurve((0, 1, 12, 36, 60), (100_000_000, 90_000_000, 80_000_000, 60_000_000, 45_000_000))
KNOTS = [(m, Decimal(s) / RATE_SCALE) for m, s in zip(CURVE.months, CURVE.shares, strict=True)]


def test_the_price_base_is_the_lower_of_the_price_less_subsidy_and_the_list_price() -> None:
    # 185,000 less 15,000 subsidy against a list price of 189,900; then a list price below
    assert price_base([18_500_000] * 2, 1_500_000, [18_990_000, 16_000_000]).tolist() == [17_000_000, 16_000_000]
    with pytest.raises(InvalidArgument, match="subsidy, row 2: must be below the price") as refusal:
        price_base([10, 10], [9, 10], 10)
    assert (refusal.value.rule_zh, refusal.value.value) == ("必须小于成交价", 10)
    assert price_base(10, 9, 10).tolist() == [1]
    for arguments, name in (((0, 0, 1), "deal_price"), ((1, -1, 1), "subsidy"), ((1, 0, 0), "reference_price")):
        with pytest.raises(InvalidArgument, match=f"{name}, row 1"):
            price_base(*arguments)


def test_add_ons_show_only_in_the_all_in_ratio() -> None:
    ratio = loan_to_value(13_600_000, 1_020_000, 17_000_000)
    assert ratio.regulatory.tolist() == [80_000_000]
    assert ratio.all_in.tolist() == [86_000_000]
    assert loan_to_value(100, 10, 100).all_in.tolist() == [110_000_000]
    with pytest.raises(InvalidArgument, match="base, row 1"):
        loan_to_value(1, 1, 0)
    with pytest.raises(InvalidArgument, match="vehicle_loan, row 1"):
        loan_to_value(-1, 1, 1)
    with pytest.raises(InvalidArgument, match="add_ons, row 1"):
        loan_to_value(1, -1, 1)
    with pytest.raises(AmountOverflow, match="add_ons, row 1"):
        loan_to_value(FEN_MAX, 1, FEN_MAX)


def test_a_ratio_that_only_rounds_to_the_limit_is_over_it() -> None:
    assert within_ltv([13_600_000, 13_600_001], 17_000_000, 80_000_000).tolist() == [True, False]
    over = loan_to_value(800_000_000_001, 0, 1_000_000_000_000)
    assert over.regulatory.tolist() == [80_000_000]
    assert within_ltv(800_000_000_001, 1_000_000_000_000, 80_000_000).tolist() == [False]
    with pytest.raises(InvalidArgument, match="loan, row 1"):
        within_ltv(-1, 1, 1)


def test_the_largest_loan_a_ratio_allows_is_rounded_down() -> None:
    assert max_loan([17_000_001, 3], 80_000_000).tolist() == [13_600_000, 2]
    with pytest.raises(InvalidArgument, match="max_share, row 1"):
        max_loan(1, -1)
    with pytest.raises(InvalidArgument, match="base, row 1"):
        max_loan(-1, 1)


def test_a_car_loses_value_in_straight_lines_between_the_knots() -> None:
    shares = CURVE.share_at([0, 1, 2, 12, 24, 36, 48, 60])
    assert shares.tolist() == [
        100_000_000,
        90_000_000,
        89_090_909,
        80_000_000,
        70_000_000,
        60_000_000,
        52_500_000,
        45_000_000,
    ]
    assert value_over_time(18_500_000, CURVE, 2).tolist() == [[18_500_000, 16_650_000, 16_481_818]]


def test_a_used_car_follows_the_curve_from_its_age() -> None:
    values = value_over_time([8_000_000, 6_000_000], CURVE, 12, age_months=[24, 36])
    assert values[:, 0].tolist() == [8_000_000, 6_000_000]
    assert values[:, 12].tolist() == [6_857_143, 5_250_000]


@given(st.integers(1, 10**9), st.integers(0, 48), st.integers(0, 12))
def test_a_value_agrees_with_reading_the_curve(price: int, age: int, months: int) -> None:
    value = value_over_time(price, CURVE, months, age_months=age)[0, -1]
    assert value == int(reference.car_value(Decimal(price) / 100, KNOTS, age, months) * 100)


def test_past_the_last_knot_the_curve_says_so() -> None:
    with pytest.raises(InvalidArgument, match="age_months, row 2: the curve ends at month 60") as refusal:
        CURVE.share_at([60, 61])
    assert (refusal.value.rule_zh, refusal.value.value) == ("折旧曲线止于第 60 月", 61)
    with pytest.raises(InvalidArgument, match="age_months"):
        value_over_time(1000, CURVE, 60, age_months=1)
    only_new = DepreciationCurve((0,), (RATE_SCALE,))
    assert value_over_time(1000, only_new, 0).tolist() == [[1000]]
    assert reference.car_value(Decimal(10), [(0, Decimal(1))], 0, 0) == 10


def test_curves_that_make_no_sense_are_refused() -> None:
    with pytest.raises(LengthMismatch, match="shares: must have 2 knots") as refusal:
        DepreciationCurve((0, 1), (1,))
    assert refusal.value.rule_zh == "应为 2 个点"
    for months in ((), (1,)):
        with pytest.raises(InvalidArgument, match="months: must start at age 0") as start:
            DepreciationCurve(months, (1,) * len(months))
        assert start.value.rule_zh == "须从 0 月开始"
    with pytest.raises(InvalidArgument, match="months, row 3: must rise") as falls:
        DepreciationCurve((0, 5, 5), (3, 2, 1))
    assert (falls.value.rule_zh, falls.value.value) == ("须递增", 5)
    with pytest.raises(InvalidArgument, match="shares, row 2: must be above 0") as nothing:
        DepreciationCurve((0, 5), (3, 0))
    assert nothing.value.rule_zh == "必须大于 0"
    with pytest.raises(InvalidArgument, match="age_months, row 1"):
        CURVE.share_at(-1)
    with pytest.raises(InvalidArgument, match="price, row 1"):
        value_over_time(0, CURVE, 1)
    with pytest.raises(InvalidArgument, match="age_months, row 1"):
        value_over_time(1, CURVE, 1, age_months=-1)


def test_months_in_which_the_borrower_owes_more_than_the_car_is_worth() -> None:
    # 185,000 car, all of it lent at 6 % for 60 months
    terms = LoanTerms(principal=18_500_000, annual_rate=6_000_000, periods=60, disbursed_on=date(2026, 1, 10))
    balance = [18_500_000, *(row.balance for row in schedule(terms).rows)]
    value = value_over_time(18_500_000, CURVE, 60)
    path = equity_over_time([balance, [0] * 61], np.vstack([value, value]))
    assert path.equity[0, :3].tolist() == [0, -1_584_843, -1_486_542]
    assert path.ltv[0, 1] == 109_518_577
    assert path.first_negative.tolist() == [1, -1]
    assert path.last_negative.tolist() == [15, -1]
    assert path.equity[0, 15] < 0 <= path.equity[0, 16]
    assert path.ltv[1].tolist() == [0] * 61


def test_equity_of_unequal_columns_is_refused() -> None:
    with pytest.raises(LengthMismatch, match=r"value: must have the shape \(1, 2\)") as refusal:
        equity_over_time([[1, 2]], [[1]])
    assert refusal.value.rule_zh == "形状应为 (1, 2)"
    with pytest.raises(InvalidArgument, match="value, row 1"):
        equity_over_time([[1]], [[0]])
    with pytest.raises(InvalidArgument, match="balance, row 1"):
        equity_over_time([[-1]], [[1]])
    assert equity_over_time([[5, 5]], [[5, 4]]).first_negative.tolist() == [1]
