"""Terms that cannot be a loan are refused when they are written down, not when they are computed."""

from datetime import date
from typing import Any

import pytest

from chedai.engine.errors import InvalidArgument
from chedai.engine.terms import Amortisation, LoanTerms, Step, StepKind

GOOD: dict[str, Any] = {
    "principal": 10_000_000,
    "annual_rate": 5_880_000,
    "periods": 36,
    "disbursed_on": date(2026, 1, 31),
}


def test_the_plain_loan_needs_four_facts() -> None:
    terms = LoanTerms(**GOOD)
    assert terms.amortisation is Amortisation.EQUAL_INSTALMENT
    assert (terms.every, terms.first_due) == (1, None)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("principal", 0),
        ("principal", -1),
        ("principal", 10**16),
        ("annual_rate", -1),
        ("annual_rate", float("nan")),
        ("principal", 100.5),
        ("instalment", 0),
        ("periods", 0),
        ("every", 0),
        ("grace_principal", 36),
        ("grace_interest", 36),
        ("interest_free_periods", 37),
        ("due_day", 32),
        ("first_due", date(2026, 1, 31)),
        ("down_payment", 10_000_000),
        ("balloon", 10_000_000),
        ("instalment_multiple", 0),
    ],
)
def test_terms_that_cannot_be_a_loan_name_their_argument(argument: str, value: object) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        LoanTerms(**{**GOOD, argument: value})
    assert refusal.value.argument == argument


def test_the_segments_of_a_stepped_plan_cover_its_periods() -> None:
    steps = (Step(12, StepKind.INTEREST_ONLY), Step(24, StepKind.SOLVE))
    assert LoanTerms(**GOOD, amortisation=Amortisation.STEPPED, steps=steps).steps == steps
    with pytest.raises(InvalidArgument) as refusal:
        LoanTerms(**GOOD, amortisation=Amortisation.STEPPED, steps=steps[:1])
    assert refusal.value.argument == "steps"
