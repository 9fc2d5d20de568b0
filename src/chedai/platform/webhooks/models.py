"""The tables of webhooks."""

from __future__ import annotations

from django.db import models

from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class Endpoint(models.Model):
    """Somebody who wants to be told: where, of what, and the secret the messages are signed with."""

    url = models.URLField(max_length=500)
    events = models.JSONField()
    secret = Sealed(Kind.TEXT)
    is_active = models.BooleanField(default=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "platform_endpoint"

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event for one endpoint, and how the last try went."""

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=60)
    body = models.JSONField()
    key = models.CharField(max_length=120, unique=True)
    made_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    fault = models.CharField(max_length=100, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_delivery"
        indexes = (models.Index(fields=["endpoint", "-id"], name="delivery_log"),)

    def __str__(self) -> str:
        return f"{self.event} {self.status}"
