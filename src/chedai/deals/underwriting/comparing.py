"""What a rule set would change: two texts row by row, and old cases decided again under a draft (回溯)."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chedai.deals.underwriting.models import Assessment
from chedai.deals.underwriting.rulebooks import book_of_versions
from chedai.deals.underwriting.rules.book import RuleBook, RuleSet
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.values import Outcome, Result
from chedai.deals.underwriting.selectors import inputs_in, result_in

MOST: Final = 500
"""How many of the newest cases a what-if looks at."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row of a table before and after, by column; None where it is new or gone.

    `moved` are the places before and after (1 is the first) of a row that changed its turn among the others.
    """

    rule: str
    before: Mapping[str, str] | None
    after: Mapping[str, str] | None
    moved: tuple[int, int] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        one, other = self.before or {}, self.after or {}
        return tuple(c for c in dict.fromkeys([*one, *other]) if one.get(c, "") != other.get(c, "") and c != "_id")

    @property
    def cells(self) -> tuple[tuple[str, str, str], ...]:
        """Each column that differs, before and after."""
        one, other = self.before or {}, self.after or {}
        return tuple((column, one.get(column, ""), other.get(column, "")) for column in self.columns)


def row_changes(before: RuleSet, after: RuleSet) -> list[RowChange]:
    """The rows that differ or have moved, in the order of the newer text, what is gone last."""
    one, other = _rows(before), _rows(after)
    moved = _moved(list(one), list(other))
    changed = [
        RowChange(at, one.get(at), row, moved.get(at)) for at, row in other.items() if one.get(at) != row or at in moved
    ]
    return changed + [RowChange(at, row, None) for at, row in one.items() if at not in other]


def _moved(before: list[str], after: list[str]) -> dict[str, tuple[int, int]]:
    """The fewest rows that must have moved, with their places: all that are not in the longest run kept in order."""
    was = {rule: at for at, rule in enumerate(before)}
    kept = [rule for rule in after if rule in was]
    ends: list[int] = []
    lengths: list[int] = []
    for rule in kept:
        at = bisect_left(ends, was[rule])
        ends[at : at + 1] = [was[rule]]
        lengths.append(at)
    want, still = len(ends) - 1, set()
    for rule, length in zip(reversed(kept), reversed(lengths), strict=True):
        if length == want:
            still.add(rule)
            want -= 1
    return {rule: (was[rule] + 1, after.index(rule) + 1) for rule in kept if rule not in still}


@dataclass(frozen=True, slots=True)
class Changed:
    """One old case whose answer would be another."""

    assessment_id: int
    deal: str
    before: Outcome
    after: Outcome
    grade_before: str
    grade_after: str
    limit_before: int | None
    limit_after: int | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Old cases under a draft: how many of each answer before and after, and which change."""

    cases: int
    before: Mapping[Outcome, int]
    after: Mapping[Outcome, int]
    changed: tuple[Changed, ...]
    more_approved: int
    fewer_approved: int
    limit_change: int  # fen, over all cases with a limit on both sides
    answers: tuple[tuple[int, Outcome, Outcome], ...]  # of each case: its deal, the answer then, the answer now


def what_if(draft: RuleSet, assessments: Iterable[Assessment]) -> WhatIf:
    """Decide old cases again with one rule set replaced, each on its stored inputs and otherwise its own rules."""
    before: Counter[Outcome] = Counter()
    after: Counter[Outcome] = Counter()
    changed: list[Changed] = []
    answers: list[tuple[int, Outcome, Outcome]] = []
    total = 0
    for assessment in assessments:
        kept, again = result_in(assessment), _again(assessment, draft)
        before[kept.outcome] += 1
        after[again.outcome] += 1
        answers.append((assessment.case.deal_id, kept.outcome, again.outcome))
        if kept.limit is not None and again.limit is not None:
            total += again.limit - kept.limit
        if (kept.outcome, kept.grade, kept.limit) != (again.outcome, again.grade, again.limit):
            changed.append(_changed(assessment, kept, again))
    up = sum(1 for one in changed if one.after is Outcome.PASS and one.before is not Outcome.PASS)
    down = sum(1 for one in changed if one.before is Outcome.PASS and one.after is not Outcome.PASS)
    return WhatIf(sum(before.values()), dict(before), dict(after), tuple(changed), up, down, total, tuple(answers))


def old_cases(most: int = MOST) -> list[Assessment]:
    """The newest assessment of each case, newest cases first."""
    newest: dict[int, Assessment] = {}
    for assessment in Assessment.objects.exclude(inputs=b"").select_related("case__deal").order_by("-pk")[: most * 3]:
        newest.setdefault(assessment.case_id, assessment)
    return list(newest.values())[:most]


def draft_book(assessment: Assessment, draft: RuleSet) -> RuleBook:
    """The rules a case was decided by, with a draft in the place of its namesake."""
    return book_of_versions(result_in(assessment).rules).replaced(draft)


def _again(assessment: Assessment, draft: RuleSet) -> Result:
    return decide(inputs_in(assessment), draft_book(assessment, draft))


def _changed(assessment: Assessment, kept: Result, again: Result) -> Changed:
    return Changed(
        assessment.pk,
        assessment.case.deal.number,
        kept.outcome,
        again.outcome,
        kept.grade,
        again.grade,
        kept.limit,
        again.limit,
    )


def _rows(one: RuleSet) -> dict[str, dict[str, str]]:
    """The rows of a table by their number; what is no table by its entries."""
    if "nodes" in one.document:
        return {rule["_id"]: {k: v for k, v in rule.items() if k != "_id"} for rule in one.table["rules"]}
    return {f"{part}.{code}": _flat(entry) for part, code, entry in _entries(one.document)}


def _entries(document: Mapping[str, Any]) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for question in document.get("questions", ()):
        yield "questions", question["code"], question
    for part in ("reasons", "conditions", "overrides"):
        for code, entry in document.get(part, {}).items():
            yield part, code, entry


def _flat(entry: Mapping[str, Any]) -> dict[str, str]:
    return {key: value if isinstance(value, str) else repr(value) for key, value in entry.items()}
