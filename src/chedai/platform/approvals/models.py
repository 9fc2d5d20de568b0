"""The tables of approvals. Decisions are append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from chedai.platform.approvals.states import State, Verdict


class Approval(models.Model):
    """One request for approval. `unit` is where it belongs in the house (a number the floor above understands)."""

    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    unit = models.BigIntegerField(null=True, blank=True)
    amount = models.BigIntegerField(default=0)  # fen
    deviation = models.IntegerField(default=0)  # basis points
    frozen = models.BinaryField()
    digest = models.CharField(max_length=64)
    steps = models.JSONField()
    step = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State], default=State.PENDING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_approval"
        indexes = (
            models.Index(fields=["state", "action", "requested_at"], name="approval_queue"),
            models.Index(fields=["subject"], name="approval_subject"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class ApprovalDecision(models.Model):
    """What one checker said at one step, and the hash they had before their eyes."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="decisions")
    step = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=10, choices=[(v.value, v.value) for v in Verdict])
    opinion = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "platform_approval_decision"
        constraints = (models.UniqueConstraint(fields=["approval", "step"], name="a_step_is_decided_once"),)

    def __str__(self) -> str:
        return f"{self.approval_id} {self.verdict}"
