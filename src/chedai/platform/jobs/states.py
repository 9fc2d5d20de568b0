"""The states of a job."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"  # failed for good, waits for a person
    CANCELLED = "cancelled"


OPEN = (State.WAITING, State.RUNNING)
