"""Nothing hides in the tables: fields, words, expressions, bins and grades are held against what there is."""

from __future__ import annotations

import json

import pytest

from chedai.deals.underwriting.rules.book import NAMES, TABLES, rule_set, shipped
from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.lint import lint, unworded


def doctored(name: str, **cell: str) -> str:
    """The shipped text with cells of its second rule changed."""
    document = json.loads(shipped()[name])
    table = next(node for node in document["nodes"] if node["type"] == "decisionTableNode")["content"]
    table["rules"][1].update(cell)
    return json.dumps(document, ensure_ascii=False)


def faults(name: str, text: str) -> list[str]:
    return [fault.en for fault in lint(name, text)]


class TestLint:
    @pytest.mark.parametrize("name", NAMES)
    def test_what_is_shipped_is_clean(self, name: str) -> None:
        assert lint(name, shipped()[name]) == []

    def test_every_code_has_words(self) -> None:
        assert unworded(shipped()) == []

    @pytest.mark.parametrize("name", TABLES)
    def test_shipped_columns_are_ascii_and_known(self, name: str) -> None:
        for column in rule_set(shipped()[name]).table["inputs"]:
            assert column["field"].isascii()
            assert column["field"] in FIELDS

    def test_a_chinese_field_would_never_hit_and_is_refused(self) -> None:
        text = shipped()["eligibility"].replace('"field": "age_years"}', '"field": "年龄"}')
        assert faults("eligibility", text) == ["unknown field 年龄: the rule would never hit"]

    @pytest.mark.parametrize(
        ("name", "cell", "fault"),
        [
            ("eligibility", {"age_end_years": "> "}, "age_end_years: cannot read '> '"),
            ("eligibility", {"age_end_years": "sixty"}, "age_end_years is compared with numbers, not 'sixty'"),
            ("eligibility", {"age_end_years": "> 60 or old"}, "age_end_years is compared with numbers, not 'old'"),
            ("conditions", {"amount_yuan": "> 300,000"}, "amount_yuan is compared with numbers, not '0,0'"),
            ("eligibility", {"kind": '"persn"'}, "kind never is 'persn'"),
            ("eligibility", {"kind": "person"}, "kind is compared with a word in quotes"),
            ("eligibility", {"bad_debt": "1"}, "bad_debt is true or false"),
            ("eligibility", {"effect": '"perhaps"'}, "there is no effect 'perhaps'"),
            ("eligibility", {"limit": '"65"'}, "limit must be an integer or null"),
            ("scorecard", {"points": ""}, "points must be one value, not ''"),
            ("policy", {"ltv_bp": "80%"}, "ltv_bp must be one value, not '80%'"),
            ("policy", {"ltv_bp": "0.8"}, "ltv_bp must be an integer"),
            ("grade", {"grade": '"F"'}, "there is no grade 'F'"),
            ("grade", {"review": '"cook"'}, "there is no reviewer 'cook'"),
        ],
    )
    def test_a_cell_that_would_silently_never_hit(self, name: str, cell: dict[str, str], fault: str) -> None:
        assert fault in faults(name, doctored(name, **cell))

    def test_a_table_nothing_leads_to(self) -> None:
        text = shipped()["grade"].replace('"sourceId": "in"', '"sourceId": "out"')
        assert faults("grade", text) == ["the edges must lead from input to table to output"]

    def test_a_score_without_a_grade_and_a_car_without_limits(self) -> None:
        assert faults("grade", shipped()["grade"].replace('">= 660"', '">= 690"')) == ["score: no bin from 660 on"]
        text = shipped()["policy"].replace(
            '"vehicle_kind": "\\"used\\"", "grade": "\\"C\\""', '"vehicle_kind": "\\"used\\"", "grade": "\\"B\\""'
        )
        assert faults("policy", text) == ["no limits for used in grade C"]

    def test_no_json_and_no_head(self) -> None:
        assert faults("grade", "{")[0].startswith("no JSON")
        assert faults("grade", "{}") == ["the section chedai is missing"]
        assert faults("grade", shipped()["policy"]) == ["chedai.name must be grade"]


def bins(**changed: tuple[str, int]) -> list[str]:
    """The faults of the scorecard with one bin changed: condition and points by the number of its rule."""
    document = json.loads(shipped()["scorecard"])
    table = next(node for node in document["nodes"] if node["type"] == "decisionTableNode")["content"]
    for at, (condition, points) in changed.items():
        rule = next(one for one in table["rules"] if one["_id"] == at.replace("_", "-"))
        rule[json.loads(rule["attribute"])] = condition
        rule["points"] = str(points)
    return faults("scorecard", json.dumps(document))


class TestScorecardIsMonotone:
    def test_points_that_fall_where_more_is_better(self) -> None:
        assert bins(scorecard_26=(">= 60", 5)) == ["job_months: points must not fall as it rises"]

    def test_points_that_rise_where_less_is_better(self) -> None:
        assert bins(scorecard_31=(">= 5000", 60)) == ["dti_bp: points must not rise as it rises"]

    def test_a_hole_an_overlap_and_no_missing_bin(self) -> None:
        assert bins(scorecard_26=(">= 61", 28)) == ["job_months: no bin from 60 on"]
        assert bins(scorecard_26=(">= 59", 28)) == ["job_months: 59 is in two bins"]
        assert bins(scorecard_22=("< 0", 0))[0] == "job_months: exactly one bin for a missing value"
        assert bins(scorecard_26=("[60..90]", 28)) == ["job_months: no bin from 91 on"]

    def test_a_word_without_a_bin(self) -> None:
        assert "residence: no bin for rented" in bins(scorecard_7=('"owned"', 5))
