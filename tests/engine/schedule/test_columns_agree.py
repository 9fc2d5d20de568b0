"""A batch says of each loan what `schedule` says of it alone, to the fen, over all methods, dates and roundings."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.calendar import timetable
from chedai.engine.daycount import whole_fraction
from chedai.engine.errors import EngineError
from chedai.engine.schedule import Schedule, schedule, schedule_columns, timetable_columns, year_part_columns
from chedai.engine.terms import Amortisation, DayCount, LoanTerms, Stub
from tests.engine.schedule.strategies import PRINCIPALS, RATES, amounts, conventions, due_dates, due_rules, steps


@st.composite
def batches(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Conventions, and loans that share the names of their columns."""
    longest = draw(st.integers(1, 30))
    shared = draw(conventions(longest))
    stepped = shared["amortisation"] is Amortisation.STEPPED
    least = max(shared.get("grace_principal", 0), shared["grace_interest"]) + 1
    least = longest if stepped else max(least, shared["interest_free_periods"])
    if stepped:
        shared["steps"] = draw(steps(longest, draw(PRINCIPALS)))
    loans: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 5))):
        principal = draw(PRINCIPALS)
        stated = draw(amounts(shared["amortisation"], principal))
        if loans and stated.keys() != loans[0].keys() - {"principal", "annual_rate", "periods"}:
            continue
        facts = {"principal": principal, "annual_rate": draw(RATES), "periods": draw(st.integers(least, longest))}
        loans.append(facts | stated)
    return shared, loans


def alone(facts: dict[str, Any]) -> Schedule | EngineError:
    try:
        return schedule(LoanTerms(**facts))
    except EngineError as refusal:
        return refusal


def agree(expected: list[Schedule | EngineError], columns: dict[str, Any]) -> None:
    """The batch is refused if one of its loans is, and else equals them row by row."""
    refused = [made for made in expected if isinstance(made, EngineError)]
    try:
        found = schedule_columns(**columns)
    except EngineError as refusal:
        assert type(refusal) in map(type, refused)
        assert refusal.row is not None
        assert isinstance(expected[refusal.row], EngineError)
        return
    assert not refused
    for loan, made in enumerate(expected):
        assert isinstance(made, Schedule)
        plan = [row for row in made.rows if row.n]
        n = len(plan)
        assert found.principal[:n, loan].tolist() == [row.principal for row in plan]
        assert found.interest[:n, loan].tolist() == [row.interest for row in plan]
        assert found.balance[:n, loan].tolist() == [row.balance for row in plan]
        assert found.total[:n, loan].tolist() == [row.total for row in plan]
        assert not found.total[n:, loan].any()
        assert made.instalment == (None if found.instalment is None else found.instalment[loan])


@settings(max_examples=250)
@given(batches())
def test_months_in_batches_are_months_alone(batch: tuple[dict[str, Any], list[dict[str, Any]]]) -> None:
    shared, loans = batch
    expected = [alone(shared | loan | {"disbursed_on": date(2026, 1, 1)}) for loan in loans]
    agree(expected, shared | {name: [loan[name] for loan in loans] for name in loans[0]})


@settings(max_examples=150)
@given(batches(), due_rules(), st.sampled_from(DayCount), st.data())
def test_dates_and_day_counts_in_batches_are_those_of_one_loan(
    batch: tuple[dict[str, Any], list[dict[str, Any]]], rules: dict[str, Any], day_count: DayCount, data: st.DataObject
) -> None:
    shared, loans = batch
    dated = [data.draw(due_dates(rules["unit"])) for _ in loans]
    columns = {name: [facts.get(name) for facts in dated] for name in ("disbursed_on", "first_due", "due_day")}
    columns = {name: column for name, column in columns.items() if None not in column}
    dated = [{name: column[j] for name, column in columns.items()} for j in range(len(loans))]
    longest = max(loan["periods"] for loan in loans)
    dates = timetable_columns(periods=longest, **columns, **rules)
    parts = year_part_columns(day_count, dates)
    for j, (loan, facts) in enumerate(zip(loans, dated, strict=True)):
        terms = LoanTerms(**(shared | rules | loan | facts | {"day_count": day_count}))
        table = timetable(terms)
        n = terms.periods
        assert tuple(dates.bounds[: n + 1, j].tolist()) == table.bounds
        assert [k for k in np.flatnonzero(dates.odd[:, j]).tolist() if k < n] == [k for k in table.odd if k < n]
        numerators = [parts.numerator] * n if isinstance(parts.numerator, int) else parts.numerator[:n, j].tolist()
        expected = [whole_fraction(day_count, table.period(k)) for k in range(n)]
        assert [Fraction(part, parts.denominator) for part in numerators] == expected
    if rules["stub"] is not Stub.INTEREST_ONLY:
        expected_rows = [
            alone(shared | rules | loan | facts | {"day_count": day_count})
            for loan, facts in zip(loans, dated, strict=True)
        ]
        amounts_by_column = {name: [loan[name] for loan in loans] for name in loans[0]}
        agree(expected_rows, shared | amounts_by_column | {"year_parts": parts})
