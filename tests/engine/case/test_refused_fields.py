"""A refusal of the engine names a field of the document and repeats what stands there, in yuan and percent."""

from __future__ import annotations

import json

import pytest

from chedai.engine.case import CaseRefused, run, split
from chedai.engine.case.fields import in_the_document
from chedai.engine.case.reading import read
from chedai.engine.errors import EventRefused

TERMS: dict[str, object] = {
    "principal": "1000",
    "annual_rate_pct": "6",
    "periods": 6,
    "disbursement_date": "2024-01-10",
}
OUT: dict[str, object] = {"type": "disbursement", "date": "2024-01-10"}


Part = dict[str, object]


def refusal(*events: Part, terms: Part | None = None, top: Part | None = None) -> str:
    document = {"terms": {**TERMS, **(terms or {})}, "events": events, **(top or {})}
    with pytest.raises(CaseRefused) as caught:
        run(json.dumps(document).encode())
    return caught.value.text("en")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"principal": "-5"}, "terms.principal: must be above 0 (got -5)"),
        ({"principal": "1e17"}, "terms.principal: is beyond int64 fen (got 100000000000000000)"),
        ({"principal": "1e99"}, "terms.principal: is beyond int64 fen (got 1E+99)"),
        ({"annual_rate_pct": "-1"}, "terms.annual_rate_pct: must be at least 0 (got -1)"),
        ({"instalment": "0"}, "terms.instalment: must be above 0 (got 0)"),
        ({"instalment": "1"}, "terms.instalment: must cover the interest of instalment 1 (got 1)"),
        (
            {"instalment_multiple": "5000"},
            "terms.instalment_multiple: is too large: no instalment repays the loan (got 5000)",
        ),
        ({"instalment_multiple": "0"}, "terms.instalment_multiple: must be above 0 (got 0)"),
        ({"down_payment_pct": "100"}, "terms.down_payment_pct: must be below the principal (got 100)"),
        (
            {"penalty": {"annual_rate_pct": "-3"}},
            "terms.penalty.annual_rate_pct: must be at least 0 (got -3)",
        ),
        (
            {"penalty": {"annual_rate_pct": "3", "cap_pct": "-1"}},
            "terms.penalty.cap_pct: must be at least 0 (got -1)",
        ),
        (
            {"amortisation": "stepped", "steps": [{"periods": 6, "kind": "instalment", "amount": "-5"}]},
            "terms.steps[0].amount: must not have a negative amount (got -5)",
        ),
        (
            {
                "amortisation": "stepped",
                "steps": [{"periods": 3, "kind": "solve"}, {"periods": 3, "kind": "solve"}],
            },
            "terms.steps[1]: must leave one amount free at most",
        ),
        (
            {
                "amortisation": "stepped",
                "steps": [{"periods": 5, "kind": "instalment", "amount": "900"}, {"periods": 1, "kind": "solve"}],
            },
            "terms.steps: repay more than is owed before the free amount",
        ),
        ({"balloon": "5"}, "terms.balloon: needs amortisation balloon (got 5)"),
    ],
)
def test_terms_are_refused_as_they_were_typed(terms: dict[str, object], said: str) -> None:
    assert refusal(terms=terms) == said


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            {"type": "repayment", "date": "2024-01-01", "amount": "5"},
            "date: must not be before the first payout (got 2024-01-01)",
        ),
        ({"type": "repayment", "date": "2024-02-01", "amount": "-3"}, "amount: must be above 0 (got -3)"),
        (
            {"type": "rate_change", "date": "2024-03-01", "annual_rate_pct": "-2"},
            "annual_rate_pct: must not be negative (got -2)",
        ),
        (
            {"type": "due_date_shift", "date": "2024-02-01", "due_date": "2024-02-11", "new_due_date": "2024-02-20"},
            "due_date: is no due date of the loan (got 2024-02-11)",
        ),
        (
            {"type": "interest_pause", "start_date": "2024-02-11", "end_date": "2024-02-01"},
            "end_date: must not be before the start (got 2024-02-01)",
        ),
        (
            {"type": "reage", "date": "2024-03-01", "periods": 3, "first_due_date": "2024-02-01"},
            "first_due_date: must come after the change (got 2024-02-01)",
        ),
    ],
)
def test_events_are_refused_by_their_published_field(event: dict[str, object], said: str) -> None:
    assert refusal(OUT, event) == f"events[1].{said}"


def test_a_payout_day_is_refused_for_what_is_wrong_with_the_day() -> None:
    early: dict[str, object] = {**OUT, "date": "2020-01-01"}
    late: dict[str, object] = {**OUT, "date": "2024-03-01"}
    assert refusal(early, terms={"instalment": "180", "first_due_date": "2024-02-10"}) == (
        "events[0].date: is a payout day that leaves no plan: must cover the interest of instalment 1 (got 2020-01-01)"
    )
    assert refusal(late, terms={"first_due_date": "2024-02-10"}) == (
        "events[0].date: must be before the first due date (got 2024-03-01)"
    )


def test_what_is_no_field_of_the_document_is_not_named() -> None:
    case = read(json.dumps({"terms": TERMS, "events": [OUT]}).encode())
    error = EventRefused("instalment", "leaves no plan", "无法生成还款计划", row=0, value=500)
    assert in_the_document(error, case, 0).text("en") == "events[0]: leaves no plan"


def test_a_day_before_the_payout_has_no_schedule() -> None:
    said = "as_of: must not be before the payout on 2024-01-10 (got 2024-01-09)"
    assert refusal(top={"as_of": "2024-01-09"}) == refusal(OUT, top={"as_of": "2024-01-09"}) == said


def test_a_field_given_twice_in_one_object_is_refused_by_name() -> None:
    with pytest.raises(CaseRefused, match=r"^principal: stands twice in one object$"):
        run(b'{"terms": {"principal": 1, "principal": 2}}')


def test_an_empty_list_holds_no_case() -> None:
    with pytest.raises(CaseRefused, match=r"^case: is an empty list of cases$"):
        split(b" []")
