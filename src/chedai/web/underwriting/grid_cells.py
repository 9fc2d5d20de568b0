"""The cells of the grid of a rule set: what each column is typed as, its choices, and how it reads in the table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chedai.deals.underwriting.rules.book import TABLES
from chedai.deals.underwriting.rules.cells import BARE, Operator, number, share, shown
from chedai.deals.underwriting.rules.fields import FIELDS, Unit
from chedai.deals.underwriting.rules.grid import COLUMNS, PARTS, GridRow
from chedai.deals.underwriting.rules.lint import REVIEWERS
from chedai.deals.underwriting.rules.values import Effect
from chedai.deals.underwriting.telling import EFFECTS
from chedai.web import words as general
from chedai.web.underwriting import words

NUMBERS: Final = frozenset(
    {"points", "weight", "limit", "periods", "amount_yuan", "exposure_yuan", "ltv_bp", "all_in_bp", "dti_bp", "pti_bp"}
)
LONG: Final = frozenset({"zh", "en", "advice_zh", "advice_en", "question_zh", "question_en"})
NAMES: Final[Mapping[str, Promise]] = {
    "number": gettext_lazy("编号"),
    "note": gettext_lazy("说明"),
    "when": gettext_lazy("条件"),
    "code": gettext_lazy("代码"),
    "effect": gettext_lazy("效果"),
    "field": gettext_lazy("取数"),
    "limit": gettext_lazy("界限"),
    "attribute": gettext_lazy("项目"),
    "bin": gettext_lazy("分箱"),
    "points": gettext_lazy("分值"),
    "review": gettext_lazy("加一级复审"),
    "exposure_yuan": gettext_lazy("敞口上限（元）"),
    "part": gettext_lazy("用于"),
    "zh": gettext_lazy("中文"),
    "en": gettext_lazy("英文"),
    "advice_zh": gettext_lazy("建议（中文）"),
    "advice_en": gettext_lazy("建议（英文）"),
    "lever": gettext_lazy("可改的因素"),
    "question": gettext_lazy("问题代码"),
    "question_zh": gettext_lazy("问题（中文）"),
    "question_en": gettext_lazy("问题（英文）"),
    "weight": gettext_lazy("权重（%）"),
}
OPERATORS: Final[Mapping[Operator, tuple[str | Promise, str]]] = {
    Operator.LESS: (gettext_lazy("小于"), "number"),
    Operator.AT_MOST: (gettext_lazy("不超过"), "number"),
    Operator.MORE: (gettext_lazy("大于"), "number"),
    Operator.AT_LEAST: (gettext_lazy("不小于"), "number"),
    Operator.IS: (gettext_lazy("等于"), "number"),
    Operator.WITHOUT_LAST: (gettext_lazy("从…到…，不含止"), "number"),
    Operator.BOTH_ENDS: (gettext_lazy("从…到…，含两端"), "number"),
    Operator.WITHOUT_FIRST: (gettext_lazy("从…到…，不含起"), "number"),
    Operator.NO_END: (gettext_lazy("从…到…，不含两端"), "number"),
    Operator.ONE_OF: (gettext_lazy("是其中之一"), "word"),
    Operator.NONE_OF: (gettext_lazy("不是其中之一"), "word"),
    Operator.YES: (gettext_lazy("是"), "flag"),
    Operator.NO: (gettext_lazy("否"), "flag"),
    Operator.MISSING: (gettext_lazy("未收集"), "any"),
    Operator.TEXT: (gettext_lazy("表达式"), "any"),
}
UNITS: Final[Mapping[Unit, str | Promise]] = {
    Unit.YEARS: gettext_lazy("岁"),
    Unit.MONTHS: gettext_lazy("个月"),
    Unit.DAYS: gettext_lazy("天"),
    Unit.YUAN: gettext_lazy("元"),
    Unit.BP: "%",
    Unit.POINTS: gettext_lazy("分"),
}
_PARTS: Final = (gettext_lazy("原因"), gettext_lazy("放款前提"), gettext_lazy("突破理由"))
_LEVERS: Final[Mapping[str, str | Promise]] = {
    "": "—",
    "down_payment": gettext_lazy("首付款"),
    "periods": gettext_lazy("期数"),
    "guarantor": gettext_lazy("担保人"),
    "papers": gettext_lazy("资料"),
    "time": gettext_lazy("时间"),
    "amount": gettext_lazy("金额"),
}


def column_name(column: str) -> str:
    """A column under the name the desk gives it."""
    if column in NAMES:
        return str(NAMES[column])
    known = FIELDS.get(column)
    name = words.said(known.zh, known.en) if known else str(NAMES["when"])
    return _("%(name)s（%%）") % {"name": name} if known and known.unit is Unit.BP and column in NUMBERS else name


def slots(name: str, rows: Iterable[GridRow]) -> int:
    """How many conditions a row has room for: one more than any has, one in the scorecard, none without a table."""
    if name not in TABLES:
        return 0
    most = max((len(row.conditions) for row in rows), default=0)
    return 1 if name == "scorecard" and most < 2 else most + 1


def row_shown(at: int, row: GridRow, room: int) -> dict[str, Any]:
    """A stored row as it is typed."""
    english = not (get_language() or "zh-hans").startswith("zh")
    conditions = [
        (one.fact, one.operator.value, shown(one.fact, one.operator, one.value, english=english))
        for one in row.conditions
    ]
    values = {column: _plain(cell) for column, cell in row.answers.items()}
    known = FIELDS.get(values.get("field", ""))
    unit = known.unit if known else Unit.COUNT
    return {
        "at": at,
        "number": row.number,
        "note": row.note,
        "conditions": conditions + [("", "", "")] * (room - len(conditions)),
        "answers": {column: share(_counted(column, unit), value) for column, value in values.items()},
    }


def cell_of(name: str, column: str, text: str, unit: Unit) -> str:
    """The JSON text of an answer as it was typed; a number that is none stays as it is and is refused."""
    if column not in NUMBERS:
        return json.dumps(text, ensure_ascii=False)
    if column == "limit" and not text:
        return "null"
    return number(_counted(column, unit), text.replace(",", ""))


def row_drawn(
    name: str, row: Mapping[str, Any], position: int, faults: Mapping[tuple[int, str], list[str]]
) -> dict[str, Any]:
    """One row with its controls and what is wrong at each. `position` -1 is the row that is not there yet."""
    at = row["at"]
    conditions = [
        {
            "fact": _short(f"row_{at}_{n}_fact", _("事实"), "facts", fact),
            "operator": _short(f"row_{at}_{n}_op", _("比较"), "operators", operator),
            "value": value,
            "name": f"row_{at}_{n}_value",
            "bare": operator in BARE,
            "unit": _unit_of(fact),
            "faults": [*faults.get((position, fact or "-"), ()), *faults.get((position, str(n)), ())],
        }
        for n, (fact, operator, value) in enumerate(row["conditions"])
    ]
    answers = [
        _answer_drawn(name, at, column, row["answers"], faults.get((position, column), ())) for column in COLUMNS[name]
    ]
    return {
        "at": at,
        "number": row["number"],
        "note": row["note"],
        "conditions": conditions,
        "answers": answers,
        "faults": faults.get((position, ""), ()),
    }


def _answer_drawn(name: str, at: int, column: str, answers: Mapping[str, str], faults: Iterable[str]) -> dict[str, Any]:
    label, value = column_name(column), answers[column]
    field = f"row_{at}_{column}"
    choices, shared = _choices(column), _SHARED.get(column, "")
    select = _short(field, label, shared, value) if shared else ""
    known = FIELDS.get(answers.get("field", ""))
    return {
        "label": label,
        "name": field,
        "value": value,
        "select": select or (_select(field, label, choices, value) if choices is not None else ""),
        "number": column in NUMBERS,
        "long": column in LONG,
        "unit": UNITS.get(known.unit, "") if column == "limit" and known else "",
        "faults": list(faults),
    }


def _choices(column: str) -> SafeString | None:
    """The options of a column that is chosen; None where it is typed."""
    if column == "effect":
        return _options((one.value, words.pair(EFFECTS[one])) for one in Effect)
    if column == "grade":
        return _options((one, one) for one in sorted(FIELDS["grade"].values))
    if column == "review":
        return _options((one, general.role(one) if one else "—") for one in sorted(REVIEWERS))
    if column == "part":
        return _options(zip(PARTS, map(str, _PARTS), strict=True))
    return _options((code, str(name)) for code, name in _LEVERS.items()) if column == "lever" else None


def lists() -> list[tuple[str, SafeString]]:
    """The choices many cells share, written once on the page: a cell brings its chosen one, the page adds the rest."""
    return [(name, options()) for name, options in _LISTS.items()]


def _short(name: str, label: str, shared: str, value: str) -> SafeString:
    """A choice of a shared list with the chosen option alone; one that is not in the list is shown all the same."""
    known = re.search(f'<option value="{re.escape(escape(value))}"[^>]*>([^<]*)<', _LISTS[shared]())
    word = mark_safe(known[1]) if known else value
    drawn = (
        '<select class="select input-dense" name="{}" aria-label="{}" data-options="{}">'
        '<option value="{}" selected>{}</option></select>'
    )
    return format_html(drawn, name, label, shared, value, word)


def _select(name: str, label: str, options: SafeString, value: str) -> SafeString:
    """A choice with one of its options chosen; one that is not among them is shown all the same."""
    wanted = format_html('value="{}"', value)
    chosen = options.replace(wanted, wanted + " selected", 1)
    if wanted not in options:
        chosen += format_html("<option {} selected>{}</option>", wanted, value)
    head = format_html('<select class="select input-dense" name="{}" aria-label="{}">', name, label)
    return mark_safe(f"{head}{chosen}</select>")


def _options(pairs: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join("", '<option value="{}">{}</option>', pairs)


def _facts() -> SafeString:
    """Every fact by its name, with its kind and its unit for the page."""
    return _facts_in(get_language() or "zh-hans")


@lru_cache
def _facts_in(language: str) -> SafeString:
    """The same, written once a language; `language` is the one in use."""
    kinds = {Unit.WORD: "word", Unit.FLAG: "flag"}
    rows = (
        (name, kinds.get(one.unit, "number"), UNITS.get(one.unit, ""), words.said(one.zh, one.en))
        for name, one in FIELDS.items()
    )
    options = '<option value="{}" data-kind="{}" data-unit="{}">{}</option>'
    return format_html('<option value="">{}</option>', "—") + format_html_join("", options, rows)


def _attributes() -> SafeString:
    """The facts, and the points everybody begins with."""
    return _options([("base", _("基准分"))]) + _facts()


def _operators() -> SafeString:
    return _operators_in(get_language() or "zh-hans")


@lru_cache
def _operators_in(language: str) -> SafeString:
    rows = ((one.value, kind, one in BARE, name) for one, (name, kind) in OPERATORS.items())
    options = '<option value="{}" data-kind="{}" data-bare="{}">{}</option>'
    return format_html('<option value="">{}</option>', "—") + format_html_join("", options, rows)


_LISTS: Final[dict[str, Callable[[], SafeString]]] = {
    "facts": _facts,
    "operators": _operators,
    "attributes": _attributes,
}
_SHARED: Final = {"field": "facts", "attribute": "attributes"}


def _unit_of(fact: str) -> str:
    known = FIELDS.get(fact)
    return str(UNITS.get(known.unit, "")) if known else ""


def _counted(column: str, unit: Unit) -> Unit:
    """What a number of a column counts; a limit counts what its fact does."""
    if column == "limit":
        return unit
    return FIELDS[column].unit if column in FIELDS and column in NUMBERS else Unit.COUNT


def _plain(cell: str) -> str:
    """An answer as it is typed; what is no JSON stays as it stands."""
    try:
        value = json.loads(cell)
    except ValueError:
        return cell
    return "" if value is None else str(value)


def columns_of(name: str) -> list[tuple[str, bool]]:
    """The head of the grid: each answer's name, and whether it is a number."""
    return [(column_name(column), column in NUMBERS) for column in COLUMNS[name]]
