"""The tables of the audit log. Both refuse UPDATE and DELETE by trigger (see `triggers`)."""

from __future__ import annotations

from django.db import models

from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class AuditEntry(models.Model):
    """One entry as it was hashed. The other columns are copies for finding it; the verification compares them."""

    seq = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    link = models.BinaryField(max_length=32)
    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)

    class Meta:
        db_table = "platform_audit_entry"
        indexes = (
            models.Index(fields=["subject", "seq"], name="audit_subject"),
            models.Index(fields=["actor", "seq"], name="audit_actor"),
            models.Index(fields=["action", "seq"], name="audit_action"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class AuditReason(models.Model):
    """What somebody typed as the reason of an entry, sealed. The chain holds its digest only: words may name people.

    The text can be taken away without touching the chain; what is left proves that a reason was given, not which.
    """

    seq = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField(max_length=16)
    text = Sealed(Kind.TEXT)

    class Meta:
        db_table = "platform_audit_reason"

    def __str__(self) -> str:
        return str(self.seq)


class AuditHead(models.Model):
    """The one row that says where the chain ends; locking it lets one transaction at a time append."""

    size = models.BigIntegerField(default=0)
    link = models.BinaryField(max_length=32)

    class Meta:
        db_table = "platform_audit_head"

    def __str__(self) -> str:
        return str(self.size)


class AuditCheckpoint(models.Model):
    """A signed root over the first `size` entries, kept as its line of text."""

    size = models.BigIntegerField(primary_key=True)
    line = models.TextField()

    class Meta:
        db_table = "platform_audit_checkpoint"

    def __str__(self) -> str:
        return str(self.size)
