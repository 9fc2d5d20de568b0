"""Which columns a table of policy must have: said by the room that reads it, asked while a draft is written.

Without a reader (the command line, outside the server) a table is read as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from chedai.platform.policies.values import Line

Reader: TypeAlias = Callable[[Sequence[Line]], tuple[str, str] | None]
"""What is wrong with the lines, in English and Chinese; None where nothing is."""

_readers: Mapping[str, Reader] = MappingProxyType({})


def install(readers: Mapping[str, Reader]) -> None:
    """Install every reader at once, by the key of its series."""
    global _readers
    _readers = MappingProxyType(dict(readers))


def fault_of(key: str, lines: Sequence[Line]) -> tuple[str, str] | None:
    """What the room that reads the series says against these lines."""
    reader = _readers.get(key)
    return reader(lines) if reader else None
