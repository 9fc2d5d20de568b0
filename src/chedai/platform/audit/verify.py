"""Reading a log over, link by link: what was changed, and where.

Works on lines from the database and from an export alike, and needs no database. Each finding names the entry.

- edited: the stored bytes do not give the stored link.
- deleted: a number is missing. inserted: a number stands twice. moved: an entry stands under another number.
- cut: the log ends before the head, or before what a signed checkpoint saw.
- rewritten: every link fits, but the entries are not those a checkpoint signed.
- forged: a checkpoint whose signature is not its key's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias

from chedai.platform.audit.chain import GENESIS, MerkleTree
from chedai.platform.audit.signing import Checkpoint

Line: TypeAlias = tuple[int, bytes, bytes]
"""Number, stored bytes, stored link."""


class Fault(StrEnum):
    """What can be wrong with a log."""

    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    MOVED = "moved"
    CUT = "cut"
    REWRITTEN = "rewritten"
    FORGED = "forged"


_WORDS: Final = {
    Fault.EDITED: (
        "第 {0} 条被改动（或其前一条连同校验值被改写）",
        "entry {0} was edited (or the one before it, together with its link)",
    ),
    Fault.DELETED: ("第 {0} 至 {1} 条被删除", "entries {0} to {1} were deleted"),
    Fault.INSERTED: ("第 {0} 条是插入的", "entry {0} was inserted"),
    Fault.MOVED: ("第 {0} 条的位置上是第 {1} 条", "entry {1} stands in the place of entry {0}"),
    Fault.CUT: ("日志在第 {0} 条之后被截断，应有 {1} 条", "the log was cut after entry {0}; there were {1}"),
    Fault.REWRITTEN: ("第 {0} 至 {1} 条之间被整体改写", "entries {0} to {1} were rewritten"),
    Fault.FORGED: ("第 {0} 条处的检查点签名无效", "the checkpoint at entry {0} is not signed by its key"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, from entry `first` to entry `last`."""

    fault: Fault
    first: int
    last: int

    def text(self, language: str = "zh") -> str:
        """The finding as one sentence."""
        return _WORDS[self.fault][0 if language.startswith("zh") else 1].format(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Report:
    """The result: how many entries were read, the link of the last, and everything found."""

    size: int
    head: bytes
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(lines: Iterable[Line], *, size: int, head: bytes, checkpoints: Sequence[Checkpoint] = ()) -> Report:
    """Read the log over. `size` and `head` are what the log says of itself; `checkpoints` what was signed of it."""
    findings: list[Finding] = []
    tree, waiting = MerkleTree(), sorted(checkpoints, key=lambda c: c.size)
    before, expected, sealed = GENESIS, 1, 0
    seal_at = waiting[0].size if waiting else 0
    pending: list[bytes] = []
    for number, body, link in lines:
        if number == expected and sha256(before + body).digest() == link:
            expected += 1
        else:
            findings += _look_closer(number, expected, before, body, link)
            expected = max(expected, number + 1)
        before = link
        pending.append(link)
        while expected - 1 == seal_at:
            tree.add(pending)
            pending.clear()
            findings += _check(waiting[0], tree, sealed, clean=not findings)
            sealed = waiting.pop(0).size
            seal_at = waiting[0].size if waiting else 0
    read = expected - 1
    seen = max([size, *(c.size for c in waiting)])
    if seen > read:
        findings.append(Finding(Fault.CUT, read, seen))
    elif before != head or size < read:
        findings.append(Finding(Fault.INSERTED if size < read else Fault.REWRITTEN, min(size + 1, read), read))
    return Report(read, before, tuple(findings))


def _look_closer(number: int, expected: int, before: bytes, body: bytes, link: bytes) -> list[Finding]:
    """Why a line does not follow from the one before it."""
    if number < expected:
        return [Finding(Fault.INSERTED, number, number)]
    inside = _number_inside(body)
    if inside is not None and inside != number:
        return [Finding(Fault.MOVED, number, inside)]
    if number > expected:
        return [Finding(Fault.DELETED, expected, number - 1)]
    return [Finding(Fault.EDITED, number, number)]


def _number_inside(body: bytes) -> int | None:
    try:
        number = json.loads(body)["seq"]
    except (ValueError, TypeError, KeyError):
        return None
    return number if isinstance(number, int) else None


def _check(checkpoint: Checkpoint, tree: MerkleTree, sealed: int, *, clean: bool) -> list[Finding]:
    """A checkpoint against the tree over the entries it covers; a rewriting lies between it and the one before."""
    if not checkpoint.is_signed():
        return [Finding(Fault.FORGED, checkpoint.size, checkpoint.size)]
    if clean and tree.root() != checkpoint.root:
        return [Finding(Fault.REWRITTEN, sealed + 1, checkpoint.size)]
    return []
