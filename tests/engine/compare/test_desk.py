"""The desk's own example, to the fen: cash beside five loans of 100,000 yuan on a car of 125,000."""

from __future__ import annotations

import pytest

from chedai.engine.compare import (
    Bound,
    Change,
    Lever,
    Plan,
    Preference,
    SettledHow,
    TermRate,
    compare,
    lowest,
)
from chedai.engine.settlement import SettlementFee
from tests.engine.compare.shop import POINT, catalogue, desk, product, wish


def _plans() -> dict[str, Plan]:
    found = compare(wish(instalment_most=4200_00), desk())
    return {p.financing.product.code if p.financing else "cash": p for p in found.plans}


@pytest.mark.parametrize(
    ("code", "instalment", "interest", "fees", "over_cash", "total", "simple", "compound"),
    [
        ("level", 3036_76, 9323_36, 0, 9323_36, 134323_36, "5.88", "6.04"),
        ("principal", 3267_78, 9065_00, 0, 9065_00, 134065_00, "5.88", "6.04"),
        ("card", 3097_78, 0, 11520_00, 11520_00, 136520_00, "7.22", "7.46"),
        ("zero", 4166_67, 0, 4000_00, 4000_00, 129000_00, "3.95", "4.02"),
        ("haiyue", 3036_76, 9323_36, 3000_00, 12323_36, 137323_36, "7.94", "8.23"),
    ],
)
def test_the_facts_of_every_plan(
    code: str, instalment: int, interest: int, fees: int, over_cash: int, total: int, simple: str, compound: str
) -> None:
    plan = _plans()[code]
    assert (plan.price, plan.down_payment, plan.principal) == (125000_00, 25000_00, 100000_00)
    assert (plan.instalment, plan.interest, plan.fee_total) == (instalment, interest, fees)
    assert (plan.over_cash, plan.total_paid) == (over_cash, total)
    assert plan.nominal_rate is not None and plan.effective_rate is not None
    assert (f"{plan.nominal_rate * 100:.2f}", f"{plan.effective_rate * 100:.2f}") == (simple, compound)


@pytest.mark.parametrize(
    ("code", "at_12", "at_24", "at_36"),
    [
        ("level", (7100_83, 2058_05), (8894_89, 706_13), (9323_36, 0)),
        ("principal", (6981_67, 2000_00), (8670_01, 666_67), (9065_00, 0)),
        ("card", (5173_33, 1333_33), (8346_67, 666_67), (11520_00, 0)),
        ("zero", (4000_00, 0), (4000_00, 0), (4000_00, 0)),
        ("haiyue", (8728_80, 686_02), (11188_76, 0), (12323_36, 0)),
    ],
)
def test_what_settling_after_one_two_and_three_years_has_cost(
    code: str, at_12: tuple[int, int], at_24: tuple[int, int], at_36: tuple[int, int]
) -> None:
    assert [(s.cost, s.fee) for s in _plans()[code].settlements] == [at_12, at_24, at_36]


def test_a_loan_of_24_months_has_matured_by_then() -> None:
    early, matured, later = _plans()["zero"].settlements
    assert (early.how, matured.how, later.how) == (SettledHow.EARLY, SettledHow.MATURED, SettledHow.MATURED)
    assert early.payoff == 49_999_96  # 100,000 less 12 instalments of 4,166.67


def test_equal_principal_falls_to_its_last_instalment() -> None:
    plan = _plans()["principal"]
    assert (plan.highest, plan.last) == (3267_78, 2791_31)


def test_cash_is_always_the_first_plan_and_costs_nothing_beyond_the_price() -> None:
    cash = compare(wish(instalment_most=1), desk()).plans
    assert [p.is_cash for p in cash] == [True]
    assert (cash[0].total_paid, cash[0].over_cash, cash[0].nominal_rate) == (125000_00, 0, None)
    assert [s.cost for s in cash[0].settlements] == [0, 0, 0]


def test_the_zero_rate_at_12_months_is_over_the_ceiling_and_a_higher_first_payment_would_do() -> None:
    (why,) = compare(wish(instalment_most=4200_00), desk()).why_not
    assert (why.product.code, why.periods) == ("zero", 12)
    assert [(f.bound, f.figure, f.limit) for f in why.failures] == [(Bound.INSTALMENT, 8333_33, 4200_00)]
    assert why.changes == (
        Change(Lever.DOWN_PAYMENT, 74600_00, 59_680_000),
        Change(Lever.TERM, 24),
        Change(Lever.CEILING, 8333_33),
    )


@pytest.mark.parametrize(
    ("preference", "first"),
    [
        (Preference.TOTAL_COST, "zero"),
        (Preference.INSTALMENT, "level"),
        (Preference.DOWN_PAYMENT, "principal"),  # 25,000 on the day, no fee; cheapest of those
        (Preference.RATE, "zero"),
        (Preference.FLEXIBILITY, "zero"),
    ],
)
def test_the_preference_decides_who_comes_first(preference: Preference, first: str) -> None:
    plans = compare(wish(instalment_most=4200_00), desk(), preference=preference).plans
    assert plans[0].is_cash
    assert plans[1].financing is not None and plans[1].financing.product.code == first


def test_flexibility_is_judged_by_the_month_the_customer_names() -> None:
    late = compare(wish(settle_at=30, settle_months=()), desk(), preference=Preference.FLEXIBILITY).plans
    assert [p.flexible_cost for p in late[1:4]] == [4000_00, 4000_00, 8779_17]
    assert all(p.settlements == () for p in late)
    assert compare(wish(settle_months=()), desk()).plans[1].flexible_cost == 4000_00


def test_the_pareto_set_leaves_out_what_another_plan_beats_in_every_way() -> None:
    found = compare(wish(instalment_most=4200_00), desk())
    codes = [p.financing.product.code if p.financing else "cash" for p in found.plans]
    assert {codes[k] for k in found.pareto} == {"cash", "zero", "principal", "level"}


def test_200000_at_5_5_percent_cleared_after_24_months_makes_a_15000_discount_lose_to_cash() -> None:
    loan = product(rate=5_500_000, terms=(60,))
    (_, plan) = compare(wish(250_000_00, 50_000_00), catalogue(loan)).plans
    after_24 = plan.settlement_at(24)
    assert after_24 is not None and after_24.cost == 18_200_51
    assert after_24.cost > 15_000_00
    assert plan.settlement_at(23) is None


def test_a_lockup_gives_no_figure_and_counts_as_the_least_flexible() -> None:
    locked = product("locked", settlement=SettlementFee(locked_months=13), rate=1_000_000)
    free = product("free")
    found = compare(wish(), catalogue(locked, free), preference=Preference.FLEXIBILITY)
    assert [p.financing.product.code for p in found.plans if p.financing] == ["free", "locked"]
    first = found.plans[2].settlements[0]
    assert (first.how, first.cost, found.plans[2].flexible_cost) == (SettledHow.LOCKED, None, None)


def test_the_lowest_mark_is_shared_by_ties_and_not_given_where_all_are_equal() -> None:
    assert lowest([3, 1, None, 1]) == {1, 3}
    assert lowest([2, 2]) == lowest([None, 5]) == lowest([]) == frozenset()


def test_two_first_payments_that_come_to_the_same_amount_are_one_plan() -> None:
    loan = product(amount_step=1000_00)
    found = compare(wish(down_payments=(25_000_00, 25_000_50, 25_999_00, 26_000_01)), catalogue(loan))
    assert [(p.principal, p.down_payment) for p in found.plans[1:]] == [
        (98000_00, 27000_00),
        (99000_00, 26000_00),
        (100000_00, 25000_00),
    ]


def test_a_term_the_product_does_not_have_is_told_with_the_nearest_it_has() -> None:
    loan = product(rates=(TermRate(12, 4 * POINT), TermRate(36, 5 * POINT)))
    (why,) = compare(wish(terms=(24,)), catalogue(loan)).why_not
    assert [(f.bound, f.figure, f.limit) for f in why.failures] == [(Bound.TERM, 24, "12|36")]
    assert why.changes == (Change(Lever.TERM, 12),)
