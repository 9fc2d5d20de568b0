"""Reading messages."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from chedai.platform.errors import NotFound
from chedai.platform.messages.models import Message, OptOut, Template


def messages() -> QuerySet[Message]:
    """Every message that was asked for, with the version of the text it was written from."""
    return Message.objects.select_related("template")


def messages_to(kind: str, numbers: QuerySet[Any]) -> QuerySet[Message]:
    """The messages to some records of a kind only: `numbers` is a queryset of those records."""
    subjects = numbers.order_by().annotate(told=Concat(Value(f"{kind}:"), Cast("pk", CharField()))).values("told")
    return messages().filter(subject__in=subjects)


def templates() -> QuerySet[Template]:
    """The newest version of every text, by code, channel and language."""
    newer = Template.objects.filter(
        code=OuterRef("code"),
        channel=OuterRef("channel"),
        language=OuterRef("language"),
        version__gt=OuterRef("version"),
    )
    return Template.objects.filter(~Exists(newer))


def template_read(template_id: int) -> Template:
    """One version of a text. Errors: `NotFound`."""
    found = Template.objects.filter(pk=template_id).first()
    if found is None:
        raise NotFound("no-template", "没有这个模板", "there is no such template")
    return found


def versions_of(template: Template) -> QuerySet[Template]:
    """Every version of the text, newest first."""
    same = {"code": template.code, "channel": template.channel, "language": template.language}
    return Template.objects.filter(**same).order_by("-version")


def opted_out_of(subject: str) -> frozenset[str]:
    """The categories a person wants nothing of."""
    return frozenset(OptOut.objects.filter(subject=subject).values_list("category", flat=True))
