"""The tables of files."""

from __future__ import annotations

from django.db import models

from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class Paper(models.Model):
    """One file handed in for one thing. The same content handed in elsewhere has the same `address`."""

    subject = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    address = models.CharField(max_length=64, db_index=True)
    name = Sealed(Kind.NAME)  # as the person called it: often the customer's name
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    handed_in_by = models.CharField(max_length=80)
    handed_in_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_paper"
        indexes = (models.Index(fields=["subject", "purpose"], name="paper_subject"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.purpose}"


class Upload(models.Model):
    """A file on its way over a bad line: what has come so far, so that the rest can follow."""

    token = models.CharField(max_length=43, unique=True)
    subject = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    name = Sealed(Kind.NAME)
    size = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    begun_by = models.CharField(max_length=80)
    begun_at = models.DateTimeField()

    class Meta:
        db_table = "platform_upload"

    def __str__(self) -> str:
        return f"{self.subject} {self.received}/{self.size}"
