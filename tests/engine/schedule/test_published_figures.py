"""Figures that stand in rule books, catalogues and on public pages, each to the fen."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from chedai.engine.money import divide, fen, rate_units
from chedai.engine.schedule import Movement, level_instalment, revolving_interest
from chedai.engine.terms import Amortisation, DayCount, InterestMethod, Step, StepKind
from tests.engine.schedule.loans import plan, row, totals

FLAT = InterestMethod.FLAT


@pytest.mark.parametrize(
    ("principal", "rate", "periods", "instalment", "last", "interest"),
    [
        ("100000", "6", 36, "3042.19", "3042.36", "9519.01"),
        ("100000", "6", 12, "8606.64", "8606.69", "3279.73"),
        ("150000", "3.88", 60, "2754.36", "2754.54", "15261.78"),
        ("10000", "5", 3, "3361.15", "3361.16", "83.46"),
        ("100000", "5.88", 36, "3036.76", "3036.76", "9323.36"),
        ("105000", "4.75", 36, "3135.17", "3135.25", "7866.20"),
    ],
)
def test_level_instalments(principal: str, rate: str, periods: int, instalment: str, last: str, interest: str) -> None:
    made = plan(principal, rate, periods)
    assert made.instalment == fen(instalment)
    assert set(totals(made)[:-1]) == {fen(instalment)}
    assert (totals(made)[-1], made.interest) == (fen(last), fen(interest))
    assert made.principal == fen(principal)


@pytest.mark.parametrize(
    ("principal", "rate", "periods", "rows"),
    [
        ("100000", "6", 36, [("2542.19", "500.00", "97457.81"), ("2554.90", "487.29", "94902.91")]),
        ("100000", "6", 12, [("8106.64", "500.00", "91893.36")]),
        ("150000", "3.88", 60, [("2269.36", "485.00", "147730.64")]),
        ("1000000", "4.9", 240, [("2461.11", "4083.33", "997538.89")]),
        (
            "10000",
            "5",
            3,
            [("3319.48", "41.67", "6680.52"), ("3333.31", "27.84", "3347.21"), ("3347.21", "13.95", "0")],
        ),
    ],
)
def test_first_rows_of_level_plans(principal: str, rate: str, periods: int, rows: list[tuple[str, ...]]) -> None:
    made = plan(principal, rate, periods)
    assert [row(made, n) for n in range(1, len(rows) + 1)] == [tuple(map(fen, parts)) for parts in rows]


def test_published_level_instalments() -> None:
    assert plan("630000", "4.9", 360).instalment == fen("3343.58")
    assert plan("1000000", "4.9", 240).instalment == fen("6544.44")
    assert plan("20000", "36", 6).instalment == fen("3691.95")
    assert plan("100000", "2.99", 36).instalment == fen("2907.68")
    assert fen("6544.44") * 240 == fen("1570665.60")
    assert fen("3691.95") * 6 == fen("22151.70")


def test_the_published_total_multiplies_the_unrounded_instalment() -> None:
    factor, periods = Fraction(49, 12_000), 360
    growth = (1 + factor) ** periods
    unrounded = fen("630000") * factor * growth / (growth - 1) * periods
    assert divide(unrounded.numerator, unrounded.denominator) == fen("1203688.20")
    assert plan("630000", "4.9", 360).total == fen("1203687.49")


def test_equal_principal() -> None:
    made = plan("100000", "6", 36, amortisation=Amortisation.EQUAL_PRINCIPAL)
    assert (totals(made)[0], totals(made)[1], totals(made)[-1]) == (fen("3277.78"), fen("3263.89"), fen("2791.59"))
    assert (made.interest, row(made, 1)) == (fen("9250"), (fen("2777.78"), fen("500"), fen("97222.22")))
    made = plan("100000", "5.88", 36, amortisation=Amortisation.EQUAL_PRINCIPAL)
    assert (totals(made)[0], totals(made)[-1], made.interest) == (fen("3267.78"), fen("2791.31"), fen("9065"))


def test_published_equal_principal_adds_unrounded_interest() -> None:
    made = plan("630000", "4.9", 360, amortisation=Amortisation.EQUAL_PRINCIPAL)
    assert (totals(made)[0], totals(made)[0] - totals(made)[1]) == (fen("4322.50"), fen("7.15"))
    unrounded = Fraction(fen("630000")) * Fraction(49, 12_000) * 361 / 2
    assert (unrounded, unrounded + fen("630000")) == (fen("464336.25"), fen("1094336.25"))
    assert made.interest == fen("464336.40")


def test_interest_first() -> None:
    made = plan("100000", "5.88", 36, amortisation=Amortisation.INTEREST_FIRST)
    assert totals(made) == [fen("490")] * 35 + [fen("100490")]
    assert made.interest == fen("17640")
    made = plan("100000", "6", 12, amortisation=Amortisation.INTEREST_FIRST)
    assert (totals(made)[0], totals(made)[-1], made.interest) == (fen("500"), fen("100500"), fen("6000"))
    by_day = plan("100000", "6", 12, amortisation=Amortisation.INTEREST_FIRST, day_count=DayCount.ACT_360)
    assert by_day.interest == fen("6083.36")


@pytest.mark.parametrize(
    ("principal", "rate", "periods", "instalment"),
    [
        ("100000", "3.2", 60, "1933.33"),  # 16 % in all
        ("12000", "7.2", 12, "1072.00"),  # 0.6 % a month
        ("10000", "6", 12, "883.33"),  # 0.5 % a month
        ("100000", "3", 36, "3027.78"),  # 0.25 % a month
        ("155600", "0.5", 84, "1917.21"),
    ],
)
def test_flat_instalments(principal: str, rate: str, periods: int, instalment: str) -> None:
    made = plan(principal, rate, periods, interest_method=FLAT)
    assert made.instalment == fen(instalment)
    assert set(totals(made)[:-1]) == {fen(instalment)}
    assert made.interest == divide(fen(principal) * rate_units(rate) * periods, 12 * 10**8)


def test_twelve_months_of_interest_then_level() -> None:
    steps = (Step(12, StepKind.INTEREST_ONLY), Step(24, StepKind.SOLVE))
    made = plan("100000", "6", 36, amortisation=Amortisation.STEPPED, steps=steps)
    assert totals(made)[:12] == [fen("500")] * 12
    assert (made.instalment, set(totals(made)[12:-1])) == (fen("4432.06"), {fen("4432.06")})


def test_balloon_solved_both_ways() -> None:
    tail = plan("100000", "6", 36, amortisation=Amortisation.BALLOON, balloon=fen("30000"))
    assert (tail.instalment, totals(tail)[-1], tail.interest) == (fen("2279.54"), fen("32279.33"), fen("12063.23"))
    assert row(tail, 1) == (fen("1779.54"), fen("500"), fen("98220.46"))
    payment = plan("100000", "6", 36, amortisation=Amortisation.BALLOON, instalment=fen("2279.54"))
    assert payment == tail


@pytest.mark.parametrize(
    ("day_count", "interest"),
    [(DayCount.ACT_360, "683.33"), (DayCount.ACT_365, "673.97"), (DayCount.MONTH_ODD, "666.67")],
)
def test_a_first_period_of_41_days(day_count: DayCount, interest: str) -> None:
    facts = {"disbursed_on": date(2026, 1, 10), "due_day": 20, "day_count": day_count}
    first = plan("100000", "6", 12, amortisation=Amortisation.INTEREST_FIRST, **facts).rows[0]
    assert (first.due, first.days, first.interest) == (date(2026, 2, 20), 41, fen(interest))


def test_revolving_credit() -> None:
    statement = revolving_interest([Movement(date(2026, 1, 5), fen("50000"))], rate_units("7.2"), date(2026, 2, 11))
    assert (statement.stretches[0].days, statement.interest) == (37, fen("370"))


def test_the_makers_subsidy_on_a_level_loan() -> None:
    standard = Fraction(5, 1000)
    for customer, instalment, subsidy in (("0", "2777.78", "8691.55"), ("2.99", "2907.68", "4421.60")):
        made = plan("100000", customer, 36)
        assert made.instalment == fen(instalment)
        worth = sum((Fraction(fen(instalment)) / (1 + standard) ** k for k in range(1, 37)), Fraction(0))
        assert divide(*(fen("100000") - worth).as_integer_ratio()) == fen(subsidy)


def test_a_year_of_interest_that_is_subsidised() -> None:
    made = plan("100000", "3", 36)
    assert sum(r.interest for r in made.rows[:12]) == fen("2557.72")


def test_the_balance_a_settlement_starts_from() -> None:
    assert row(plan("100000", "6", 36), 12)[2] == fen("68640.65")


def test_the_level_instalment_alone() -> None:
    assert level_instalment(fen("105000"), [Fraction(475, 120_000)] * 36) == fen("3135.17")
    assert level_instalment(fen("100000"), [Fraction(6, 1200)] * 36, tail=fen("30000")) == fen("2279.54")
