"""Two readings of the policies, row by row: what one has and the other has not, and on which days it matters.

House rule: a row in use is closed and a new one added. A row that was changed or removed although it is in use is
therefore marked: decisions name rows, and a later look must find them as they were.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.rows import PolicyRow


class ChangeKind(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CLOSED = "closed"  # ends earlier, and is otherwise the same
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """One row, before and after; None where it is not there."""

    kind: ChangeKind
    before: PolicyRow | None
    after: PolicyRow | None

    @property
    def row(self) -> PolicyRow:
        """The row as it will be, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    def matters(self, on: date) -> bool:
        """Does the day have another rule after than before?"""
        held = self.before is not None and self.before.in_force(on)
        holds = self.after is not None and self.after.in_force(on)
        return held != holds or (held and self.kind is ChangeKind.CHANGED)

    def rewrites(self, on: date) -> bool:
        """Was a row changed or taken away that is or was in use by that day?"""
        edited = self.kind in (ChangeKind.CHANGED, ChangeKind.REMOVED)
        return edited and self.before is not None and self.before.start <= on


@dataclass(frozen=True, slots=True)
class Verified:
    """A series somebody looked up again, though no row of it changed (the LPR)."""

    key: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every row that differs, by key, and every series that was verified anew."""

    changes: tuple[Change, ...]
    verified: tuple[Verified, ...]

    def on(self, day: date) -> tuple[Change, ...]:
        """The changes that matter on a day."""
        return tuple(change for change in self.changes if change.matters(day))


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a difference between two texts: `+`, `-`, a blank for what is on both sides, `@` for a jump."""

    sign: str
    number: int
    text: str


def compare_books(before: PolicyBook, after: PolicyBook) -> Comparison:
    """What differs between two books."""
    old, new = ({row.id: row for row in book.rows()} for book in (before, after))
    ids = [*new, *(row_id for row_id in old if row_id not in new)]
    changes = [change for row_id in sorted(ids) if (change := _change(old.get(row_id), new.get(row_id))) is not None]
    keys = sorted({*before.keys(), *after.keys()})
    seen = ((key, _verified_on(before, key), _verified_on(after, key)) for key in keys)
    return Comparison(tuple(changes), tuple(Verified(key, was, now) for key, was, now in seen if was != now))


def compare_texts(before: str, after: str, around: int = 2) -> list[TextLine]:
    """The lines that differ, with a few around them; comments are lines too. `number` counts in the text after."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[TextLine] = []
    for at, group in enumerate(difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(around)):
        if at:
            lines.append(TextLine("@", 0, ""))
        for tag, a, a_end, b, b_end in group:
            if tag == "equal":
                lines += [TextLine(" ", n, line) for n, line in enumerate(new[b:b_end], start=b + 1)]
                continue
            lines += [TextLine("-", 0, line) for line in old[a:a_end]]
            lines += [TextLine("+", n, line) for n, line in enumerate(new[b:b_end], start=b + 1)]
    return lines


def rewritten(changes: Iterable[Change], on: date) -> tuple[Change, ...]:
    """The changes that rewrite a row in use."""
    return tuple(change for change in changes if change.rewrites(on))


def _change(before: PolicyRow | None, after: PolicyRow | None) -> Change | None:
    if before is None:
        return Change(ChangeKind.ADDED, None, after)
    if after is None:
        return Change(ChangeKind.REMOVED, before, None)
    if before.content_hash == after.content_hash:
        return None
    same_but_end = replace(before, end=after.end, content_hash=after.content_hash) == after
    earlier = after.end is not None and (before.end is None or after.end < before.end)
    return Change(ChangeKind.CLOSED if same_but_end and earlier else ChangeKind.CHANGED, before, after)


def _verified_on(book: PolicyBook, key: str) -> date | None:
    if key not in book.keys(key):
        return None
    fresh = book.series(key).freshness
    return fresh.verified_on if fresh else None
