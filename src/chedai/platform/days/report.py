"""What a step of the daily close answers. Rooms give their step as a function of a day and an actor that returns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from chedai.platform.actors import Actor


@dataclass(frozen=True, slots=True)
class StepReport:
    """`looked` at so many records, `changed` so many, `left_out` those that could not be done and say why themselves.

    `after` is the last record of a part, for a step that is done part by part; None: the step is done.
    """

    looked: int = 0
    changed: int = 0
    left_out: int = 0
    after: int | None = None


class Step(Protocol):
    """A step done in one transaction."""

    def __call__(self, *, day: date, actor: Actor) -> StepReport:
        """Do it."""


class PartStep(Protocol):
    """A step done part by part, each in a transaction of its own: the records whose key is above `after`."""

    def __call__(self, *, day: date, actor: Actor, after: int) -> StepReport:
        """Do one part; the answer says where it ended."""
