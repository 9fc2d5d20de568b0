"""Who acts. Every change names its actor: a person, a key of the API, a guest behind a link, or the system."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What kind of actor stands behind an action."""

    PERSON = "person"  # a member of staff, signed in
    TOKEN = "token"  # a key of the API
    GUEST = "guest"  # somebody outside, let in by a link for one purpose
    SYSTEM = "system"  # the house itself: the scheduler, the worker, an import


@dataclass(frozen=True, slots=True)
class Actor:
    """`ref` is the number of the person, token or link (0 for the system); `name` is what the audit row shows."""

    kind: ActorKind
    ref: int
    name: str

    @property
    def key(self) -> str:
        """The actor in one word, as the audit log stores it: `person:17`."""
        return f"{self.kind}:{self.name if self.kind is ActorKind.SYSTEM else self.ref}"


def system(name: str) -> Actor:
    """A system actor has a name: `system("scheduler")`."""
    return Actor(ActorKind.SYSTEM, 0, name)
