"""What waits for the person at the screen: the source of the counts, of the bell, and of the start page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chedai.org.inbox import DECIDE, approvals_waiting
from chedai.platform import clock
from chedai.platform.approvals.selectors import approvals_asked_by
from chedai.platform.jobs.selectors import jobs_dead
from chedai.web.doors import Request

SHOWN_IN_BELL = 5


@dataclass(frozen=True)
class Waiting:
    """Read when asked for."""

    request: Request

    @cached_property
    def approvals(self) -> list[Any]:
        """What this person may decide, oldest first."""
        access = self.request.access
        return approvals_waiting(access, self.request.actor.ref, clock.business_date()) if access.may(DECIDE) else []

    @cached_property
    def returned(self) -> list[Any]:
        """What this person asked for and got back."""
        return list(approvals_asked_by(self.request.actor.ref).filter(state="returned")[:SHOWN_IN_BELL])

    @cached_property
    def dead_jobs(self) -> int:
        """Jobs that failed for good, where the person looks after them."""
        return jobs_dead().count() if self.request.access.may("job.read") else 0

    @property
    def total(self) -> int:
        """What the bell counts."""
        return len(self.approvals) + len(self.returned) + self.dead_jobs

    @property
    def counts(self) -> dict[str, int]:
        """The figures beside the menu, by the name an entry of it gives; one that is nothing is not shown."""
        figures = {"approvals": len(self.approvals), "jobs": self.dead_jobs}
        return {name: figure for name, figure in figures.items() if figure}

    @property
    def bell_approvals(self) -> list[Any]:
        """The first few, for the bell."""
        return self.approvals[:SHOWN_IN_BELL]


def waiting_for(request: Request) -> Waiting:
    """What waits for who asks."""
    return Waiting(request)
