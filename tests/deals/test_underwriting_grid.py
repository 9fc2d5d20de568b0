"""The grid and the document are one: nothing is lost on the way there and back, whatever stands in a cell."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.deals.underwriting.comparing import row_changes
from chedai.deals.underwriting.rules.book import NAMES, rule_set, shipped
from chedai.deals.underwriting.rules.cells import Operator, number, read_cell, share, shown, typed, write_cell
from chedai.deals.underwriting.rules.fields import FIELDS, Unit
from chedai.deals.underwriting.rules.grid import (
    Condition,
    GridRow,
    document_with,
    fits,
    laid_out,
    numbered,
    rows_of,
    text_with,
)
from chedai.deals.underwriting.rules.lint import lint


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_goes_into_the_grid_and_back(name: str) -> None:
    text = shipped()[name]
    document = json.loads(text)
    head = document["chedai"]
    rows = rows_of(name, document)
    assert json.dumps(document_with(name, document, rows)) == json.dumps(document)
    assert text_with(name, text, rows, head["version"], head["valid_from"]) == text
    assert json.loads(laid_out(document)) == document
    assert fits(name, text)


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_condition_has_an_operator_and_is_typed_in_either_language(name: str, *, english: bool) -> None:
    for row in rows_of(name, json.loads(shipped()[name])):
        for one in row.conditions:
            assert one.operator is not Operator.TEXT
            said = shown(one.fact, one.operator, one.value, english=english)
            assert typed(one.fact, one.operator, said) == one.value


CELLS = st.one_of(
    st.text(min_size=1, max_size=20),
    st.builds("{}{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "="]), st.just(""), st.integers()),
    st.builds("[{}..{})".format, st.integers(), st.integers()),
    st.sampled_from(["null", "true", "not null", '"used"', '"used","own_ice"', '"used", "own_ice"', 'not in ["a"]']),
)


@given(CELLS, st.sampled_from(Unit))
def test_any_cell_comes_back_to_the_letter(cell: str, unit: Unit) -> None:
    assert write_cell(*read_cell(cell, unit)) == cell


@given(st.integers(-10_000_000, 10_000_000))
def test_a_share_is_typed_in_percent_and_kept_in_basis_points(points: int) -> None:
    assert number(Unit.BP, share(Unit.BP, str(points))) == str(points)


@given(st.sampled_from(sorted(n for n, f in FIELDS.items() if f.words)), st.data(), st.booleans())
def test_words_are_typed_in_the_language_of_the_reader(fact: str, data: st.DataObject, english: bool) -> None:
    words = data.draw(st.lists(st.sampled_from(sorted(FIELDS[fact].values)), min_size=1, unique=True))
    value = ",".join(words)
    assert typed(fact, Operator.ONE_OF, shown(fact, Operator.ONE_OF, value, english=english)) == value


@pytest.mark.parametrize(
    ("fact", "operator", "text", "cell"),
    [
        ("age_years", Operator.LESS, "18", "< 18"),
        ("amount_yuan", Operator.MORE, "300,000", "> 300000"),
        ("dti_bp", Operator.WITHOUT_LAST, "20–35.5%", "[2000..3550)"),
        ("job_months", Operator.BOTH_ENDS, "6 至 24", "[6..24]"),
        ("vehicle_kind", Operator.ONE_OF, "二手车、own_ice", '"used","own_ice"'),
        ("vehicle_kind", Operator.NONE_OF, "used; own, electric", 'not in ["used", "own_nev"]'),
        ("bad_debt", Operator.NO, "", "false"),
        ("dti_bp", Operator.MORE, "33.333", "> 33.333%"),
    ],
)
def test_what_is_typed_and_the_cell_it_makes(fact: str, operator: Operator, text: str, cell: str) -> None:
    assert write_cell(operator, typed(fact, operator, text)) == cell


def test_a_new_row_asks_a_fact_the_table_did_not_ask_and_takes_a_number_never_used() -> None:
    text = shipped()["grade"]
    rows = rows_of("grade", json.loads(text))
    asked = Condition("kind", Operator.ONE_OF, "firm")
    new = GridRow("", "企业", (asked,), {"grade": '"D"', "effect": '"note"', "review": '"manager"'})
    after = text_with("grade", text, [new, *rows[:-1]], "2", "2026-12-01")
    assert lint("grade", after)[0].zh == "评分：0 起没有分箱"
    made = rule_set(text_with("grade", text, [new, *rows], "2", "2026-12-01"))
    assert lint("grade", made.text) == []
    assert [rule["_id"] for rule in made.table["rules"]][:2] == ["grade-11", "grade-1"]
    assert made.table["inputs"][-1]["field"] == "kind"
    assert [row.number for row in numbered("grade", [rows[4], new])] == ["grade-5", "grade-6"]
    assert [row.number for row in numbered("grade", [new], ["grade-10"])] == ["grade-11"]


def test_a_row_that_only_moved_is_a_change() -> None:
    text = shipped()["grade"]
    rows = rows_of("grade", json.loads(text))
    turned = [rows[5], *rows[:5], *rows[6:]]
    changes = row_changes(rule_set(text), rule_set(text_with("grade", text, turned, "2", "2026-12-01")))
    assert [(one.rule, one.moved, one.cells) for one in changes] == [("grade-6", (6, 1), ())]


@pytest.mark.parametrize("text", ["{", "{}", '{"nodes": []}'])
def test_what_has_no_table_is_left_to_the_text(text: str) -> None:
    assert not fits("grade", text)
    assert not fits("words", text)
