"""Two versions of a rule set side by side, row by row, in the words of the reader."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chedai.deals.underwriting.comparing import RowChange, row_changes
from chedai.deals.underwriting.rules.book import RuleSet
from chedai.deals.underwriting.rules.cells import BARE, read_cell, shown
from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.values import Effect
from chedai.deals.underwriting.telling import EFFECTS
from chedai.web.underwriting import words
from chedai.web.underwriting.grid_cells import OPERATORS, UNITS, column_name


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One row that differs: what happened to it, and each column that differs before and after."""

    rule: str
    word: str
    tint: str
    cells: tuple[tuple[str, str, str], ...]


def changes_shown(before: RuleSet, after: RuleSet) -> list[ChangeShown]:
    """Every row that was added, changed, moved or removed."""
    asked = {
        column["id"]: column["field"]
        for one in (before, after)
        if "nodes" in one.document
        for column in one.table["inputs"]
    }
    return [_shown(change, asked) for change in row_changes(before, after)]


def _shown(change: RowChange, asked: dict[str, str]) -> ChangeShown:
    cells = tuple(
        (
            _("说明") if column == "_description" else column_name(asked.get(column, column)),
            cell_told(column, old, asked.get(column)),
            cell_told(column, new, asked.get(column)),
        )
        for column, old, new in change.cells
    )
    if change.before is None:
        return ChangeShown(change.rule, _("新增"), "green", cells)
    if change.after is None:
        return ChangeShown(change.rule, _("删除"), "red", cells)
    if change.moved is None:
        return ChangeShown(change.rule, _("修改"), "amber", cells)
    was, now = (_("第 %s 行") % place for place in change.moved)
    return ChangeShown(change.rule, _("移动"), "blue", ((_("位置"), was, now), *cells))


def cell_told(column: str, cell: str, fact: str | None) -> str:
    """A cell as it is read: a condition with its operator and unit, an answer without quotes."""
    if not cell or column == "_description":
        return cell
    if fact is not None and fact in FIELDS:
        known = FIELDS[fact]
        operator, value = read_cell(cell, known.unit)
        said = shown(fact, operator, value, english=not (get_language() or "zh-hans").startswith("zh"))
        unit = "" if operator in BARE else str(UNITS.get(known.unit, ""))
        return " ".join(part for part in (str(OPERATORS[operator][0]), said, unit) if part)
    try:
        value = json.loads(cell)
    except ValueError:
        return cell
    if column == "effect" and value in tuple(Effect):
        return words.pair(EFFECTS[Effect(value)])
    if column in ("field", "attribute") and value in FIELDS:
        return column_name(value)
    return "—" if value is None or value == "" else str(value)
