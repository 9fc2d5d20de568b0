"""The customer's own way in."""

from __future__ import annotations

from django.db import models

from chedai.deals.applications.models.application import Party


class PhoneLink(models.Model):
    """A link for one person to their part of one application. Only the hash of its token is kept."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # last
    opened = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.party_id} until {self.expires_at:%Y-%m-%d}"
