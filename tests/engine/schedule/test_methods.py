"""What each method of repayment holds beyond its published figures: grace, multiples, odd fen, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from chedai.engine.errors import AmountOverflow, Infeasible, InvalidArgument
from chedai.engine.money import Rounding, fen
from chedai.engine.schedule import (
    balloon_from,
    bullet_from,
    equal_principal_from,
    flat_from,
    interest_first_from,
    level_from,
    level_instalment,
    schedule,
    stepped_from,
    tail_of,
)
from chedai.engine.schedule.repriced import repriced_plan
from chedai.engine.terms import Amortisation, DayCount, InterestMethod, Residue, Step, StepKind, Stub, Unit
from tests.engine.schedule.loans import plan, row, terms, totals

HALF_PERCENT = [Fraction(1, 200)] * 12


def test_without_interest_the_level_instalment_divides_the_principal() -> None:
    made = plan("1000", "0", 3)
    assert totals(made) == [33333, 33333, 33334]
    assert made.interest == 0


def test_own_factors_a_period_are_solved_not_averaged() -> None:
    factors = [Fraction(41 * 6, 36_000), *[Fraction(1, 200)] * 35]
    amount = level_instalment(10_000_000, factors)
    assert amount == 304_774
    worth, discount = Fraction(0), Fraction(1)
    for f in factors:
        discount /= 1 + f
        worth += discount
    assert abs(10_000_000 / worth - amount) <= Fraction(1, 2)


def test_a_level_plan_needs_a_period() -> None:
    with pytest.raises(InvalidArgument, match="at least one period"):
        level_instalment(100, [])


def test_the_last_instalment_takes_the_cents() -> None:
    made = plan("100000", "6", 36)
    assert totals(made)[-1] - totals(made)[0] == 17
    assert row(made, 36) == (fen("3027.22"), fen("15.14"), 0)


def test_a_stated_instalment_leaves_the_rest_to_the_last() -> None:
    made = plan("100000", "6", 36, instalment=fen("3000"))
    assert made.instalment == fen("3000")
    assert totals(made)[-1] == fen("4659.72")


def test_a_stated_instalment_above_need_ends_early_with_empty_rows() -> None:
    made = plan("1000", "6", 6, instalment=fen("400"))
    assert totals(made) == [40000, 40000, 20907, 0, 0, 0]
    assert [r.balance for r in made.rows] == [60500, 20803, 0, 0, 0, 0]


def test_an_instalment_below_the_interest_is_infeasible() -> None:
    with pytest.raises(Infeasible, match="must cover the interest of instalment 1") as refusal:
        plan("100000", "6", 36, instalment=fen("499.99"))
    assert (refusal.value.argument, refusal.value.value) == ("instalment", fen("499.99"))
    assert plan("100000", "6", 36, instalment=fen("500")).rows[34].balance == fen("100000")


def test_a_long_first_period_can_make_a_long_loan_infeasible() -> None:
    facts = {"first_due": date(2026, 12, 20), "day_count": DayCount.ACT_365}
    with pytest.raises(Infeasible, match="instalment 1"):
        plan("100000", "24", 120, **facts)


def test_an_instalment_can_cover_february_and_not_march() -> None:
    facts = {"day_count": DayCount.ACT_360, "disbursed_on": date(2026, 1, 31), "instalment": fen("500")}
    with pytest.raises(Infeasible, match="must cover the interest of instalment 2"):
        plan("100000", "6", 36, **facts)


def test_principal_grace_holds_interest_only() -> None:
    made = plan("100000", "6", 36, grace_principal=12)
    steps = (Step(12, StepKind.INTEREST_ONLY), Step(24, StepKind.SOLVE))
    assert made == plan("100000", "6", 36, amortisation=Amortisation.STEPPED, steps=steps)


def test_interest_grace_collects_later_and_charges_nothing_on_it() -> None:
    plain, later = plan("100000", "6", 36), plan("100000", "6", 36, grace_interest=2)
    assert [r.interest for r in later.rows[:2]] == [0, 0]
    assert later.rows[2].interest == sum(r.interest for r in plain.rows[:3])
    assert later.rows[3:] == plain.rows[3:]
    assert (later.interest, later.instalment) == (plain.interest, plain.instalment)


def test_a_deferred_first_instalment_pays_nothing_for_a_while() -> None:
    made = plan("100000", "6", 36, grace_principal=3, grace_interest=3)
    assert totals(made)[:3] == [0, 0, 0]
    assert made.rows[3].interest == 4 * fen("500")


def test_interest_free_periods_lower_the_level_instalment() -> None:
    made = plan("100000", "6", 36, interest_free_periods=6)
    assert [r.interest for r in made.rows[:6]] == [0] * 6
    assert set(totals(made)[:-1]) == {fen("2959.10")}


def test_a_loan_wholly_free_of_interest_costs_nothing() -> None:
    for method in (InterestMethod.FLAT, InterestMethod.DECLINING_BALANCE):
        assert plan("100000", "6", 12, interest_free_periods=12, interest_method=method).interest == 0


@pytest.mark.parametrize("residue", Residue)
def test_instalments_in_whole_tens_of_yuan(residue: Residue) -> None:
    made = plan("100000", "6", 36, instalment_multiple=1000, residue=residue)
    assert all(total % 1000 == 0 for total in totals(made)[:-1])
    assert made.principal == fen("100000")


def test_a_spread_residue_moves_every_instalment_by_a_fen() -> None:
    last, spread = (plan("76000", "15", 36, residue=residue) for residue in (Residue.LAST, Residue.SPREAD))
    assert (last.instalment, totals(last)[-1]) == (fen("2634.56"), fen("2634.80"))
    assert (spread.instalment, totals(spread)[-1]) == (fen("2634.57"), fen("2634.36"))


def test_a_residue_of_half_a_fen_an_instalment_stays_on_the_last() -> None:
    for facts in ({}, {"grace_principal": 6}, {"amortisation": Amortisation.BALLOON, "balloon": fen("30000")}):
        assert plan("100000", "6", 36, residue=Residue.SPREAD, **facts) == plan("100000", "6", 36, **facts)


def test_a_spread_that_would_not_cover_the_interest_is_dropped() -> None:
    usury: dict[str, Any] = {"balance": 40_539, "factors": [Fraction(1, 2)] * 11, "multiple": 1000}
    assert level_from(**usury, residue=Residue.SPREAD) == level_from(**usury)


def test_a_stated_instalment_is_never_spread() -> None:
    facts = {"instalment": fen("3000"), "residue": Residue.SPREAD}
    assert plan("100000", "6", 36, **facts).instalment == fen("3000")


def test_half_a_fen_goes_up_or_to_even() -> None:
    up = interest_first_from(150, [Fraction(1, 300)])
    even = interest_first_from(150, [Fraction(1, 300)], rounding=Rounding.HALF_EVEN)
    assert (up.interest, even.interest) == ([1], [0])
    assert interest_first_from(450, [Fraction(1, 300)], rounding=Rounding.HALF_EVEN).interest == [2]


def test_equal_principal_with_grace_and_multiples() -> None:
    amounts = equal_principal_from(10_000_000, HALF_PERCENT, grace=2, multiple=10_000)
    assert amounts.principal == [0, 0, *[1_000_000] * 10]
    assert amounts.interest[:4] == [50_000, 50_000, 50_000, 45_000]
    assert equal_principal_from(100, HALF_PERCENT[:3], multiple=50).principal == [50, 50, 0]


def test_a_bullet_loan_pays_once_and_simple_interest() -> None:
    amounts = bullet_from(10_000_000, HALF_PERCENT)
    assert amounts.principal == [0] * 11 + [10_000_000]
    assert amounts.interest == [0] * 11 + [600_000]
    assert bullet_from(1, [Fraction(1, 2)], rounding=Rounding.HALF_EVEN).interest == [0]


def test_flat_interest_of_the_contract_adds_up_exactly() -> None:
    amounts = flat_from(10_000_000, [Fraction(32, 12_000)] * 60)
    assert sum(amounts.interest) == 1_600_000
    assert (amounts.principal[0], amounts.interest[0]) == (166_666, 26_667)
    assert (amounts.principal[-1], amounts.interest[-1]) == (166_706, 26_647)


def test_flat_by_parts_rounds_principal_and_interest_apart() -> None:
    parts = flat_from(10_000_000, [Fraction(32, 12_000)] * 60, amortisation=Amortisation.EQUAL_PRINCIPAL)
    assert (parts.principal[0], parts.interest[0], parts.instalment) == (166_667, 26_667, 193_334)
    assert (parts.principal[-1], parts.interest[-1]) == (166_647, 26_647)


def test_flat_interest_first() -> None:
    amounts = flat_from(10_000_000, HALF_PERCENT, amortisation=Amortisation.INTEREST_FIRST)
    assert amounts.principal == [0] * 11 + [10_000_000]
    assert (amounts.interest, amounts.instalment) == ([50_000] * 12, None)


def test_flat_interest_skips_free_periods_and_grace_skips_principal() -> None:
    factors = [Fraction(0)] * 2 + HALF_PERCENT[:4]
    amounts = flat_from(600_000, factors, grace=3)
    assert amounts.interest == [0, 0, 3000, 3000, 3000, 3000]
    assert amounts.principal == [0, 0, 0, 200_000, 200_000, 200_000]


def test_flat_shares_never_exceed_what_there_is() -> None:
    amounts = flat_from(100, [Fraction(1, 200)] * 10)
    assert sum(amounts.interest) == 5
    assert min(amounts.interest) == 0
    assert sum(amounts.principal) == 100


def test_a_stated_flat_instalment() -> None:
    amounts = flat_from(1_200_000, HALF_PERCENT, instalment=110_000)
    assert (amounts.principal[0], amounts.interest[0], amounts.instalment) == (104_000, 6_000, 110_000)
    assert sum(amounts.principal) == 1_200_000
    with pytest.raises(Infeasible, match="must cover the interest"):
        flat_from(1_200_000, HALF_PERCENT, instalment=5_999)
    assert flat_from(1_200_000, HALF_PERCENT[:1], instalment=1).principal == [1_200_000]


def test_balloon_tail_from_the_instalment() -> None:
    amounts = balloon_from(10_000_000, [Fraction(1, 200)] * 36, instalment=200_000)
    assert tail_of(amounts) == fen("40995.85")
    with pytest.raises(Infeasible, match="leaves no tail"):
        balloon_from(10_000_000, [Fraction(1, 200)] * 36, instalment=400_000)


def test_steps_of_every_kind() -> None:
    steps = (
        Step(2, StepKind.INSTALMENT, 1_000_000),
        Step(2, StepKind.PRINCIPAL, 2_000_000),
        Step(2, StepKind.SOLVE),
        Step(1, StepKind.INSTALMENT, 1_500_000),
    )
    amounts = stepped_from(10_000_000, [Fraction(1, 200)] * 7, steps)
    assert amounts.principal == [950_000, 954_750, 2_000_000, 2_000_000, 1_298_111, 1_304_601, 1_492_538]
    assert amounts.instalment == 1_318_587


def test_an_irregular_plan_ends_with_what_is_left() -> None:
    steps = (
        Step(1, StepKind.INSTALMENT, 300_000),
        Step(1, StepKind.PRINCIPAL, 500_000),
        Step(1, StepKind.INSTALMENT, 1),
    )
    amounts = stepped_from(1_000_000, [Fraction(1, 100)] * 3, steps)
    assert amounts.principal == [290_000, 500_000, 210_000]
    assert amounts.instalment is None


def test_a_solved_step_of_odd_fen_is_clamped_to_the_balance() -> None:
    steps = (Step(3, StepKind.SOLVE), Step(1, StepKind.INTEREST_ONLY))
    amounts = stepped_from(200, [Fraction(0)] * 4, steps)
    assert amounts.principal == [67, 67, 66, 0]


@pytest.mark.parametrize(
    ("steps", "row", "rule"),
    [
        ((Step(0, StepKind.SOLVE), Step(12, StepKind.SOLVE)), 0, "at least one period"),
        ((Step(12, StepKind.INSTALMENT, -1),), 0, "negative amount"),
        ((Step(6, StepKind.SOLVE), Step(6, StepKind.SOLVE)), 1, "one amount free"),
        ((Step(11, StepKind.SOLVE),), None, "cover 12 periods"),
    ],
)
def test_steps_that_are_no_plan_are_refused(steps: tuple[Step, ...], row: int | None, rule: str) -> None:
    with pytest.raises(InvalidArgument, match=rule) as refusal:
        stepped_from(1_000_000, HALF_PERCENT, steps)
    assert (refusal.value.argument, refusal.value.row) == ("steps", row)


@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        ((Step(6, StepKind.INSTALMENT, 200_000), Step(6, StepKind.SOLVE)), "before the free amount"),
        ((Step(6, StepKind.PRINCIPAL, 200_000), Step(6, StepKind.INTEREST_ONLY)), "at instalment 6"),
        ((Step(1, StepKind.INSTALMENT, 4_999), Step(11, StepKind.SOLVE)), "interest of instalment 1"),
    ],
)
def test_steps_that_cannot_be_fulfilled_are_infeasible(steps: tuple[Step, ...], rule: str) -> None:
    with pytest.raises(Infeasible, match=rule):
        stepped_from(1_000_000, HALF_PERCENT, steps)


@pytest.mark.parametrize(
    ("argument", "facts"),
    [
        ("balloon", {"balloon": 100}),
        ("balloon", {"balloon": 50_000_00, "amortisation": Amortisation.BALLOON, "down_payment": 50_000_00}),
        ("instalment", {"instalment": 300_000, "amortisation": Amortisation.EQUAL_PRINCIPAL}),
        ("instalment", {"instalment": 300_000, "amortisation": Amortisation.BALLOON, "balloon": 100}),
        ("steps", {"steps": (Step(36, StepKind.SOLVE),)}),
        (
            "grace_principal",
            {"steps": (Step(36, StepKind.SOLVE),), "amortisation": Amortisation.STEPPED, "grace_principal": 1},
        ),
        ("interest_method", {"interest_method": InterestMethod.FLAT, "amortisation": Amortisation.BULLET}),
    ],
)
def test_terms_that_contradict_each_other_are_refused(argument: str, facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        plan("100000", "6", 36, **facts)
    assert refusal.value.argument == argument


def test_a_down_payment_is_a_row_of_no_days() -> None:
    made = plan("200000", "4", 12, amortisation=Amortisation.BULLET, down_payment=fen("100000"))
    assert made.rows[0][:4] == (0, date(2026, 1, 1), date(2026, 1, 1), 0)
    assert made.rows[0][4:] == (fen("100000"), 0, fen("100000"), fen("100000"))
    assert (made.principal, made.interest) == (fen("200000"), fen("4000"))


def test_stub_interest_is_collected_before_the_plan() -> None:
    facts = {"disbursed_on": date(2026, 1, 10), "due_day": 20, "day_count": DayCount.ACT_360}
    made = plan("100000", "6", 3, stub=Stub.INTEREST_ONLY, down_payment=fen("10000"), **facts)
    assert [r.n for r in made.rows] == [0, 0, 1, 2, 3]
    assert made.rows[1] == (0, date(2026, 1, 10), date(2026, 1, 20), 10, 0, 15_000, 15_000, 9_000_000)
    free = plan("100000", "6", 3, stub=Stub.NONE, down_payment=fen("10000"), **facts)
    assert free.rows[1:] == made.rows[2:]


def test_rows_carry_their_days_and_dates() -> None:
    made = plan("100000", "6", 2, unit=Unit.WEEK, day_count=DayCount.ACT_365)
    assert [(r.start, r.due, r.days) for r in made.rows] == [
        (date(2026, 1, 1), date(2026, 1, 8), 7),
        (date(2026, 1, 8), date(2026, 1, 15), 7),
    ]
    assert made.rows[0].interest == 11_507


def test_a_new_rate_solves_the_instalment_again() -> None:
    made = schedule(terms("100000", "6", 36), rates=[6_000_000] * 12 + [4_500_000] * 24)
    assert made.instalment == fen("3042.19")
    assert set(totals(made)[:12]) == {fen("3042.19")}
    assert set(totals(made)[12:-1]) == {fen("2996.01")}
    assert level_instalment(row(made, 12)[2], [Fraction(45, 12_000)] * 24) == fen("2996.01")
    assert made.principal == fen("100000")


def test_one_rate_throughout_is_the_plain_plan() -> None:
    facts = {"amortisation": Amortisation.BALLOON, "balloon": fen("30000"), "grace_principal": 3, "grace_interest": 2}
    plain = terms("100000", "6", 36, **facts)
    assert schedule(plain, rates=[6_000_000] * 36) == schedule(plain)


def test_a_new_rate_inside_the_grace_leaves_the_rest_of_it() -> None:
    made = schedule(terms("100000", "6", 12, grace_principal=4), rates=[6_000_000] * 2 + [12_000_000] * 10)
    assert [r.interest for r in made.rows[:5]] == [50_000, 50_000, 100_000, 100_000, 100_000]
    assert [r.principal for r in made.rows[:5]] == [0, 0, 0, 0, 1_206_903]
    assert made.principal == fen("100000")


def test_methods_without_a_level_amount_bear_the_rate_of_each_period() -> None:
    rates = [6_000_000] * 2 + [12_000_000] * 2
    made = schedule(terms("1000", "6", 4, amortisation=Amortisation.INTEREST_FIRST), rates=rates)
    assert [r.interest for r in made.rows] == [500, 500, 1000, 1000]
    stub = {"disbursed_on": date(2026, 1, 10), "due_day": 20, "stub": Stub.INTEREST_ONLY, "day_count": DayCount.ACT_360}
    opening = schedule(terms("1000", "6", 4, amortisation=Amortisation.INTEREST_FIRST, **stub), rates=[12_000_000] * 4)
    assert opening.rows[0].interest == 333


def test_rates_are_one_a_period_and_not_negative() -> None:
    with pytest.raises(Exception, match="one a period, 36"):
        schedule(terms("100000", "6", 36), rates=[6_000_000])
    with pytest.raises(InvalidArgument, match="rates, row 2: must be at least 0"):
        repriced_plan(terms("100000", "6", 2), 100, [Fraction(1, 12)] * 2, [0, -1])


def test_sums_beyond_int64_are_refused() -> None:
    given = {"annual_rate": 10**15, "amortisation": Amortisation.INTEREST_FIRST}
    with pytest.raises(AmountOverflow, match="int64"):
        schedule(replace(terms("90000000000", "6", 12), **given))


def test_level_from_carries_a_balance_on() -> None:
    amounts = level_from(6_864_065, [Fraction(1, 200)] * 24)
    assert (amounts.instalment, sum(amounts.principal)) == (304_220, 6_864_065)
