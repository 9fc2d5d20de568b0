"""What a customer can carry: ratios before and after, the largest instalment and loan with what binds, stress."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.affordability import (
    NO_INCOME,
    Binding,
    Limits,
    affordability,
    level_instalments,
    maximal_instalment,
    maximal_loan,
    maximal_principal,
    stressed,
)
from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX, RATE_SCALE
from chedai.engine.reference import state as reference
from chedai.engine.schedule import level_instalment

LIMITS = Limits(dti=55_000_000, pti=50_000_000)
DTI, PTI, LOAN_CAP = Binding.DTI, Binding.PTI, Binding.LOAN_CAP


def test_debt_to_income_before_and_after_on_proven_and_on_stated_income() -> None:
    # 12,000 proven, 15,000 stated, 2,000 of other instalments, 5,000 for the car
    seen = affordability(1_200_000, 1_500_000, 200_000, 500_000, LIMITS)
    assert [c.tolist() for c in seen.verified] == [[16_666_667], [58_333_333], [41_666_667], [False]]
    assert [c.tolist() for c in seen.stated] == [[13_333_333], [46_666_667], [33_333_333], [True]]


def test_documents_may_prove_more_than_the_customer_says() -> None:
    seen = affordability(1_000_000, 800_000, 0, 450_000, LIMITS)
    assert (seen.verified.within.tolist(), seen.stated.within.tolist()) == ([True], [False])


def test_exactly_at_the_limit_is_within_and_a_fen_more_is_not() -> None:
    seen = affordability(1_000_000, 1_000_000, 50_000, [500_000, 500_001], LIMITS).verified
    assert seen.within.tolist() == [True, False]
    by_debt = affordability(1_000_000, 1_000_000, 150_000, [400_000, 400_001], LIMITS).verified
    assert by_debt.within.tolist() == [True, False]
    assert by_debt.dti_after.tolist() == [55_000_000, 55_000_100]
    by_car = affordability(10**13, 10**13, 0, 5 * 10**12 + 1, Limits(dti=None, pti=50_000_000)).verified
    assert (by_car.pti.tolist(), by_car.within.tolist()) == ([50_000_000], [False])


def test_without_limits_every_income_carries_and_without_income_none() -> None:
    free = affordability([0, 1], [0, 1], 0, 100, Limits(None, None)).verified
    assert free.within.tolist() == [False, True]
    assert NO_INCOME == -1
    assert free.dti_after.tolist() == [NO_INCOME, 10_000_000_000]
    assert free.dti_before.tolist() == [NO_INCOME, 0]
    assert free.pti.tolist() == [NO_INCOME, 10_000_000_000]
    nothing_owed = affordability(0, 0, 0, 0, LIMITS).verified
    assert nothing_owed.within.tolist() == [False]


def test_the_largest_instalment_and_which_limit_binds() -> None:
    largest = maximal_instalment(1_200_000, [0, 60_000, 200_000, 700_000], LIMITS)
    assert largest.amount.tolist() == [600_000, 600_000, 460_000, 0]
    assert largest.binding.tolist() == [PTI, DTI, DTI, DTI]
    assert maximal_instalment(1_200_001, 0, Limits(None, 50_000_000)).amount.tolist() == [600_000]
    assert maximal_instalment(1_200_000, 100, Limits(55_000_000, None)).amount.tolist() == [659_900]
    with pytest.raises(InvalidArgument, match="limits: must hold a limit") as refusal:
        maximal_instalment(1, 1, Limits(None, None))
    assert refusal.value.rule_zh == "至少需要一个限额"


@given(st.integers(1, 10**8), st.integers(0, 10**7), st.integers(0, RATE_SCALE), st.integers(0, RATE_SCALE))
def test_the_largest_instalment_is_within_and_a_fen_more_is_not(income: int, debts: int, dti: int, pti: int) -> None:
    limits = Limits(dti, pti)
    most = int(maximal_instalment(income, debts, limits).amount[0])
    judged = affordability(income, income, debts, [most, most + 1], limits).verified.within.tolist()
    assert judged[1] is False
    assert judged[0] is (Fraction(debts + most, income) <= Fraction(dti, RATE_SCALE))


def test_the_largest_principal_for_an_instalment() -> None:
    # the car vector backwards: 3,042.19 a month at 6 % for 36 months carries 100,000.04 at most
    assert maximal_principal(304_219, 6_000_000, 36).tolist() == [10_000_004]
    assert level_instalments([10_000_004, 10_000_005], 6_000_000, 36).tolist() == [304_219, 304_220]
    assert maximal_principal(100_000, 0, 12).tolist() == [1_200_005]
    assert maximal_principal(0, 0, 1).tolist() == [0]
    assert maximal_principal(0, 6_000_000, 12).tolist() == [5]


@given(st.integers(0, 10**8), st.integers(0, 30_000_000), st.integers(1, 84))
def test_a_fen_more_principal_would_be_too_much(instalment: int, rate: int, periods: int) -> None:
    most = int(maximal_principal(instalment, rate, periods)[0])
    kept, over = level_instalments([most, most + 1], rate, periods)
    assert kept <= instalment < over


@given(st.integers(1, 10**9), st.integers(0, 30_000_000), st.integers(1, 84))
def test_the_level_instalment_is_the_one_of_the_schedule(principal: int, rate: int, periods: int) -> None:
    made = int(level_instalments(principal, rate, periods)[0])
    assert made == level_instalment(principal, [Fraction(rate, 12 * RATE_SCALE)] * periods)
    judged = reference.level_instalment(Decimal(principal) / 100, Decimal(rate) / RATE_SCALE, periods)
    assert made == int(judged * 100)


def test_the_largest_loan_and_what_binds_it() -> None:
    arguments = (1_200_000, [0, 200_000, 0], LIMITS, 6_000_000, 36)
    free = maximal_loan(*arguments)
    assert free.amount.tolist() == [19_722_626, 15_120_683, 19_722_626]
    assert free.binding.tolist() == [PTI, DTI, PTI]
    capped = maximal_loan(*arguments, loan_cap=[15_000_000, 16_000_000, 19_722_626])
    assert capped.amount.tolist() == [15_000_000, 15_120_683, 19_722_626]
    assert capped.binding.tolist() == [LOAN_CAP, DTI, PTI]
    terms = maximal_loan(1_200_000, 0, LIMITS, 6_000_000, [12, 36])
    assert terms.binding.tolist() == [PTI, PTI]
    assert terms.amount.tolist() == [6_971_365, 19_722_626]


def test_under_stress_the_rate_is_higher_and_the_income_lower() -> None:
    # 100,000 for 36 months at 6 % + 2 %, income 12,000 less 20 %
    burden = stressed(
        1_200_000, 200_000, 10_000_000, 6_000_000, 36, LIMITS, rate_rise=2_000_000, income_fall=20_000_000
    )
    assert level_instalments(10_000_000, 8_000_000, 36).tolist() == [313_364]
    assert burden.dti_before.tolist() == [20_833_333]
    assert burden.dti_after.tolist() == [53_475_417]
    assert burden.pti.tolist() == [32_642_083]
    assert burden.within.tolist() == [True]
    calm = stressed(1_200_000, 200_000, 10_000_000, 6_000_000, 36, LIMITS)
    assert calm.pti.tolist() == [25_351_583]
    rate, term = 6_000_000, 36
    owed = int(level_instalments(10**13, rate, term)[0])
    assert stressed(10**8, 0, 10**13, rate, term, LIMITS).pti.tolist() == [owed]
    assert stressed(5, 0, 1, 0, 1, Limits(None, 40_000_000), income_fall=50_000_000).within.tolist() == [False]
    assert stressed(5, 0, 1, 0, 1, Limits(None, 40_000_000), income_fall=40_000_000).within.tolist() == [True]
    assert stressed(5, 0, 1, 0, 1, LIMITS, income_fall=RATE_SCALE).pti.tolist() == [NO_INCOME]


@pytest.mark.parametrize(
    ("change", "rule_zh"),
    [
        ({"rate_rise": -1}, "不得小于 0"),
        ({"income_fall": -1}, "须在 0 与 100 % 之间"),
        ({"income_fall": RATE_SCALE + 1}, "须在 0 与 100 % 之间"),
    ],
)
def test_a_stress_that_makes_no_sense_is_refused(change: dict[str, int], rule_zh: str) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        stressed(1, 1, 1, 1, 1, LIMITS, **change)
    assert refusal.value.argument == next(iter(change))
    assert refusal.value.rule_zh == rule_zh


def test_bad_columns_are_refused_with_their_row() -> None:
    good = {"verified_income": 0, "stated_income": 5, "debts": 1, "instalment": 1}
    for argument in good:
        with pytest.raises(InvalidArgument, match=f"{argument}, row 1: must be at least 0"):
            affordability(**(good | {argument: -1}), limits=LIMITS)
    for argument in ("dti", "pti"):
        with pytest.raises(InvalidArgument, match=f"{argument}: must be at least 0"):
            Limits(**({"dti": 1, "pti": 1} | {argument: -1}))
    for arguments, name in (((-1, 0), "income"), ((0, -1), "debts")):
        with pytest.raises(InvalidArgument, match=f"{name}, row 1"):
            maximal_instalment(*arguments, LIMITS)
        with pytest.raises(InvalidArgument, match=f"{name}, row 1"):
            stressed(*arguments, 1, 1, 1, LIMITS)
    for rows, name in (((-1, 0, 1), "instalment"), ((1, -1, 1), "annual_rate"), ((1, 1, 0), "periods")):
        with pytest.raises(InvalidArgument, match=f"{name}, row 1"):
            maximal_principal(*rows)
    with pytest.raises(InvalidArgument, match="principal, row 1"):
        level_instalments(-1, 1, 1)
    with pytest.raises(InvalidArgument, match="loan_cap, row 1"):
        maximal_loan(1, 1, LIMITS, 1, 1, loan_cap=-1)
    with pytest.raises(LengthMismatch, match="periods"):
        level_instalments([1, 2, 3], 1, [1, 2])
    with pytest.raises(InvalidArgument, match="annual_rate, row 1"):
        stressed(1, 1, 1, -1, 1, LIMITS)


def test_results_beyond_int64_are_refused() -> None:
    with pytest.raises(AmountOverflow, match="instalment, row 2: leads beyond int64 fen") as refusal:
        maximal_principal([1, FEN_MAX], 0, 12)
    assert refusal.value.rule_zh == "结果超出 int64"
    assert maximal_principal(FEN_MAX, 0, 1).tolist() == [FEN_MAX]
    with pytest.raises(AmountOverflow, match="debts, row 1"):
        affordability(1, 1, FEN_MAX, 1, LIMITS)
    with pytest.raises(AmountOverflow, match="rate_rise, row 1"):
        stressed(1, 1, 1, FEN_MAX, 1, LIMITS, rate_rise=1)
    assert level_instalments(np.zeros(0, dtype=np.int64), 1, 1).tolist() == []
