"""The states of an import and of its rows."""

from __future__ import annotations

from enum import StrEnum


class BatchState(StrEnum):
    """Where a file stands."""

    BROUGHT = "brought"  # waits for its columns
    CHECKING = "checking"
    CHECKED = "checked"  # waits for the word to go
    WRITING = "writing"
    WRITTEN = "written"
    UNDOING = "undoing"
    UNDONE = "undone"


class RowState(StrEnum):
    """What is with a row."""

    GOOD = "good"
    SAME = "same"  # came in before and has not changed
    BAD = "bad"
    WRITTEN = "written"
    UNDONE = "undone"
    KEPT = "kept"  # could not be undone: somebody has gone on with it
