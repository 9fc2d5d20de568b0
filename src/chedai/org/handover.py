"""Handing over: what belongs to a person who leaves goes to another in one act, nothing is forgotten.

Every wing that gives people things (customers, tasks, deals, papers) puts one line into this table at the start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chedai.platform.actors import Actor


@dataclass(frozen=True, slots=True)
class Belongings:
    """One kind of thing people have. `count(staff)` says how many, `move(from, to, actor)` moves them and counts."""

    zh: str
    en: str
    count: Callable[[int], int]
    move: Callable[[int, int, Actor], int]


_belongings: Mapping[str, Belongings] = MappingProxyType({})


def install(table: Mapping[str, Belongings]) -> None:
    """Install the whole table at once."""
    global _belongings
    _belongings = MappingProxyType(dict(table))


def belongings() -> Mapping[str, Belongings]:
    """The table in force."""
    return _belongings
