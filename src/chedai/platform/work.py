"""One piece of work: one transaction, its audit rows, its events.

A service runs in a piece of work. It loads (locking first), decides, writes, then calls `record` and `emit`. Audit rows
are kept until the work closes and are then chained in one go, so that the head of the chain is locked only for the
moment before the commit. A service called by a handler joins the work that is already open.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ParamSpec, Protocol, TypeVar, cast

from django.db import transaction

from chedai.platform import events
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Entry, Scalar
from chedai.platform.audit.services import entries_append
from chedai.platform.errors import Refusal
from chedai.platform.operations.logs import looks_personal

P = ParamSpec("P")
R = TypeVar("R")


class Closing(Protocol):
    """What gathers during a piece of work and is written in one go just before it commits."""

    def close(self) -> None:
        """Write it. It may record; it emits nothing."""


C = TypeVar("C", bound=Closing)


@dataclass(slots=True)
class Work:
    """What has been recorded so far and is written at the close."""

    entries: list[Entry] = field(default_factory=list)
    gathering: dict[type, Closing] = field(default_factory=dict)


_open: ContextVar[Work | None] = ContextVar("work", default=None)


@contextmanager
def work() -> Iterator[Work]:
    """Open a piece of work, or join the one that is open."""
    current = _open.get()
    if current is not None:
        yield current
        return
    with transaction.atomic():
        current = Work()
        token = _open.set(current)
        try:
            yield current
            for gathered in current.gathering.values():
                gathered.close()
        finally:
            _open.reset(token)
        entries_append(current.entries)


def service(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in a piece of work."""

    @functools.wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with work():
            return function(*args, **kwargs)

    return inside


def record(
    *,
    actor: Actor,
    action: str,
    subject: str,
    facts: Mapping[str, Scalar] | None = None,
    reason: str = "",
) -> None:
    """Note what was done, for the audit log of the work that is open.

    `action` is `<entity>.<verb>`, `subject` is `<entity>:<number>`. `facts` hold no personal data: name the field that
    changed, give money, dates, states and numbers, and for a personal value the fingerprint the privacy room makes.
    `reason` is what somebody typed: it is kept sealed, the chain holds its digest. Errors: `Refusal` where it quotes a
    number of a person, which is no reason.
    """
    if looks_personal(reason):
        zh, en = "原因中不要写电话、证件号、账号或邮箱", "leave numbers and addresses of people out of the reason"
        raise Refusal("reason-personal", zh, en, field="reason")
    current = _open.get()
    if current is None:
        raise RuntimeError("record() outside a piece of work: the service lacks @service")
    current.entries.append(Entry(actor.key, action, subject, dict(facts or {}), reason))


def gathering(kind: type[C]) -> C:
    """The one `kind` of the work that is open, made when it is first asked for; closed just before the commit."""
    current = _open.get()
    if current is None:
        raise RuntimeError("gathering() outside a piece of work: the service lacks @service")
    return cast(C, current.gathering.setdefault(kind, kind()))


def gathered(kind: type[C]) -> C | None:
    """What a piece of work that is open has gathered so far; None where there is nothing."""
    current = _open.get()
    return None if current is None else cast("C | None", current.gathering.get(kind))


def emit(event: object) -> None:
    """Tell the wired handlers, inside the transaction that is open."""
    if _open.get() is None:
        raise RuntimeError("emit() outside a piece of work: the service lacks @service")
    events.dispatch(event)
