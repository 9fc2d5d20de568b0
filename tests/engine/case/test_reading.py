"""What a case document may say: one meaning for every spelling, and a clear refusal for everything else."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from chedai.engine.case.document import Case
from chedai.engine.case.reading import read, split
from chedai.engine.case.refusal import CaseRefused

TERMS: dict[str, object] = {
    "principal": "1000",
    "annual_rate_pct": "5.88",
    "periods": 6,
    "disbursement_date": "2024-01-01",
}


def case(events: list[object] | None = None, terms: dict[str, object] | None = None, **top: object) -> Case:
    return read(json.dumps({"terms": {**TERMS, **(terms or {})}, "events": events or [], **top}).encode())


def refusal(raw: object) -> CaseRefused:
    with pytest.raises(CaseRefused) as caught:
        read(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    return caught.value


def test_amounts_are_read_from_their_digits_never_through_a_float() -> None:
    raw = b'{"terms":{"principal":1234567890123.45,"annual_rate_pct":0.1,"periods":1,"disbursement_date":"2024-01-01"}}'
    terms = read(raw).terms
    assert (terms.principal, terms.annual_rate_pct) == (Decimal("1234567890123.45"), Decimal("0.1"))


@pytest.mark.parametrize("principal", ["1,000.00", "¥1000", "1000元", "1，000", " 1 000 ", 1000])
def test_amounts_may_carry_their_sign_and_commas(principal: object) -> None:
    assert case(terms={"principal": principal}).terms.principal == 1000


@pytest.mark.parametrize(
    ("terms", "top", "same"),
    [
        ({"amortization": "Equal Installments"}, {}, {"amortisation": "equal_instalment"}),
        (
            {"allocation_order": "penalties-fees-interest-principle"},
            {},
            {"allocation": ["penalty", "fee", "interest", "principal"]},
        ),
        ({"unit": "Months", "annual_rate_pct": "5.88 %"}, {}, {}),
        ({"first_due": "2024-02-10"}, {}, {"first_due_date": "2024-02-10"}),
        ({"month_end": "ROLL", "rounding": "half-even"}, {}, {"month_end": "roll", "rounding": "half_even"}),
        ({"balloon": None}, {"as_of": None}, {}),
        ({}, {"grace_principal": 2}, {"grace_principal": 2}),
        ({"periods": "6"}, {}, {}),
    ],
)
def test_other_spellings_mean_the_published_one(
    terms: dict[str, object], top: dict[str, object], same: dict[str, object]
) -> None:
    assert case(terms=terms, **top) == case(terms=same)


@pytest.mark.parametrize(
    ("spelled", "published"),
    [
        (
            {"event": "Repay", "on": "2024-02-01", "amount": 1},
            {"type": "repayment", "date": "2024-02-01", "amount": "1"},
        ),
        ({"kind": "pay-off", "date": "2024-02-01"}, {"type": "payoff", "date": "2024-02-01"}),
        (
            {"type": "charge", "charge_kind": "fees", "due": "2024-02-01", "amount": "1"},
            {"type": "charge", "kind": "fee", "due_date": "2024-02-01", "amount": "1"},
        ),
        (
            {"type": "interest_pause", "start": "2024-02-05", "end": "2024-02-10"},
            {"type": "interest_pause", "start_date": "2024-02-05", "end_date": "2024-02-10"},
        ),
        (
            {"type": "due_date_shift", "from": "2024-02-01", "to": "2024-02-18"},
            {"type": "due_date_shift", "due_date": "2024-02-01", "new_due_date": "2024-02-18"},
        ),
        (
            {"type": "due_date_shift", "date": "2024-02-01", "new_date": "2024-02-18"},
            {"type": "due_date_shift", "due_date": "2024-02-01", "new_due_date": "2024-02-18"},
        ),
        (
            {"type": "rate_change", "from": "2024-02-02", "rate": "4%"},
            {"type": "rate_change", "date": "2024-02-02", "annual_rate_pct": "4"},
        ),
        (
            {"type": "reaging", "date": "2024-03-15", "periods": 6, "start_date": "2024-04-01"},
            {"type": "reage", "date": "2024-03-15", "periods": 6, "first_due_date": "2024-04-01"},
        ),
        ({"type": "reamortize", "date": "2024-03-15"}, {"type": "reamortise", "date": "2024-03-15"}),
        ({"type": "undo", "event_id": 0}, {"type": "reversal", "of": 0}),
    ],
)
def test_other_spellings_of_events_mean_the_published_one(spelled: object, published: object) -> None:
    first = {"type": "repayment", "date": "2024-01-05", "amount": 5}
    assert case([first, spelled]) == case([first, published])


@pytest.mark.parametrize("field", ["day_count", "recalculation", "advance_rule", "as_of"])
def test_conventions_may_stand_inside_the_terms(field: str) -> None:
    value = {"day_count": "Actual/365", "recalculation": "per_period", "advance_rule": "last", "as_of": "2024-05-01"}[
        field
    ]
    assert case(terms={field: value}) == case(**{field: value})


def test_the_same_field_twice_must_agree() -> None:
    assert case(terms={"day_count": "Actual/Actual"}, day_count="act/act").day_count == "act/act"
    error = refusal({"terms": {**TERMS, "day_count": "act/360"}, "day_count": "act/365"})
    assert error.text("en") == "terms.day_count: says otherwise than day_count (got act/360)"


@pytest.mark.parametrize(
    ("document", "path", "rule"),
    [
        ([], "case", "must be an object"),
        ({"terms": 3}, "terms", "must be an object"),
        ({"terms": {**TERMS, "period": 6}}, "terms.period", "is no known field; the nearest is periods"),
        ({"terms": {**TERMS, "zzz": 6}}, "terms.zzz", "is no known field"),
        ({"terms": {}}, "terms.principal", "is required"),
        ({"terms": {**TERMS, "unit": "moon"}}, "terms.unit", "must be one of day, week, month"),
        ({"terms": {**TERMS, "unit": 3}}, "terms.unit", "must be text, not whole number"),
        ({"terms": {**TERMS, "principal": True}}, "terms.principal", "must be number, not true/false"),
        ({"terms": {**TERMS, "principal": "many"}}, "terms.principal", "must be a number written in digits"),
        ({"terms": {**TERMS, "principal": "1,85"}}, "terms.principal", "must be a number written in digits"),
        ({"terms": {**TERMS, "periods": 1.5}}, "terms.periods", "must be whole number, not number"),
        ({"terms": {**TERMS, "periods": 0}}, "terms.periods", "must be at least 1"),
        ({"terms": {**TERMS, "periods": 10**6}}, "terms.periods", "must be at most 10000"),
        ({"terms": {**TERMS, "allocation": ["tip"]}}, "terms.allocation[0]", "is none of the allowed words"),
        ({"terms": {**TERMS, "allocation": 3}}, "terms.allocation", "must be list, not whole number"),
        ({"terms": {**TERMS, "steps": 3}}, "terms.steps", "must be a list"),
        (
            {"terms": {**TERMS, "steps": [{"kind": "free"}]}},
            "terms.steps[0].kind",
            "must be one of interest_only, instalment, principal, solve",
        ),
        (
            {"terms": {**TERMS, "penalty": {"grace_day": 1}}},
            "terms.penalty.grace_day",
            "is no known field; the nearest is grace_days",
        ),
        ({"terms": TERMS, "as_of": "2024-02-30"}, "as_of", "must be a date written as 2024-01-31"),
        ({"terms": TERMS, "events": {}}, "events", "must be a list"),
        ({"terms": TERMS, "events": [3]}, "events[0]", "must be an object"),
        ({"terms": TERMS, "events": [{}]}, "events[0].type", "is no type of event"),
        (
            {"terms": TERMS, "events": [{"type": "repaymen"}]},
            "events[0].type",
            "is no type of event; the nearest is repayment",
        ),
        ({"terms": TERMS, "events": [{"type": "payoff"}]}, "events[0].date", "is required"),
        ({"terms": TERMS, "show": "all"}, "show", "is none of the allowed words"),
    ],
)
def test_refusals_name_the_path_and_the_rule(document: object, path: str, rule: str) -> None:
    error = refusal(document)
    assert (error.argument, error.rule) == (path, rule)
    assert error.rule_zh != error.rule


def test_a_refusal_repeats_what_it_found_but_not_at_length() -> None:
    error = refusal({"terms": {**TERMS, "unit": "m" * 100}})
    assert error.value == "m" * 60 + "..."


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"{'terms': 1}"])
def test_what_is_no_json_is_refused_as_a_whole(raw: bytes) -> None:
    assert refusal(raw).argument == "case"
    with pytest.raises(CaseRefused, match="is no JSON"):
        split(raw)


def test_a_document_without_bottom_is_refused() -> None:
    for raw in (b"[" * 100_000, b'{"a":' * 100_000):
        with pytest.raises(CaseRefused, match="is nested too deep"):
            split(raw)


def test_a_list_is_parted_into_its_documents() -> None:
    assert split(b' [{"a": 1}, 2]') == (b'{"a": 1}', b"2")
    assert split(b'{"a": 1}') == (b'{"a": 1}',)
    with pytest.raises(CaseRefused, match="is no JSON"):
        split(b"[1")


def test_a_refusal_in_a_list_names_its_case() -> None:
    assert refusal({"terms": {}}).under("cases[3]").argument == "cases[3].terms.principal"
    assert refusal([]).under("cases[3]").argument == "cases[3]"


def test_words_of_msgspec_that_we_do_not_know_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chedai.engine.case.reading._RULES", ())
    error = refusal({"terms": {**TERMS, "periods": 0}})
    assert (error.argument, error.rule) == ("terms.periods", "Expected `int` >= 1")
