"""Many messages at once: what a night asks for goes into the outbox in a few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.jobs.models import Job
from chedai.platform.messages import rules
from chedai.platform.messages.models import Message, OptOut, Template
from chedai.platform.messages.services import DELIVER, template_in_force
from chedai.platform.messages.states import Category, State
from chedai.platform.work import service


@dataclass(frozen=True, slots=True)
class Sending:
    """One message to be: to whom, by which text and channel, with which words, under which key."""

    subject: str
    code: str
    channel: str
    address: str
    values: Mapping[str, str]
    key: str
    language: str = "zh-hans"


@service
def messages_send_many(*, sendings: Sequence[Sending], actor: Actor, not_before: datetime | None = None) -> int:
    """`message_send` of many, delivered from `not_before` on; how many are new. The caller records that they went out.

    Under one key it is one message; to who opted out it is noted and not sent. Errors: `NotFound` for a text that is
    none, `Refusal` for a word that is missing.
    """
    known = set(Message.objects.filter(key__in=[one.key for one in sendings]).values_list("key", flat=True))
    fresh = {one.key: one for one in sendings if one.key not in known}
    templates = {
        asked: template_in_force(*asked) for asked in {(one.code, one.channel, one.language) for one in fresh.values()}
    }
    out = set(
        OptOut.objects.filter(subject__in={one.subject for one in fresh.values()}).values_list("subject", "category")
    )
    at = clock.now()
    made = Message.objects.bulk_create(
        [_message(one, templates[one.code, one.channel, one.language], out, actor, at) for one in fresh.values()]
    )
    Job.objects.bulk_create(
        [
            Job(
                kind=DELIVER,
                payload={"message": message.pk},
                key=f"{DELIVER}:{message.pk}",
                asked_by=actor.key,
                asked_at=at,
                run_at=not_before or at,
            )
            for message in made
            if message.state == State.WAITING
        ]
    )
    return len(made)


def _message(one: Sending, template: Template, out: set[tuple[str, str]], actor: Actor, at: datetime) -> Message:
    opted_out = template.category != Category.SERVICE and (one.subject, template.category) in out
    return Message(
        subject=one.subject,
        template=template,
        address=one.address,
        title=rules.fill(template.title, one.values),
        body=rules.fill(template.body, one.values),
        key=one.key,
        state=State.OPTED_OUT if opted_out else State.WAITING,
        asked_by=actor.key,
        asked_at=at,
    )
