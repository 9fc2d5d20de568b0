"""The fast plan and the slow judge agree to the fen, whatever the terms; and what every plan owes its name."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings

from chedai.engine.errors import AmountOverflow, Infeasible
from chedai.engine.reference import schedule as judge
from chedai.engine.schedule import Schedule, schedule
from chedai.engine.terms import LoanTerms
from tests.engine.schedule.strategies import loan_terms


def made(terms: LoanTerms) -> Schedule | None:
    """The schedule, or None where the terms have none."""
    try:
        return schedule(terms)
    except (Infeasible, AmountOverflow):
        return None


@settings(max_examples=300)
@given(loan_terms())
def test_every_row_is_the_judges_to_the_fen(terms: LoanTerms) -> None:
    found = made(terms)
    try:
        expected = judge.schedule(terms)
    except Infeasible:
        assert found is None
        return
    if found is None:
        assert sum(row.total for row in expected) > 2**63 - 1
        return
    assert [tuple(row) for row in found.rows] == [
        (row.n, row.start, row.due, row.days, row.principal, row.interest, row.total, row.balance) for row in expected
    ]


@settings(max_examples=200)
@given(loan_terms())
def test_principal_parts_sum_to_the_principal_and_the_balance_ends_at_nothing(terms: LoanTerms) -> None:
    found = made(terms)
    if found is None:
        return
    assert found.principal == terms.principal
    assert found.rows[-1].balance == 0
    assert found.total == sum(row.total for row in found.rows)
    assert all(row.interest >= 0 and row.principal >= 0 and row.balance >= 0 for row in found.rows)
    assert all(row.total == row.principal + row.interest for row in found.rows)
    plan = [row for row in found.rows if row.n]
    assert [row.n for row in plan] == list(range(1, terms.periods + 1))
    assert all(b.start == a.start + timedelta(days=a.days) for a, b in pairwise(plan))
