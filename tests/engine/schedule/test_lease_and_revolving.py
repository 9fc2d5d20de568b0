"""Leases and revolving credit: rents and residual, days and balances."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.errors import Infeasible, InvalidArgument
from chedai.engine.money import Rounding, divide, fen, rate_units
from chedai.engine.schedule import (
    LeaseTerms,
    Movement,
    ResidualBearer,
    Schedule,
    lease_schedule,
    revolving_interest,
)
from chedai.engine.terms import DayCount
from tests.engine.schedule.loans import plan, totals

START = date(2026, 1, 5)


def lease(**facts: Any) -> Schedule:
    plain: dict[str, Any] = {
        "price": fen("150000"),
        "residual": fen("45000"),
        "annual_rate": rate_units("7.2"),
        "periods": 36,
        "starts_on": date(2026, 3, 15),
    }
    return lease_schedule(LeaseTerms(**(plain | facts)))


def worth(made: Schedule, factor: Fraction) -> Fraction:
    """All rows discounted to the start, by the whole months between."""
    return sum((r.total / (1 + factor) ** ((r.due.year - 2026) * 12 + r.due.month - 3) for r in made.rows), Fraction(0))


@pytest.mark.parametrize("in_advance", [False, True])
def test_rents_and_residual_are_worth_the_price(in_advance: bool) -> None:
    made = lease(in_advance=in_advance, first_rent=fen("15000"))
    assert made.principal == fen("150000")
    assert abs(worth(made, Fraction(6, 1000)) - fen("150000")) < 20
    assert len(set(totals(made)[1:-2])) == 1
    assert made.rows[-1].total == fen("45000")
    assert (made.rows[-1].n, made.rows[-1].balance) == (37, 0)


def test_rent_in_arrears() -> None:
    made = lease(first_rent=fen("15000"))
    assert (made.instalment, made.interest) == (fen("3057.18"), fen("20058.33"))
    assert made.rows[0][:4] == (0, date(2026, 3, 15), date(2026, 3, 15), 0)
    assert made.rows[1][1:4] == (date(2026, 3, 15), date(2026, 4, 15), 31)
    assert made.rows[-1][1:] == (date(2029, 3, 15), date(2029, 3, 15), 0, fen("45000"), 0, fen("45000"), 0)


def test_rent_in_advance_is_lower_and_starts_at_once() -> None:
    made = lease(first_rent=fen("15000"), in_advance=True)
    assert (made.instalment, made.interest) == (fen("3038.94"), fen("19401.94"))
    assert made.rows[1][1:6] == (date(2026, 3, 15), date(2026, 3, 15), 0, fen("3038.94"), 0)
    assert made.rows[-1][1:6] == (date(2029, 2, 15), date(2029, 3, 15), 28, fen("44731.61"), fen("268.39"))


def test_a_lease_without_residual_in_arrears_is_a_level_loan() -> None:
    made = lease(price=fen("100000"), residual=0, annual_rate=rate_units("6"))
    assert totals(made) == totals(plan("100000", "6", 36))
    assert len(made.rows) == 36


def test_a_lease_without_residual_in_advance_ends_with_its_last_rent() -> None:
    made = lease(residual=0, in_advance=True, periods=12)
    assert (len(made.rows), made.rows[-1].balance) == (12, 0)
    assert made.rows[-1].due == date(2027, 2, 15)


def test_a_lease_of_one_rent() -> None:
    assert totals(lease(periods=1)) == [fen("105900"), fen("45000")]
    made = lease(periods=1, in_advance=True)
    assert totals(made) == [fen("105268.39"), fen("45000")]
    assert made.principal == fen("150000")


def test_who_bears_the_residual_moves_no_figure() -> None:
    assert len({lease(bearer=bearer) for bearer in ResidualBearer}) == 1
    assert LeaseTerms(price=2, residual=1, annual_rate=0, periods=1, starts_on=START).bearer is ResidualBearer.LESSEE


def test_a_lease_by_the_calendar_has_its_own_factor_a_period() -> None:
    made = lease(day_count=DayCount.ACT_360, in_advance=True, rounding=Rounding.HALF_EVEN)
    assert made.rows[1].interest == divide((fen("150000") - made.rows[0].total) * 72 * 31, 360_000)
    assert made.principal == fen("150000")


@settings(max_examples=60)
@given(st.integers(1, 10**8), st.integers(0, 10**8), st.integers(0, 3 * 10**7), st.integers(1, 40), st.booleans())
def test_every_lease_repays_its_price(price: int, residual: int, rate: int, periods: int, in_advance: bool) -> None:
    facts = {"price": price, "residual": residual % price, "annual_rate": rate, "periods": periods}
    try:
        made = lease(in_advance=in_advance, **facts)
    except Infeasible:
        return
    assert made.principal == price
    assert all(row.interest >= 0 and row.principal >= 0 for row in made.rows)
    assert made.rows[-1].balance == 0


@pytest.mark.parametrize(
    ("argument", "facts"),
    [
        ("residual", {"residual": -1}),
        ("residual", {"residual": fen("150000")}),
        ("residual", {"residual": fen("135000"), "first_rent": fen("15000")}),
        ("periods", {"periods": 0}),
        ("annual_rate", {"annual_rate": -1}),
    ],
)
def test_lease_terms_that_cannot_be_are_refused(argument: str, facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        lease(**facts)
    assert refusal.value.argument == argument


def test_a_lease_whose_rent_cannot_cover_its_interest() -> None:
    with pytest.raises(Infeasible):
        lease(residual=fen("149999"), day_count=DayCount.ACT_360)


def test_interest_follows_the_balance_of_every_day() -> None:
    movements = [
        Movement(START, fen("50000")),
        Movement(date(2026, 1, 15), -fen("20000")),
        Movement(date(2026, 1, 25), fen("10000")),
    ]
    statement = revolving_interest(movements, rate_units("7.2"), date(2026, 2, 11))
    assert [(s.days, s.balance, s.products) for s in statement.stretches] == [
        (10, fen("50000"), fen("500000")),
        (10, fen("30000"), fen("300000")),
        (17, fen("40000"), fen("680000")),
    ]
    assert (statement.interest, statement.balance) == (fen("296"), fen("40000"))


def test_a_balance_carried_over_bears_interest_from_its_day() -> None:
    statement = revolving_interest([], rate_units("7.2"), date(2026, 2, 11), opening=fen("50000"), since=START)
    assert (statement.interest, len(statement.stretches)) == (fen("370"), 1)
    assert revolving_interest([], rate_units("7.2"), START).interest == 0


def test_money_repaid_the_day_it_was_drawn_bears_nothing() -> None:
    movements = [Movement(START, fen("50000")), Movement(START, -fen("50000"))]
    statement = revolving_interest(movements, rate_units("7.2"), date(2026, 2, 11))
    assert (statement.interest, statement.stretches, statement.balance) == (0, (), 0)


def test_money_drawn_on_the_last_day_bears_nothing_yet() -> None:
    statement = revolving_interest([Movement(START, fen("50000"))], rate_units("7.2"), START)
    assert (statement.interest, statement.balance) == (0, fen("50000"))


def test_interest_is_rounded_once_not_by_the_day() -> None:
    movement = [Movement(START, fen("100"))]
    assert revolving_interest(movement, rate_units("7.2"), date(2026, 1, 6)).interest == 2
    assert revolving_interest(movement, rate_units("7.2"), date(2026, 1, 25)).interest == 40
    assert revolving_interest(movement, rate_units("0.9"), date(2026, 1, 7), rounding=Rounding.HALF_EVEN).interest == 0
    assert revolving_interest(movement, rate_units("3.65"), date(2026, 1, 15), basis=365).interest == 10


@pytest.mark.parametrize(
    ("argument", "row", "facts"),
    [
        ("movements", 1, {"movements": [Movement(START, 100), Movement(date(2026, 1, 4), 100)]}),
        ("movements", 0, {"movements": [Movement(date(2026, 3, 1), 100)]}),
        ("movements", 0, {"movements": [Movement(date(2026, 1, 4), 100)], "since": START}),
        ("movements", 1, {"movements": [Movement(START, 100), Movement(START, -101)]}),
        ("movements", 0, {"movements": [Movement(START, 100)], "limit": 99}),
        ("annual_rate", None, {"annual_rate": -1}),
        ("basis", None, {"basis": 0}),
        ("opening", None, {"opening": -1}),
        ("since", None, {"opening": 1}),
    ],
)
def test_movements_that_cannot_be_are_refused(argument: str, row: int | None, facts: dict[str, Any]) -> None:
    plain: dict[str, Any] = {"movements": [], "annual_rate": 7_200_000, "until": date(2026, 2, 11)}
    with pytest.raises(InvalidArgument) as refusal:
        revolving_interest(**(plain | facts))
    assert (refusal.value.argument, refusal.value.row) == (argument, row)
