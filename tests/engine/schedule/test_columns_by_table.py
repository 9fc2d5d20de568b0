"""Every method and every way to count days, in a batch beside the same loans alone: a fixed table, no chance."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from chedai.engine.calendar import timetable
from chedai.engine.daycount import whole_fraction
from chedai.engine.schedule import schedule, schedule_columns, timetable_columns, year_part_columns
from chedai.engine.terms import (
    Amortisation,
    DayCount,
    InterestMethod,
    LoanTerms,
    MonthEnd,
    Residue,
    Step,
    StepKind,
    Stub,
    Unit,
)

LOANS = {"principal": [10_000_000, 7_600_000, 999], "annual_rate": [5_880_000, 15_000_000, 0], "periods": [36, 36, 36]}
RAGGED = LOANS | {"periods": [36, 12, 5]}
FLAT = {"interest_method": InterestMethod.FLAT}
STEPPED = {"amortisation": Amortisation.STEPPED}

METHODS: list[dict[str, Any]] = [
    RAGGED,
    RAGGED | {"grace_principal": 4, "grace_interest": 2, "interest_free_periods": 1},
    RAGGED | {"residue": Residue.SPREAD, "grace_principal": 1},
    RAGGED | {"residue": Residue.SPREAD, "instalment_multiple": 100},
    RAGGED | {"instalment": [300_000, 700_000, 300]},
    RAGGED | {"amortisation": Amortisation.EQUAL_PRINCIPAL, "grace_principal": 2, "instalment_multiple": 100},
    RAGGED | {"amortisation": Amortisation.INTEREST_FIRST},
    RAGGED | {"amortisation": Amortisation.BULLET, "interest_free_periods": 2},
    RAGGED | {"amortisation": Amortisation.BALLOON, "balloon": [3_000_000, 1, 0]},
    RAGGED | {"amortisation": Amortisation.BALLOON, "instalment": [200_000, 600_000, 100]},
    RAGGED | FLAT,
    RAGGED | FLAT | {"instalment": [310_000, 750_000, 201]},
    RAGGED | FLAT | {"amortisation": Amortisation.EQUAL_PRINCIPAL, "grace_principal": 1},
    RAGGED | FLAT | {"amortisation": Amortisation.INTEREST_FIRST, "interest_free_periods": 1},
    LOANS | STEPPED | {"steps": (Step(12, StepKind.INTEREST_ONLY), Step(24, StepKind.SOLVE))},
    LOANS
    | STEPPED
    | {"steps": (Step(2, StepKind.INSTALMENT, 126_000), Step(2, StepKind.PRINCIPAL, 5), Step(32, StepKind.SOLVE))},
    LOANS | STEPPED | {"steps": (Step(3, StepKind.PRINCIPAL, 100), Step(33, StepKind.INTEREST_ONLY))},
]
METHODS[15]["principal"] = [10_000_000, 9_000_000, 999_999]


@pytest.mark.parametrize("facts", METHODS, ids=lambda facts: str(facts.get("amortisation", "level")))
def test_a_batch_holds_the_plans_of_its_loans(facts: dict[str, Any]) -> None:
    found = schedule_columns(**facts)
    columns = {name: values for name, values in facts.items() if isinstance(values, list)}
    for loan in range(3):
        terms = LoanTerms(**(facts | {name: v[loan] for name, v in columns.items()}), disbursed_on=date(2026, 1, 1))
        made = schedule(terms)
        assert found.principal[: terms.periods, loan].tolist() == [row.principal for row in made.rows]
        assert found.interest[: terms.periods, loan].tolist() == [row.interest for row in made.rows]
        assert not found.total[terms.periods :, loan].any()
        assert made.instalment == (None if found.instalment is None else found.instalment[loan])


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("stub", Stub)
@pytest.mark.parametrize("month_end", MonthEnd)
def test_dates_and_parts_of_a_year_are_those_of_each_loan(unit: Unit, stub: Stub, month_end: MonthEnd) -> None:
    paid_out = [date(2023, 12, 31), date(2024, 1, 10), date(2026, 2, 28), date(2099, 12, 20)]
    rules = {"unit": unit, "every": 2 if unit is Unit.WEEK else 1, "stub": stub, "month_end": month_end}
    given: list[dict[str, Any]] = [
        {},
        {"first_due": [date(2024, 2, 29), date(2024, 3, 5), date(2026, 3, 28), date(2100, 1, 31)]},
    ]
    if unit is Unit.MONTH:
        given += [{"due_day": [31, 20, 28, 5]}, given[1] | {"due_day": [31, 5, 28, 31]}]
    for columns in given:
        dates = timetable_columns(paid_out, 15, **columns, **rules)
        for day_count in DayCount:
            parts = year_part_columns(day_count, dates)
            for loan, start in enumerate(paid_out):
                own = {name: values[loan] for name, values in columns.items()}
                terms = LoanTerms(principal=1, annual_rate=0, periods=15, disbursed_on=start, **own, **rules)
                table = timetable(terms)
                assert tuple(dates.bounds[:, loan].tolist()) == table.bounds
                assert tuple(k for k in (0, 1) if dates.odd[k, loan]) == table.odd
                whole = [whole_fraction(day_count, table.period(k)) for k in range(15)]
                held = parts.numerator
                numerators = [held] * 15 if isinstance(held, int) else held[:, loan].tolist()
                assert [Fraction(part, parts.denominator) for part in numerators] == whole


@pytest.mark.parametrize("facts", [METHODS[0], METHODS[7], METHODS[10]], ids=["level", "bullet", "flat"])
def test_a_batch_by_the_calendar(facts: dict[str, Any]) -> None:
    paid_out = [date(2026, 1, 31), date(2026, 2, 10), date(2027, 12, 31)]
    parts = year_part_columns(DayCount.ACT_ACT, timetable_columns(paid_out, 36))
    found = schedule_columns(**facts, year_parts=parts)
    columns = {name: values for name, values in facts.items() if isinstance(values, list)}
    for loan, start in enumerate(paid_out):
        own = facts | {name: v[loan] for name, v in columns.items()}
        made = schedule(LoanTerms(**own, disbursed_on=start, day_count=DayCount.ACT_ACT))
        assert found.total[: len(made.rows), loan].tolist() == [row.total for row in made.rows]
