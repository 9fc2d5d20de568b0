"""What is wrong with the text of a rule set, before anybody may publish it.

The engine is silent where a rule can never hit: a field that does not exist, a word that is misspelt, an expression
that does not parse. So the lint is not: every column, every cell and every word is held against `fields`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import zen

from chedai.deals.underwriting.rules.bins import grade_faults, policy_faults, scorecard_faults
from chedai.deals.underwriting.rules.book import NAMES
from chedai.deals.underwriting.rules.fields import FIELDS, Unit
from chedai.deals.underwriting.rules.values import Effect

OUTPUTS: Final = {
    "eligibility": ("code", "effect", "field", "limit"),
    "fraud": ("code", "effect", "field", "limit"),
    "scorecard": ("attribute", "bin", "points"),
    "grade": ("grade", "effect", "review"),
    "policy": ("ltv_bp", "all_in_bp", "dti_bp", "pti_bp", "periods", "amount_yuan", "exposure_yuan"),
    "conditions": ("code",),
}
"""What each table must answer with."""
FIRST: Final = frozenset({"grade", "policy"})
"""Tables whose first row that hits is the answer; the others collect."""
NUMBERS: Final = frozenset({"points", *OUTPUTS["policy"]})
_STRANGE: Final = re.compile(r"\b(?!(?:and|or|not|in|null)\b)[^\W\d]\w*|\d,\d")
REVIEWERS: Final = frozenset({"", "approver", "manager", "compliance"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, the rule it is in (empty: the set as a whole) and the column (empty: the rule as a whole)."""

    rule: str
    zh: str
    en: str
    column: str = ""


def lint(name: str, text: str) -> list[Fault]:
    """Every fault of a text that is to be the rule set `name`; none where it may be used."""
    try:
        document = json.loads(text)
    except ValueError as error:
        return [Fault("", f"不是 JSON：{error}", f"no JSON: {error}")]
    if not isinstance(document, dict):
        return [Fault("", "最外层须是对象", "the outermost value must be an object")]
    faults = list(_head(name, document.get("chedai")))
    if faults:
        return faults
    try:
        body = {"questions": _questions, "words": _words}.get(name, _table)
        return list(body(name, document))
    except (KeyError, TypeError, AttributeError, StopIteration) as error:
        return [Fault("", f"结构不完整：{error!r}", f"the structure is not complete: {error!r}")]


def _head(name: str, head: object) -> Iterator[Fault]:
    if name not in NAMES:
        yield Fault("", f"没有名为 {name} 的规则集", f"there is no rule set {name}")
        return
    if not isinstance(head, dict):
        yield Fault("", "缺少 chedai 段", "the section chedai is missing")
        return
    if head.get("name") != name:
        yield Fault("", f"chedai.name 须为 {name}", f"chedai.name must be {name}")
    for key in ("version", "zh", "en"):
        if not isinstance(head.get(key), str) or not head[key].strip():
            yield Fault("", f"chedai.{key} 须填写", f"chedai.{key} must be given")
    try:
        date.fromisoformat(str(head.get("valid_from")))
    except ValueError:
        yield Fault("", "chedai.valid_from 须为日期，如 2026-11-01", "chedai.valid_from must be a date as 2026-11-01")
    if name == "eligibility":
        yield from _required(head.get("required"))


def _required(lines: object) -> Iterator[Fault]:
    if not isinstance(lines, list) or not all(isinstance(x, dict) and {"when", "fields"} <= x.keys() for x in lines):
        yield Fault("", "chedai.required 须列出必需的事实", "chedai.required must list the facts a decision needs")
        return
    for line in lines:
        for unknown in sorted(set(line["fields"]) - FIELDS.keys()):
            yield Fault("", f"未知事实 {unknown}", f"unknown fact {unknown}")
        for name, values in line["when"].items():
            for word in sorted(set(values) - (FIELDS[name].values if name in FIELDS else frozenset())):
                yield Fault("", f"必需事实的条件 {name} 没有“{word}”", f"the condition {name} never is {word!r}")


def _table(name: str, document: Mapping[str, Any]) -> Iterator[Fault]:
    kinds = sorted(node["type"] for node in document["nodes"])
    if kinds != ["decisionTableNode", "inputNode", "outputNode"]:
        yield Fault("", "须恰有一个输入、一张决策表、一个输出", "exactly one input, one decision table, one output")
        return
    table = next(node for node in document["nodes"] if node["type"] == "decisionTableNode")["content"]
    if faults := [*_wiring(document), *_shape(name, table)]:
        yield from faults
        return
    if faults := [fault for rule in table["rules"] for fault in _rule(name, table, rule)]:
        yield from faults
        return
    whole = {"scorecard": scorecard_faults, "grade": grade_faults, "policy": policy_faults}.get(name)
    if whole is not None:
        yield from (Fault(*fault) for fault in whole(table))


def _wiring(document: Mapping[str, Any]) -> Iterator[Fault]:
    """In to table to out: a table nothing leads to would silently decide nothing."""
    at = {node["type"]: node["id"] for node in document["nodes"]}
    wanted = {
        (at["inputNode"], at["decisionTableNode"]),
        (at["decisionTableNode"], at["outputNode"]),
    }
    if {(edge["sourceId"], edge["targetId"]) for edge in document["edges"]} != wanted:
        yield Fault("", "连线须为 输入→表→输出", "the edges must lead from input to table to output")


def _shape(name: str, table: Mapping[str, Any]) -> Iterator[Fault]:
    policy = "first" if name in FIRST else "collect"
    if table["hitPolicy"] != policy:
        yield Fault("", f"命中方式须为 {policy}", f"the hit policy must be {policy}")
    if tuple(column["field"] for column in table["outputs"]) != OUTPUTS[name]:
        answer = ", ".join(OUTPUTS[name])
        yield Fault("", f"输出列须为 {answer}", f"the output columns must be {answer}")
    for column in table["inputs"]:
        field = column["field"]
        if not field.isascii() or field not in FIELDS:
            yield Fault("", f"未知字段 {field}：规则永远不会命中", f"unknown field {field}: the rule would never hit")
    if not table["rules"]:
        yield Fault("", "没有一条规则", "there is no rule")
    seen = [rule.get("_id", "") for rule in table["rules"]]
    for double in sorted({one for one in seen if not one or seen.count(one) > 1}):
        yield Fault(double, "规则编号缺失或重复", "a rule has no number, or two have the same")


def _rule(name: str, table: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[Fault]:
    at = str(rule["_id"])
    for column in table["inputs"]:
        cell = rule.get(column["id"], "")
        if cell:
            yield from _in(column["field"], _condition(at, column["field"], cell))
    for column in table["outputs"]:
        yield from _in(column["field"], _answer(name, at, column["field"], rule.get(column["id"], "")))


def _in(column: str, faults: Iterator[Fault]) -> Iterator[Fault]:
    """The same faults, of one column."""
    return (replace(fault, column=column) for fault in faults)


def _condition(at: str, field: str, cell: str) -> Iterator[Fault]:
    known = FIELDS[field]
    if not _readable(cell, known.unit):
        yield Fault(at, f"{known.zh}：看不懂“{cell}”", f"{field}: cannot read {cell!r}")
        return
    for word in words_in(cell):
        if known.unit is not Unit.WORD or word not in known.values:
            yield Fault(at, f"{known.zh}没有“{word}”这个值", f"{field} never is {word!r}")
    if known.unit is Unit.WORD and not words_in(cell) and cell != "null":
        yield Fault(at, f"{known.zh}须与引号内的值比较", f"{field} is compared with a word in quotes")
    if known.unit is Unit.FLAG and cell not in ("true", "false", "null"):
        yield Fault(at, f"{known.zh}只能是 true 或 false", f"{field} is true or false")
    if known.unit not in (Unit.WORD, Unit.FLAG) and not words_in(cell) and (strange := _strange(cell)):
        yield Fault(
            at, f"{known.zh}须与数字比较，而非“{strange}”", f"{field} is compared with numbers, not {strange!r}"
        )


def _strange(cell: str) -> str:
    """A name or a comma in a cell of numbers: the engine reads `1,5` as 1 or 5 and a name as nothing."""
    found = _STRANGE.search(cell)
    return found[0] if found else ""


def _readable(cell: str, unit: Unit) -> bool:
    """Whether the engine can hold a value of the field against the cell; in a table it would keep silent."""
    samples: dict[Unit, int | str | bool] = {Unit.WORD: "", Unit.FLAG: True}
    try:
        zen.evaluate_unary_expression(cell, {"$": samples.get(unit, 1)})
    except RuntimeError:
        return False
    return True


def words_in(cell: str) -> list[str]:
    """The words in quotes of a cell."""
    return cell.split('"')[1::2]


def _answer(name: str, at: str, field: str, cell: str) -> Iterator[Fault]:
    try:
        value = json.loads(cell)
    except ValueError:
        yield Fault(at, f"{field} 须是一个值，而非“{cell}”", f"{field} must be one value, not {cell!r}")
        return
    if field in NUMBERS and (not isinstance(value, int) or isinstance(value, bool)):
        yield Fault(at, f"{field} 须是整数", f"{field} must be an integer")
    elif name == "policy" and value < 0:
        yield Fault(at, f"{field} 不得小于 0", f"{field} must be at least 0")
    if field == "effect" and value not in tuple(Effect):
        yield Fault(at, f"没有“{value}”这种效果", f"there is no effect {value!r}")
    if field == "field" and value and value not in FIELDS:
        yield Fault(at, f"未知字段 {value}", f"unknown field {value}")
    if field == "limit" and value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        yield Fault(at, "limit 须是整数或 null", "limit must be an integer or null")
    if field == "grade" and value not in FIELDS["grade"].values:
        yield Fault(at, f"没有等级“{value}”", f"there is no grade {value!r}")
    if field == "review" and value not in REVIEWERS:
        yield Fault(at, f"没有复审角色“{value}”", f"there is no reviewer {value!r}")
    if field == "code" and (not isinstance(value, str) or not value.isascii() or not value):
        yield Fault(at, "code 须是英文代码", "code must be an ASCII word")


def _questions(name: str, document: Mapping[str, Any]) -> Iterator[Fault]:
    if sum(question["weight"] for question in document["questions"]) != 100:
        yield Fault("", "权重之和须为 100", "the weights must add up to 100")
    for question in document["questions"]:
        points = [option["points"] for option in question["options"]]
        if len(points) < 2 or not all(isinstance(one, int) and 0 <= one <= 100 for one in points):
            yield Fault(question["code"], "须有两个以上选项，分值 0 至 100", "two options or more, of 0 to 100 points")
        if not all(option["zh"].strip() and option["en"].strip() for option in question["options"]):
            yield Fault(question["code"], "每个选项须有锚点说明", "every option needs its anchor in words")
        if len({option["code"] for option in question["options"]}) < len(points):
            yield Fault(question["code"], "选项代码重复", "two options have the same code")


def _words(name: str, document: Mapping[str, Any]) -> Iterator[Fault]:
    for part in ("reasons", "conditions", "overrides"):
        for code, words in document[part].items():
            for language in ("zh", "en"):
                if not words[language].strip():
                    yield Fault(code, "缺少说法", "the words are missing")
            if part == "reasons" and not {"advice_zh", "advice_en", "lever"} <= words.keys():
                yield Fault(code, "缺少建议", "the advice is missing")


def unworded(texts: Mapping[str, str]) -> list[Fault]:
    """Codes that tables answer with and the words do not know: nobody could be told."""
    words = json.loads(texts["words"])
    faults = []
    for name, part in (("eligibility", "reasons"), ("fraud", "reasons"), ("conditions", "conditions")):
        nodes = json.loads(texts[name])["nodes"]
        rules = next(node for node in nodes if node["type"] == "decisionTableNode")["content"]["rules"]
        for rule in rules:
            code = json.loads(rule["code"])
            if code not in words[part]:
                faults.append(Fault(rule["_id"], f"代码 {code} 没有说法", f"the code {code} has no words"))
    return faults
