"""Events: what has happened, told synchronously, inside the transaction in which it happened.

An event is a frozen dataclass, named in the past tense. Which handlers it calls stands in one table, installed once by
the top floor (`journey/wiring.py`); a room emits without knowing who listens. Because handlers run in the same
transaction, either all of a step happened or none of it. What must leave the house goes through the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

Handler: TypeAlias = Callable[[Any], None]

_wiring: Mapping[type, tuple[Handler, ...]] = MappingProxyType({})


def install(table: Mapping[type, Iterable[Handler]]) -> None:
    """Install the whole table of handlers at once. Called when the product starts; a test may install another."""
    global _wiring
    _wiring = MappingProxyType({event: tuple(handlers) for event, handlers in table.items()})


def wiring() -> Mapping[type, tuple[Handler, ...]]:
    """The table in force."""
    return _wiring


def dispatch(event: object) -> None:
    """Call the handlers of `event`, in the order of the table."""
    for handler in _wiring.get(type(event), ()):
        handler(event)
