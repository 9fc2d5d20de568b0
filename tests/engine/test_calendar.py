"""Due dates: the anchor day is kept, odd days go where agreed, a holiday moves the money and not the interest."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chedai.engine.calendar import BusinessCalendar, Timetable, on_day, timetable
from chedai.engine.errors import InvalidArgument
from chedai.engine.terms import LoanTerms, MonthEnd, Shift, Stub, Unit

GOLDEN_WEEK = BusinessCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 10, 10)}),
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
)


def dates(calendar: BusinessCalendar | None = None, **facts: Any) -> Timetable:
    given = {"principal": 10_000_000, "annual_rate": 6_000_000, "periods": 3, "disbursed_on": date(2026, 1, 10)}
    return timetable(LoanTerms(**(given | facts)), calendar)


def days(table: Timetable) -> list[int]:
    return [(b - a).days for a, b in zip(table.bounds, table.bounds[1:], strict=False)]


def test_a_monthly_loan_keeps_its_anchor_day() -> None:
    table = dates(disbursed_on=date(2026, 1, 31), periods=5)
    assert table.due == tuple(date(2026, m, d) for m, d in ((2, 28), (3, 31), (4, 30), (5, 31), (6, 30)))
    assert (table.odd, table.stub) == ((), None)


def test_a_day_the_month_lacks_can_roll_into_the_next() -> None:
    table = dates(disbursed_on=date(2026, 1, 31), month_end=MonthEnd.ROLL)
    assert table.due == (date(2026, 3, 1), date(2026, 3, 31), date(2026, 5, 1))
    assert table.odd == ()


def test_the_anchor_meets_29_february_in_a_leap_year() -> None:
    assert dates(disbursed_on=date(2027, 8, 30), periods=6).due[-1] == date(2028, 2, 29)
    assert on_day(2100 * 12 + 1, 29, MonthEnd.CLAMP) == date(2100, 2, 28)
    assert on_day(2000 * 12 + 1, 30, MonthEnd.CLAMP) == date(2000, 2, 29)
    assert on_day(2026 * 12 + 11, 31, MonthEnd.ROLL) == date(2026, 12, 31)


def test_naming_the_natural_first_due_date_changes_nothing() -> None:
    plain = dates(disbursed_on=date(2026, 1, 31))
    assert dates(disbursed_on=date(2026, 1, 31), first_due=date(2026, 2, 28)) == plain


def test_another_first_due_date_is_a_new_anchor_and_an_odd_first_period() -> None:
    table = dates(first_due=date(2026, 3, 31), periods=3)
    assert table.due == (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))
    assert table.odd == (0,)
    assert not table.period(0).regular
    assert table.period(1).regular


def test_a_first_due_date_can_open_a_regular_period_on_another_anchor() -> None:
    table = dates(disbursed_on=date(2026, 2, 28), first_due=date(2026, 3, 31))
    assert table.odd == ()
    assert table.due == (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("stub", "bounds", "odd"),
    [
        (Stub.LONGER, (date(2026, 1, 10), date(2026, 2, 20), date(2026, 3, 20), date(2026, 4, 20)), (0,)),
        (Stub.SHORTER, (date(2026, 1, 10), date(2026, 1, 20), date(2026, 2, 20), date(2026, 3, 20)), (0,)),
        (Stub.INTEREST_ONLY, (date(2026, 1, 20), date(2026, 2, 20), date(2026, 3, 20), date(2026, 4, 20)), ()),
        (Stub.NONE, (date(2026, 1, 20), date(2026, 2, 20), date(2026, 3, 20), date(2026, 4, 20)), ()),
    ],
)
def test_odd_days_before_a_fixed_due_day(stub: Stub, bounds: tuple[date, ...], odd: tuple[int, ...]) -> None:
    table = dates(due_day=20, stub=stub)
    assert (table.bounds, table.odd) == (bounds, odd)
    assert table.due == bounds[1:]


def test_interest_of_a_stub_is_a_stretch_of_its_own() -> None:
    table = dates(due_day=20, stub=Stub.INTEREST_ONLY)
    assert table.stub is not None
    assert (table.stub.start, table.stub.due, table.stub.regular) == (date(2026, 1, 10), date(2026, 1, 20), False)
    assert table.stub_due == date(2026, 1, 20)


@pytest.mark.parametrize("stub", Stub)
def test_paid_out_on_the_due_day_there_are_no_odd_days(stub: Stub) -> None:
    table = dates(disbursed_on=date(2026, 1, 20), due_day=20, stub=stub)
    assert table.bounds[:2] == (date(2026, 1, 20), date(2026, 2, 20))
    assert (table.odd, table.stub) == ((), None)


def test_a_due_day_the_month_lacks_counts_as_met_on_its_last_day() -> None:
    clamped = dates(disbursed_on=date(2026, 2, 28), due_day=31)
    assert clamped.due == (date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31))
    rolled = dates(disbursed_on=date(2026, 3, 1), due_day=31, month_end=MonthEnd.ROLL, stub=Stub.SHORTER)
    assert rolled.due == (date(2026, 3, 31), date(2026, 5, 1), date(2026, 5, 31))
    late = dates(disbursed_on=date(2026, 2, 28), due_day=5, stub=Stub.SHORTER)
    assert late.due == (date(2026, 3, 5), date(2026, 4, 5), date(2026, 5, 5))


def test_a_first_due_date_off_the_due_day_makes_two_odd_periods() -> None:
    table = dates(first_due=date(2026, 2, 10), due_day=20)
    assert table.due == (date(2026, 2, 10), date(2026, 3, 20), date(2026, 4, 20))
    assert table.odd == (0, 1)
    assert dates(first_due=date(2026, 2, 10), due_day=20, periods=1).odd == (0,)


def test_a_first_due_date_with_stub_interest_starts_one_period_before_it() -> None:
    table = dates(first_due=date(2026, 2, 20), stub=Stub.INTEREST_ONLY)
    assert table.bounds[0] == date(2026, 1, 20)
    assert dates(first_due=date(2026, 2, 1), stub=Stub.INTEREST_ONLY).bounds[0] == date(2026, 1, 10)


def test_periods_of_weeks_and_days_add_up() -> None:
    weekly = dates(unit=Unit.WEEK, every=2)
    assert days(weekly) == [14, 14, 14]
    daily = dates(unit=Unit.DAY, every=10, first_due=date(2026, 1, 15))
    assert days(daily) == [5, 10, 10]
    assert daily.odd == (0,)
    assert dates(unit=Unit.DAY, every=10, first_due=date(2026, 1, 20)).odd == ()


def test_quarters_keep_the_anchor_too() -> None:
    assert dates(disbursed_on=date(2026, 11, 30), every=3).due == (
        date(2027, 2, 28),
        date(2027, 5, 30),
        date(2027, 8, 30),
    )


def test_a_holiday_moves_the_money_and_not_the_interest() -> None:
    table = dates(GOLDEN_WEEK, disbursed_on=date(2026, 8, 1), shift=Shift.FOLLOWING)
    assert table.due == (date(2026, 9, 1), date(2026, 10, 8), date(2026, 11, 2))
    assert table.bounds[1:] == (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1))


@pytest.mark.parametrize(
    ("shift", "day", "moved"),
    [
        (Shift.NONE, date(2026, 10, 1), date(2026, 10, 1)),
        (Shift.FOLLOWING, date(2026, 10, 1), date(2026, 10, 8)),
        (Shift.FOLLOWING, date(2026, 10, 10), date(2026, 10, 10)),  # a Saturday that is worked
        (Shift.FOLLOWING, date(2026, 10, 11), date(2026, 10, 12)),
        (Shift.FOLLOWING, date(2026, 5, 31), date(2026, 6, 1)),
        (Shift.MODIFIED_FOLLOWING, date(2026, 5, 31), date(2026, 5, 29)),
        (Shift.MODIFIED_FOLLOWING, date(2026, 10, 1), date(2026, 10, 8)),
        (Shift.PRECEDING, date(2026, 10, 1), date(2026, 9, 30)),
    ],
)
def test_a_day_that_is_not_worked_is_moved_as_agreed(shift: Shift, day: date, moved: date) -> None:
    assert GOLDEN_WEEK.shifted(day, shift) == moved


def test_the_stub_row_is_shifted_as_well() -> None:
    facts = {"disbursed_on": date(2026, 9, 20), "due_day": 3, "shift": Shift.FOLLOWING, "stub": Stub.INTEREST_ONLY}
    table = dates(GOLDEN_WEEK, periods=1, **facts)
    assert table.stub is not None
    assert (table.stub.due, table.stub_due) == (date(2026, 10, 3), date(2026, 10, 8))
    assert dates(GOLDEN_WEEK, periods=1, shift=Shift.FOLLOWING).stub_due is None


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_no_holiday_is_guessed_outside_the_covered_years(day: date) -> None:
    with pytest.raises(InvalidArgument, match="covers 2026-01-01 to 2026-12-31 only") as refusal:
        GOLDEN_WEEK.is_business_day(day)
    assert refusal.value.argument == "business_days"
    assert GOLDEN_WEEK.is_business_day(date(2026, 12, 31))
    assert not GOLDEN_WEEK.is_business_day(date(2026, 1, 3))


@pytest.mark.parametrize(
    ("argument", "facts"),
    [
        ("business_days", {"shift": Shift.FOLLOWING}),
        ("due_day", {"due_day": 10, "unit": Unit.WEEK}),
        ("periods", {"periods": 96_000}),
        ("periods", {"periods": 3_000_000, "unit": Unit.DAY}),
        ("periods", {"disbursed_on": date(1, 1, 15)}),
    ],
)
def test_dates_that_cannot_be_are_refused(argument: str, facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        dates(**facts)
    assert refusal.value.argument == argument
