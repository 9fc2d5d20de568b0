"""A rule set as a grid: one row a rule, its conditions, its answers, its note; and the same JDM document back.

What the grid does not show (edges, required facts, titles) is taken over from the text it was read from. The six tables
have conditions; the questionnaire and the words are rows of plain values. A cell of an answer is its JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chedai.deals.underwriting.rules.book import TABLES
from chedai.deals.underwriting.rules.cells import Operator, read_cell, write_cell
from chedai.deals.underwriting.rules.fields import FIELDS, Unit
from chedai.deals.underwriting.rules.lint import OUTPUTS

PARTS: Final = ("reasons", "conditions", "overrides")
_WORDS: Final = ("part", "code", "zh", "en", "advice_zh", "advice_en", "lever")
_ASKED: Final = ("question", "question_zh", "question_en", "weight")
_OFFERED: Final = ("code", "zh", "en", "points")
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = OUTPUTS | {"words": _WORDS, "questions": (*_ASKED, *_OFFERED)}
"""The answers of each grid, in their order."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact held against a value; `value` as the table holds it, without the operator."""

    fact: str
    operator: Operator
    value: str

    @property
    def cell(self) -> str:
        """What stands in the table."""
        return write_cell(self.operator, self.value)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One rule. `answers` are JSON texts by column; `number` is empty until the row is written."""

    number: str
    note: str
    conditions: tuple[Condition, ...]
    answers: Mapping[str, str]


def rows_of(name: str, document: Mapping[str, Any]) -> list[GridRow]:
    """The rows of a rule set that has its structure. Errors: whatever a broken structure raises; see `fits`."""
    if name == "words":
        return [_said(part, code, entry) for part in PARTS for code, entry in document[part].items()]
    if name == "questions":
        return [_asked(asked, option) for asked in document["questions"] for option in asked["options"]]
    table = _table(document)
    return [_rule(name, table, rule) for rule in table["rules"]]


def document_with(name: str, document: Mapping[str, Any], rows: Sequence[GridRow]) -> dict[str, Any]:
    """The same document with these rows; facts no column stands for yet get one."""
    again: dict[str, Any] = json.loads(json.dumps(document))
    if name == "words":
        again |= {part: {} for part in PARTS}
        for row in rows:
            values = _values(row)
            part, code = values.pop("part"), values.pop("code")
            again[part][code] = values if part == "reasons" else {key: values[key] for key in ("zh", "en")}
        return again
    if name == "questions":
        again["questions"] = _questions(rows)
        return again
    table = _table(again)
    asked = {column["field"] for column in table["inputs"]}
    wanted = dict.fromkeys(condition.fact for row in rows for condition in row.conditions)
    table["inputs"] += [{"id": fact, "name": fact, "field": fact} for fact in wanted if fact not in asked]
    table["rules"] = [_written(table, row) for row in rows]
    return again


def text_with(name: str, text: str, rows: Sequence[GridRow], version: str, valid_from: str) -> str:
    """The text of a rule set with these rows under another version; the very same text where nothing differs."""
    before = json.loads(text)
    after = document_with(name, before, numbered(name, rows))
    after["chedai"] = before["chedai"] | {"version": version, "valid_from": valid_from}
    return text if after == before else laid_out(after)


def numbered(name: str, rows: Sequence[GridRow], used: Iterable[str] = ()) -> list[GridRow]:
    """The rows with a number of its own for each that has none; one that stands or is among `used` is never given."""
    if name not in TABLES:
        return list(rows)
    seen = [*used, *(row.number for row in rows)]
    taken = [int(end) for one in seen if (end := one.removeprefix(f"{name}-")).isdecimal()]
    free = iter(range(max(taken, default=0) + 1, len(rows) + max(taken, default=0) + 1))
    return [
        row if row.number else GridRow(f"{name}-{next(free)}", row.note, row.conditions, row.answers) for row in rows
    ]


def fits(name: str, text: str) -> bool:
    """Whether a text can be shown as a grid without losing anything."""
    try:
        document = json.loads(text)
        outputs = name not in TABLES or tuple(c["field"] for c in _table(document)["outputs"]) == OUTPUTS[name]
        known = name not in TABLES or all(c["field"] in FIELDS for c in _table(document)["inputs"])
        return bool(outputs and known and document_with(name, document, rows_of(name, document)) == document)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return False


def laid_out(document: Mapping[str, Any]) -> str:
    """The document as text with one rule a line, so that two texts can be compared line by line."""
    rules: dict[str, str] = {}

    def short(value: Any) -> Any:
        if isinstance(value, dict) and value and not any(isinstance(one, dict | list) for one in value.values()):
            mark = f"@{len(rules)}@"
            rules[f'"{mark}"'] = json.dumps(value, ensure_ascii=False)
            return mark
        if isinstance(value, dict):
            return {key: short(one) for key, one in value.items()}
        return [short(one) for one in value] if isinstance(value, list) else value

    lines = json.dumps(short(document), ensure_ascii=False, indent=1).split("\n")
    return "\n".join(_filled(line, rules) for line in lines) + "\n"


def _filled(line: str, rules: Mapping[str, str]) -> str:
    head, mark, tail = line.partition('"@')
    found = rules.get(mark + tail.removesuffix(","))
    return line if found is None else head + found + ("," if tail.endswith(",") else "")


def _table(document: Mapping[str, Any]) -> Any:
    return next(node for node in document["nodes"] if node["type"] == "decisionTableNode")["content"]


def _rule(name: str, table: Mapping[str, Any], rule: Mapping[str, Any]) -> GridRow:
    conditions = []
    for column in table["inputs"]:
        if cell := rule.get(column["id"], ""):
            fact = column["field"]
            conditions.append(Condition(fact, *read_cell(cell, FIELDS[fact].unit if fact in FIELDS else Unit.COUNT)))
    answers = {column["field"]: rule[column["id"]] for column in table["outputs"]}
    return GridRow(rule["_id"], rule.get("_description", ""), tuple(conditions), answers)


def _written(table: Mapping[str, Any], row: GridRow) -> dict[str, str]:
    cells = {condition.fact: condition.cell for condition in row.conditions}
    return (
        {"_id": row.number, "_description": row.note}
        | {column["id"]: cells.get(column["field"], "") for column in table["inputs"]}
        | {column["id"]: row.answers.get(column["field"], "") for column in table["outputs"]}
    )


def _said(part: str, code: str, entry: Mapping[str, str]) -> GridRow:
    values = {"part": part, "code": code} | {key: entry.get(key, "") for key in _WORDS[2:]}
    return GridRow(code, "", (), _cells(values))


def _asked(asked: Mapping[str, Any], option: Mapping[str, Any]) -> GridRow:
    values = {"question": asked["code"], "question_zh": asked["zh"], "question_en": asked["en"]}
    return GridRow(
        asked["code"], "", (), _cells(values | {"weight": asked["weight"]} | {key: option[key] for key in _OFFERED})
    )


def _questions(rows: Iterable[GridRow]) -> list[dict[str, Any]]:
    """Rows of the same question, which stand together or apart, are its options."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        values = _values(row)
        asked = {"code": values["question"], "zh": values["question_zh"], "en": values["question_en"]}
        question = found.setdefault(asked["code"], asked | {"weight": values["weight"], "options": []})
        question["options"].append({key: values[key] for key in _OFFERED})
    return list(found.values())


def _cells(values: Mapping[str, Any]) -> dict[str, str]:
    return {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}


def _values(row: GridRow) -> dict[str, Any]:
    return {key: json.loads(cell) for key, cell in row.answers.items()}
