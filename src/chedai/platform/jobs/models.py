"""The table of jobs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.platform.jobs.states import OPEN, State


class Job(models.Model):
    """One job. `payload` holds numbers and codes, never personal data; `key` makes asking twice the same as once."""

    kind = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)  # null: no key
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    run_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State], default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_job"
        indexes = (
            models.Index(fields=["run_at", "id"], condition=Q(state__in=[s.value for s in OPEN]), name="job_queue"),
            models.Index(fields=["state", "kind", "-id"], name="job_list"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
