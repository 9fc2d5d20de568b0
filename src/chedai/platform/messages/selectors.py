"""Reading messages."""

from __future__ import annotations

from django.db.models import QuerySet

from chedai.platform.messages.models import Message


def messages() -> QuerySet[Message]:
    """Every message that was asked for, with the version of the text it was written from."""
    return Message.objects.select_related("template")
