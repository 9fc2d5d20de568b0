"""One timeline of a customer: what every room has to tell of them, newest first, each thing once.

A room adds its part by a line in the table `TIMELINES` of `journey/wiring.py`: a function that gives, newest first, the
moments of some customers that a person may see. It may be a generator: no more is read than a page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeAlias

from django.utils.functional import Promise

from chedai.org.access import Access

PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened with a customer. No personal data in full; `url` leads to it for who may open it."""

    at: datetime
    icon: str
    title: str | Promise
    text: str | Promise = ""
    actor: str = ""
    url: str = ""
    tint: str = ""  # red for what went wrong, green for what came out well


Source: TypeAlias = Callable[[Sequence[int], Access], Iterable[Moment]]
"""The moments of some customers (a record and those merged into it), newest first."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a page ended: the instant of its last moment, and how many of that instant have been shown."""

    at: datetime
    shown: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a timeline, and where the next page begins; None at the end."""

    moments: list[Moment]
    next: Cut | None


_sources: Mapping[str, Source] = MappingProxyType({})


def install(sources: Mapping[str, Source]) -> None:
    """Install the table of rooms that have something to tell."""
    global _sources
    _sources = MappingProxyType(dict(sources))


def told(customer_ids: Sequence[int], access: Access) -> list[Iterable[Moment]]:
    """What each room tells, in the order of their names."""
    return [_sources[name](customer_ids, access) for name in sorted(_sources)]


def page(streams: Sequence[Iterable[Moment]], after: Cut | None = None, size: int = PAGE) -> Page:
    """The next `size` moments of all streams together. What came in since the page before changes nothing here."""
    together: Iterator[Moment] = merge(*streams, key=lambda moment: moment.at, reverse=True)
    rest = _beyond(together, after) if after is not None else together
    shown = list(islice(rest, size + 1))
    if len(shown) <= size:
        return Page(shown, None)
    shown.pop()
    at = shown[-1].at
    same = sum(moment.at == at for moment in shown)
    before = after.shown if after is not None and after.at == at else 0
    return Page(shown, Cut(at, same + before))


def _beyond(moments: Iterator[Moment], cut: Cut) -> Iterator[Moment]:
    """Leave out what is newer than the cut, and what of its very instant has been shown."""
    passed = 0
    for moment in moments:
        if moment.at > cut.at:
            continue
        if moment.at == cut.at and passed < cut.shown:
            passed += 1
            continue
        yield moment
