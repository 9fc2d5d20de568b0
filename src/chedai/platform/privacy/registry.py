"""What the floors above tell privacy at the start: the purposes people agree to, and who holds whose data.

One table each, installed once, so that this room needs no business word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Purpose:
    """What consent is asked for. A `separate` one must be agreed to on its own (PIPL 23, 25, 29), never bundled."""

    zh: str
    en: str
    separate: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """A law that wants the data kept until (and including) a day; `rule` names the policy row."""

    until: date
    rule: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who keeps the data of one kind of subject.

    `hold(number, on)` is the longest statutory hold on it, `restrict(number)` takes it out of use and sight,
    `erase(number)` deletes every personal value of it, `expired(on)` lists whose time is up without anybody asking.
    """

    hold: Callable[[int, date], Hold | None]
    restrict: Callable[[int], None]
    erase: Callable[[int], None]
    expired: Callable[[date], Iterable[int]]


_purposes: Mapping[str, Purpose] = MappingProxyType({})
_holders: Mapping[str, Holder] = MappingProxyType({})


def install(purposes: Mapping[str, Purpose], holders: Mapping[str, Holder]) -> None:
    """Install both tables; `holders` by the word before the colon of a subject."""
    global _purposes, _holders
    _purposes, _holders = MappingProxyType(dict(purposes)), MappingProxyType(dict(holders))


def purposes() -> Mapping[str, Purpose]:
    """The purposes in force."""
    return _purposes


def holders() -> Mapping[str, Holder]:
    """Who holds what."""
    return _holders


def holder_of(subject: str) -> tuple[Holder, int]:
    """Who holds the data of `subject`, and its number. Errors: `KeyError` for a kind nobody holds."""
    kind, _, number = subject.partition(":")
    return _holders[kind], int(number)
