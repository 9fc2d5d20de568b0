"""The tables of privacy: what people agreed to, and what they asked to be deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.platform.privacy.states import ErasureState


class Consent(models.Model):
    """One person's agreement to one purpose, with its proof. Withdrawn, never deleted while a law wants the proof."""

    subject = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    wording = models.CharField(max_length=40)  # the version of the text that was shown
    evidence = models.CharField(max_length=80)  # where the proof is: paper:17, or the page on which it was ticked
    given_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "platform_consent"
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "purpose"], condition=Q(withdrawn_at=None), name="consent_in_force_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.subject} {self.purpose}"


class Erasure(models.Model):
    """A request to delete a person's data, from the asking to the last byte."""

    subject = models.CharField(max_length=80, db_index=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ErasureState])
    held_until = models.DateField(null=True, blank=True)
    hold = models.CharField(max_length=80, blank=True)  # the policy row that holds it back
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_erasure"

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"
