"""LPR plus a spread: what the rate is on which day."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.engine.errors import InvalidArgument
from chedai.engine.money import rate_units
from chedai.engine.rates import DatedRate, Repricing, rate_on, rate_path

LPR: list[DatedRate] = [
    (date(2023, 8, 21), rate_units("3.45")),
    (date(2024, 7, 22), rate_units("3.35")),
    (date(2024, 10, 21), rate_units("3.10")),
    (date(2025, 5, 20), rate_units("3.00")),
]
CONTRACT = date(2024, 8, 31)
UNTIL = date(2027, 8, 31)


def path(repricing: Repricing, spread: int = 150, until: date = UNTIL) -> list[tuple[str, str]]:
    return [(str(day), f"{rate / 1e6:.2f}") for day, rate in rate_path(LPR, spread, CONTRACT, repricing, until)]


@pytest.mark.parametrize(
    ("day", "rate"), [(date(2024, 7, 21), "3.45"), (date(2024, 7, 22), "3.35"), (date(2026, 1, 1), "3.00")]
)
def test_the_last_rate_published_counts(day: date, rate: str) -> None:
    assert rate_on(LPR, day) == rate_units(rate)


def test_fixed_never_moves() -> None:
    assert path(Repricing.FIXED) == [("2024-08-31", "4.85")]


def test_every_first_of_january() -> None:
    assert path(Repricing.YEARLY_JANUARY) == [("2024-08-31", "4.85"), ("2025-01-01", "4.60"), ("2026-01-01", "4.50")]


def test_every_anniversary() -> None:
    assert path(Repricing.YEARLY) == [("2024-08-31", "4.85"), ("2025-08-31", "4.50")]


def test_half_yearly_keeps_the_anchor_day() -> None:
    assert path(Repricing.HALF_YEARLY) == [("2024-08-31", "4.85"), ("2025-02-28", "4.60"), ("2025-08-31", "4.50")]


def test_quarterly_and_a_spread_below_the_benchmark() -> None:
    assert path(Repricing.QUARTERLY, spread=-50) == [
        ("2024-08-31", "2.85"),
        ("2024-11-30", "2.60"),
        ("2025-05-31", "2.50"),
    ]


def test_the_end_is_not_a_day_of_the_loan() -> None:
    assert path(Repricing.YEARLY_JANUARY, until=date(2025, 1, 1)) == [("2024-08-31", "4.85")]
    assert path(Repricing.YEARLY_JANUARY, until=date(2025, 1, 2))[-1] == ("2025-01-01", "4.60")
    assert path(Repricing.HALF_YEARLY, until=date(2025, 2, 28)) == [("2024-08-31", "4.85")]


def test_what_gives_no_path() -> None:
    with pytest.raises(InvalidArgument, match="series: has no rate published by then"):
        rate_on(LPR, date(2023, 8, 20))
    with pytest.raises(InvalidArgument, match="series, row 2: must ascend by date"):
        rate_on([LPR[1], LPR[0]], CONTRACT)
    with pytest.raises(InvalidArgument, match="series, row 2"):
        rate_on([LPR[0], LPR[0]], CONTRACT)
    with pytest.raises(InvalidArgument, match="until: must be after the contract date"):
        path(Repricing.FIXED, until=CONTRACT)
    with pytest.raises(InvalidArgument, match="spread: takes the rate below 0"):
        path(Repricing.FIXED, spread=-400)


def test_a_rate_of_zero_is_still_a_rate() -> None:
    assert path(Repricing.FIXED, spread=-335) == [("2024-08-31", "0.00")]
