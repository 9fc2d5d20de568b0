"""The tables of messages."""

from __future__ import annotations

from django.db import models

from chedai.platform.messages.states import Category, State
from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class Template(models.Model):
    """One version of a text, for one channel and language. A change makes a new version; messages name theirs."""

    code = models.CharField(max_length=60)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    category = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Category])
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "platform_template"
        constraints = (
            models.UniqueConstraint(fields=["code", "channel", "language", "version"], name="template_version"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.channel} {self.language} v{self.version}"


class Message(models.Model):
    """One message to one person."""

    subject = models.CharField(max_length=80, db_index=True)
    template = models.ForeignKey(Template, models.PROTECT, related_name="+")
    address = Sealed(Kind.ADDRESS)
    title = Sealed(Kind.TEXT)
    body = Sealed(Kind.TEXT)
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in State], default=State.WAITING)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "platform_message"

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"


class OptOut(models.Model):
    """A person wants nothing of a category any more."""

    subject = models.CharField(max_length=80)
    category = models.CharField(max_length=10)
    since = models.DateTimeField()

    class Meta:
        db_table = "platform_opt_out"
        constraints = (models.UniqueConstraint(fields=["subject", "category"], name="opted_out_once"),)

    def __str__(self) -> str:
        return f"{self.subject} {self.category}"
