"""What the templates of policies show: rows, changes and findings with their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from chedai.platform.policies import PolicyRow, Severity
from chedai.platform.policies.comparing import Change, Comparison, TextLine
from chedai.platform.policies.laying_over import Place
from chedai.web.policies import words


@dataclass(frozen=True, slots=True)
class Line:
    """One row of policy."""

    row: PolicyRow
    title: str
    value: str
    scope: Sequence[str]
    confidence: str | Promise
    tint: str

    @property
    def number(self) -> str:
        """Its name within its series."""
        return self.row.id.removeprefix(f"{self.row.key}/")


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One row that differs, with its value before and after. `rewrites`: it was in use by the day."""

    kind: str | Promise
    tint: str
    before: Line | None
    after: Line | None
    matters: bool
    rewrites: bool

    @property
    def sides(self) -> tuple[tuple[Line | None, str], tuple[Line | None, str]]:
        """Before and after, each with its name."""
        return (self.before, _("之前")), (self.after, _("之后"))

    @property
    def line(self) -> Line:
        """The row as it will be, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Fault:
    """One finding: its line in the text, its text, and where it is."""

    line: int | None
    text: str
    place: str
    is_error: bool


def line(row: PolicyRow) -> Line:
    """A row with its words."""
    said, tint = words.CONFIDENCE[row.confidence]
    return Line(row, words.title(row), words.value(row), words.scope(row), said, tint)


def change_lines(changes: Iterable[Change], on: date) -> list[ChangeLine]:
    """Changes with their words."""
    return [
        ChangeLine(
            *words.CHANGES[change.kind],
            before=line(change.before) if change.before else None,
            after=line(change.after) if change.after else None,
            matters=change.matters(on),
            rewrites=change.rewrites(on),
        )
        for change in changes
    ]


def faults(places: Iterable[Place]) -> list[Fault]:
    """Findings, errors first, those of this text by line."""
    zh = words.is_chinese()
    found = [
        Fault(
            place.line,
            place.finding.rule_zh if zh else place.finding.rule,
            " ".join((place.finding.file, *(place.finding.rows or (place.finding.key,)))).strip(),
            place.finding.severity is Severity.ERROR,
        )
        for place in places
    ]
    return sorted(found, key=lambda fault: (not fault.is_error, fault.line is None, fault.line or 0))


def difference(comparison: Comparison | None, texts: Sequence[TextLine], on: date) -> dict[str, Any]:
    """What `web/policies/changes.html` shows."""
    return {
        "comparison": comparison,
        "changes": change_lines(comparison.changes, on) if comparison else [],
        "verified": comparison.verified if comparison else (),
        "texts": texts,
        "on": on,
    }
