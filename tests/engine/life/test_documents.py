"""The figures printed in docs/algorithms are what the replay computes."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest

from chedai.engine.daycount import Period, year_fraction
from chedai.engine.money import yuan
from chedai.engine.terms import DayCount

from .figures import Example, blocks, examples

PAGES = ("replay", "recalculation", "restructure")
LOANS = [(page, example) for page in PAGES for example in examples(page)]
FRACTIONS = [line for block in blocks("day_counts") for line in block.strip().splitlines()]


@pytest.mark.parametrize(("page", "example"), LOANS)
def test_rows_of_the_pages(page: str, example: Example) -> None:
    state = example.state()
    assert example.claims
    for claim in example.claims:
        name, _, figures = claim.partition(": ")
        match name.split():
            case ["row", n]:
                row = state.rows[int(n) - 1]
                printed = f"{row.due_date} {yuan(row.principal)} {yuan(row.interest)} {yuan(row.balance)}"
                printed += f" paid {yuan(row.paid)}" if row.paid else ""
                assert printed == figures
            case ["fees", n]:
                assert yuan(state.rows[int(n) - 1].fees) == figures
            case ["rows"]:
                assert len(state.rows) == int(figures)
            case _:
                assert name == "paid"
                assert yuan(state.totals.paid) == figures


@pytest.mark.parametrize("line", FRACTIONS)
def test_parts_of_a_year_of_the_page(line: str) -> None:
    stretch, _, value = line.partition(": ")
    days = [date.fromisoformat(day) for day in re.findall(r"\d{4}-\d\d-\d\d", stretch)]
    start, end, period_start, period_due = days if len(days) == 4 else (*days, *days)
    period = Period(period_start, period_due, regular="odd" not in stretch.split())
    expected = sum((Fraction(part) for part in value.split(" + ")), Fraction(0))
    assert year_fraction(DayCount(stretch.split()[0]), start, end, period) == expected


def test_forty_one_days_cost_what_the_page_says() -> None:
    start, due = date(2026, 1, 10), date(2026, 2, 20)
    period = Period(start, due, regular=False)
    cost = {
        day_count: yuan(round(10_000_000 * Fraction(6, 100) * year_fraction(day_count, start, due, period)))
        for day_count in (DayCount.MONTH_ODD, DayCount.ACT_360, DayCount.ACT_365, DayCount.THIRTY_360)
    }
    assert list(cost.values()) == ["666.67", "683.33", "673.97", "678.57"]
