"""The lock every door has: which right an address asks for.

A view or an API operation is wrapped by `door`. It states one permission of the table, or that it is open and why. The
lock answers whether the person may come in at all; where a record has a store or an owner, the view asks again with
`access.require(...)`. A test walks every address of the product and fails where the lock is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from chedai.org.permissions import Permission, table

LOCK: Final = "chedai_lock"

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Lock:
    """`permission` is asked for; with None the door is open, for `open_because`."""

    permission: Permission | None
    open_because: str = ""


def lock(view: V, permission: Permission) -> V:
    """Mark `view` as asking for `permission`. Errors: `KeyError` for a word the table does not know."""
    _ = table().permissions[permission]
    setattr(view, LOCK, Lock(permission))
    return view


def open_door(reason: str) -> Callable[[V], V]:
    """Mark a view that anybody may use, with the reason: the sign-in page, a health check, a customer's link."""

    def mark(view: V) -> V:
        setattr(view, LOCK, Lock(None, reason))
        return view

    return mark


def lock_of(view: object) -> Lock | None:
    """The lock of a view; None where somebody forgot it."""
    found = getattr(view, LOCK, None)
    return found if isinstance(found, Lock) else None
