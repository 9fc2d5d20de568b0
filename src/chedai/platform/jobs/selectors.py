"""Reading jobs."""

from __future__ import annotations

from django.db.models import QuerySet

from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State


def jobs() -> QuerySet[Job]:
    """Every job, newest first."""
    return Job.objects.order_by("-pk")


def jobs_dead() -> QuerySet[Job]:
    """Jobs that failed for good and wait for a person."""
    return Job.objects.filter(state=State.DEAD).order_by("-pk")
