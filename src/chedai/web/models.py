"""What the screens remember for a person: their views of a list, the columns they chose, drafts, forms already sent.

Nothing of the business rests here. A draft may hold whatever somebody typed, so it is sealed like personal data.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models

from chedai.platform.privacy.fields import EncryptedField
from chedai.platform.privacy.kinds import Kind

NAME_LENGTH: Final = 20
KEY_LENGTH: Final = 120


class SavedView(models.Model):
    """A list as somebody left it: filters, sorting, grouping. Their own, or shared with a team."""

    list_key = models.CharField(max_length=60)
    name = models.CharField(max_length=NAME_LENGTH)
    query = models.CharField(max_length=1000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    team = models.ForeignKey("org.Team", models.CASCADE, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["list_key", "owner", "name"], name="view_named_once"),)

    def __str__(self) -> str:
        return self.name


class ListColumns(models.Model):
    """The columns a person wants to see in a list."""

    list_key = models.CharField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    shown = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["list_key", "owner"], name="columns_chosen_once"),)
        verbose_name_plural = "list columns"

    def __str__(self) -> str:
        return self.list_key


class Draft(models.Model):
    """What somebody has typed into a form and not sent yet."""

    form_key = models.CharField(max_length=KEY_LENGTH)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    values = EncryptedField(Kind.TEXT)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["form_key", "owner"], name="one_draft_of_a_form"),)

    def __str__(self) -> str:
        return self.form_key


class Submission(models.Model):
    """A form that was sent, by the key hidden in it, and where the sender was led: sent again, it leads there again."""

    key = models.UUIDField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    answer = models.CharField(max_length=500)
    sent_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("sent_at",)

    def __str__(self) -> str:
        return str(self.key)
