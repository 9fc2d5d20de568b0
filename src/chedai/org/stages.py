"""The stages of the work somebody must be accountable for. The floors above install them: they know the work."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from chedai.org.permissions import Words

_stages: Mapping[str, Words] = MappingProxyType({})


def install(table: Mapping[str, Words]) -> None:
    """Install the whole table at once, in the order of the work."""
    global _stages
    _stages = MappingProxyType(dict(table))


def stages() -> Mapping[str, Words]:
    """The table in force."""
    return _stages
