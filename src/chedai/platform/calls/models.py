"""The tables of calls."""

from __future__ import annotations

from django.db import models

from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class KeyedCall(models.Model):
    """One call that changed something, and what it was answered: sealed, an answer may tell a link's token, once."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    request = models.CharField(max_length=64)  # fingerprint of what was asked
    status = models.PositiveSmallIntegerField(default=0)
    answer = Sealed(Kind.TEXT)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "platform_keyed_call"
        constraints = (models.UniqueConstraint(fields=["caller", "key"], name="a_key_counts_once"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.status}"


class CallWindow(models.Model):
    """How many calls a caller has made in one minute."""

    caller = models.CharField(max_length=80)
    minute = models.BigIntegerField()
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "platform_call_window"
        constraints = (models.UniqueConstraint(fields=["caller", "minute"], name="a_window_once"),)

    def __str__(self) -> str:
        return f"{self.caller} {self.calls}"
