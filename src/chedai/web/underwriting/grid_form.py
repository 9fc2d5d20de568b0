"""A rule set typed as a grid: what stands in the rows becomes the same JDM document; what is wrong is said at its cell.

Fields of a row are called `row_<n>_...`; rows stand in the order in which the page sends them, so that moving one is
moving it on the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.deals.underwriting.rules.cells import Operator, typed
from chedai.deals.underwriting.rules.fields import FIELDS, Unit
from chedai.deals.underwriting.rules.grid import COLUMNS, Condition, GridRow, numbered, rows_of, text_with
from chedai.deals.underwriting.rules.lint import Fault, lint
from chedai.web.forms.fields import DayField
from chedai.web.underwriting import grid_cells
from chedai.web.underwriting.words import said

_ROW: Final = re.compile(r"row_(\d{1,4})_number", re.ASCII)
MOST_FIELDS: Final = 960
"""Fields of one page; a request holds 1,000."""


class RuleGridForm(forms.Form):
    """The head of a version and its rows. `text` is what the grid began with; `name` the rule set."""

    reason = forms.CharField(label=gettext_lazy("修改原因"), max_length=200)
    version = forms.CharField(label=gettext_lazy("版本号"), max_length=40)
    valid_from = DayField(label=gettext_lazy("自哪天起"))
    base = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, name: str, text: str, taken: Iterable[str], **given: Any) -> None:
        super().__init__(*args, **given)
        self.name, self.text, self.taken = name, text, frozenset(taken)
        document = json.loads(text)
        stored = rows_of(name, document)
        self.used = [row.number for row in stored]
        self.slots = grid_cells.slots(name, stored)
        self.faults: dict[tuple[int, str], list[str]] = {}
        self.whole: list[str] = []
        if self.is_bound:
            self.shown = [self._sent(int(found[1])) for key in self.data if (found := _ROW.fullmatch(key))]
        else:
            self.shown = [grid_cells.row_shown(at, row, self.slots) for at, row in enumerate(stored)]
            self._place(lint(name, text), [row.number for row in stored])

    def clean_version(self) -> str:
        """A version is called once. Errors: one that was published."""
        version = str(self.cleaned_data["version"]).strip()
        if version in self.taken:
            raise forms.ValidationError(_("版本号已用过，请另起版本号"))
        return version

    def clean(self) -> dict[str, Any]:
        """The text of the rows under `content`. Errors: each cell that is wrong, by its row and its column."""
        data = super().clean() or {}
        rows = numbered(self.name, [self._row(at) for at in range(len(self.shown))], self.used)
        if not self.faults and self.shown:
            version = str(data.get("version") or json.loads(self.text)["chedai"]["version"])
            since = str(data.get("valid_from") or json.loads(self.text)["chedai"]["valid_from"])
            content = text_with(self.name, self.text, rows, version, since)
            self._place(lint(self.name, content), [row.number for row in rows])
            data["content"] = content
        if not self.shown:
            self.add_error(None, _("没有一条规则"))
        for (at, column), texts in self.faults.items():
            if column:
                where = f"{_('第 %s 行') % (at + 1)} {rows[at].number} {grid_cells.column_name(column)}"
                self.add_error(None, f"{where}{_('：')}{texts[0]}")
        return data

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as the page shows them, each cell with what is wrong in it."""
        return [grid_cells.row_drawn(self.name, row, at, self.faults) for at, row in enumerate(self.shown)]

    @property
    def empty_row(self) -> dict[str, Any]:
        """A row with nothing in it, for the button that adds one."""
        answers = dict.fromkeys(COLUMNS[self.name], "")
        shown = grid_cells.row_shown(9999, GridRow("", "", (), {}), self.slots) | {"answers": answers}
        return grid_cells.row_drawn(self.name, shown, -1, {})

    @property
    def most(self) -> int:
        """How many rows fit into one sending."""
        return MOST_FIELDS // (2 + 3 * self.slots + len(COLUMNS[self.name]))

    def _sent(self, at: int) -> dict[str, Any]:
        """A row as it was sent, to be read and to be shown again."""

        def field(key: str) -> str:
            return str(self.data.get(f"row_{at}_{key}", "")).strip()

        return {
            "at": at,
            "number": field("number"),
            "note": field("note"),
            "conditions": [(field(f"{n}_fact"), field(f"{n}_op"), field(f"{n}_value")) for n in range(self.slots)],
            "answers": {column: field(column) for column in COLUMNS[self.name]},
        }

    def _row(self, at: int) -> GridRow:
        shown = self.shown[at]
        conditions: list[Condition] = []
        for slot, (fact, operator, value) in enumerate(shown["conditions"]):
            if not fact:
                if value:
                    self._wrong(at, f"{slot}", _("请选择这个条件看哪个事实"))
                continue
            if fact not in FIELDS or operator not in tuple(Operator):
                self._wrong(at, fact, _("请选择事实与比较方式"))
                continue
            if fact in {one.fact for one in conditions}:
                self._wrong(at, fact, _("同一条规则里一个事实只能用一次"))
            chosen = Operator(operator)
            conditions.append(Condition(fact, chosen, typed(fact, chosen, value)))
        answers = {}
        for column, text in shown["answers"].items():
            cell = grid_cells.cell_of(self.name, column, text, _unit(shown["answers"]))
            if self.name in ("questions", "words") and not _is_json(cell):
                self._wrong(at, column, _("须是整数"))
            answers[column] = cell
        number = shown["number"] if re.fullmatch(rf"{self.name}-\d+|[a-z0-9_-]*", shown["number"]) else ""
        return GridRow(number, shown["note"][:200], tuple(conditions), answers)

    def _wrong(self, at: int, column: str, text: str) -> None:
        self.faults.setdefault((at, column), []).append(text)

    def _place(self, faults: Iterable[Fault], numbers: list[str]) -> None:
        """Each fault at its cell; what is wrong with the table as a whole is said above it."""
        for fault in faults:
            text = said(fault.zh, fault.en)
            if fault.rule in numbers:
                self._wrong(numbers.index(fault.rule), fault.column, text)
            else:
                self.whole.append(text)


def _unit(answers: Mapping[str, str]) -> Unit:
    """What the limit of a row counts: the unit of the fact it is read from."""
    known = FIELDS.get(answers.get("field", ""))
    return known.unit if known else Unit.COUNT


def _is_json(cell: str) -> bool:
    try:
        json.loads(cell)
    except ValueError:
        return False
    return True
