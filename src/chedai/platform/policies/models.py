"""The tables of policies: drafts somebody works on, and the editions two people have published."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from chedai.platform.policies.states import DraftState


class PolicyDraft(models.Model):
    """One policy file as somebody wants it to read. `base_digest` is that of the text it was written against."""

    name = models.CharField(max_length=60)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    base_digest = models.CharField(max_length=64, blank=True)  # empty for a file that is new
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in DraftState], default=DraftState.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approval = models.ForeignKey("platform.Approval", models.PROTECT, related_name="+", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_policy_draft"
        indexes = (models.Index(fields=["state", "name"], name="policy_draft_state"),)

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class PolicyEdition(models.Model):
    """One file as it was published, in the place of the file that came with the product. Append-only.

    `number` counts the editions of a file; 0 is the file as shipped. `shipped_digest` is what the shipped file was
    then: where an upgrade brings another one, somebody must look at what it brings.
    """

    name = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    base_digest = models.CharField(max_length=64, blank=True)
    shipped_digest = models.CharField(max_length=64, blank=True)
    draft = models.ForeignKey(PolicyDraft, models.PROTECT, related_name="editions")
    approval = models.ForeignKey("platform.Approval", models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        db_table = "platform_policy_edition"
        constraints = (models.UniqueConstraint(fields=["name", "number"], name="policy_edition_number"),)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
