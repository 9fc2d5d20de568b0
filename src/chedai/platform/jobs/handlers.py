"""Which function does which kind of job. One table, installed when the product starts, as with events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, TypeAlias

Payload: TypeAlias = Mapping[str, Any]
Result: TypeAlias = dict[str, Any] | None


class Later(Exception):
    """The outside party is not ready; try again after the usual pause. Not a fault worth a report."""


class Never(Exception):
    """Trying again cannot help. `code` says why, without personal data."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Progress:
    """How a long job tells how far it is; telling also renews its lease. Raises `Stopped` when it was cancelled."""

    tell: Callable[[int, int], None]


class Stopped(Exception):
    """Somebody cancelled the job while it ran."""


@dataclass(frozen=True, slots=True)
class Handler:
    """`run` does the job. After `tries` failures it is dead; the pause doubles each time, up to a day."""

    run: Callable[[Payload, Progress], Result]
    tries: int = 8
    pause: timedelta = timedelta(seconds=30)
    lease: timedelta = timedelta(minutes=5)
    words: tuple[str, str] = field(default=("", ""))  # what a person sees on the page of jobs, zh and en


LONGEST_PAUSE: Final = timedelta(days=1)

_handlers: Mapping[str, Handler] = MappingProxyType({})


def install(table: Mapping[str, Handler]) -> None:
    """Install the whole table at once."""
    global _handlers
    _handlers = MappingProxyType(dict(table))


def handlers() -> Mapping[str, Handler]:
    """The table in force."""
    return _handlers


def pause_before(handler: Handler, attempt: int) -> timedelta:
    """How long to wait after failure number `attempt` (from 1)."""
    return min(handler.pause * (1 << min(attempt - 1, 20)), LONGEST_PAUSE)
