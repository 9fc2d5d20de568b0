"""Writing templates, sending messages, opting out."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Max

from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.jobs.handlers import Handler, Never, Payload, Progress, Result
from chedai.platform.jobs.services import job_ask
from chedai.platform.messages import rules
from chedai.platform.messages.channels import channels
from chedai.platform.messages.models import Message, OptOut, Template
from chedai.platform.messages.quiet import quiet_until
from chedai.platform.messages.states import Category, State
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import record, service

DELIVER = "message.deliver"
ACTOR = system("messages")


@service
def template_write(
    *, code: str, channel: str, language: str, category: Category, title: str, body: str, actor: Actor
) -> Template:
    """Write a new version of a template. Earlier versions stay, for the messages that were written from them."""
    rules.names_in(title)
    rules.names_in(body)
    if not body.strip():
        raise Refusal("template-empty", "模板内容不能为空", "the template is empty", field="body")
    if len(body) > rules.LONGEST.get(channel, 20_000):
        longest = rules.LONGEST[channel]
        raise Refusal("template-long", f"最多 {longest} 字", f"at most {longest} characters", field="body")
    versions = Template.objects.filter(code=code, channel=channel, language=language)
    version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    template = Template.objects.create(
        code=code,
        channel=channel,
        language=language,
        version=version,
        category=category,
        title=title,
        body=body,
        written_by=actor.key,
        written_at=clock.now(),
    )
    record(actor=actor, action="template.written", subject=f"template:{template.pk}", facts={"version": version})
    return template


def template_in_force(code: str, channel: str, language: str) -> Template:
    """The newest version; in Chinese where the language has none. Errors: `NotFound`."""
    of_code = Template.objects.filter(code=code, channel=channel).order_by("-version")
    found = of_code.filter(language=language).first() or of_code.filter(language="zh-hans").first()
    if found is None:
        raise NotFound("no-template", f"没有模板 {code}", f"there is no template {code}")
    return found


@service
def message_send(
    *,
    subject: str,
    code: str,
    channel: str,
    address: str,
    values: Mapping[str, str],
    key: str,
    actor: Actor,
    language: str = "zh-hans",
) -> Message:
    """Put a message into the outbox. Under one `key` it is one message; to who opted out it is noted and not sent."""
    sent = Message.objects.filter(key=key).first()
    if sent is not None:
        return sent
    template = template_in_force(code, channel, language)
    opted_out = template.category != Category.SERVICE and OptOut.objects.filter(
        subject=subject, category=template.category
    )
    message = Message.objects.create(
        subject=subject,
        template=template,
        address=address,
        title=rules.fill(template.title, values),
        body=rules.fill(template.body, values),
        key=key,
        state=State.OPTED_OUT if opted_out else State.WAITING,
        asked_by=actor.key,
        asked_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"message": message.pk, "code": code, "channel": channel, "state": message.state}
    record(actor=actor, action="message.asked", subject=subject, facts={**facts, "version": template.version})
    if not opted_out:
        job_ask(kind=DELIVER, payload={"message": message.pk}, actor=actor, key=f"{DELIVER}:{message.pk}")
    return message


@service
def opt_out(*, subject: str, category: Category, actor: Actor) -> None:
    """The person wants nothing of this category any more. Said twice, it is said once."""
    _, said = OptOut.objects.get_or_create(subject=subject, category=category, defaults={"since": clock.now()})
    if said:
        record(actor=actor, action="message.opted_out", subject=subject, facts={"category": category.value})


@service
def opt_in(*, subject: str, category: Category, actor: Actor) -> None:
    """The person wants to hear of this category again."""
    gone, _ = OptOut.objects.filter(subject=subject, category=category).delete()
    if gone:
        record(actor=actor, action="message.opted_in", subject=subject, facts={"category": category.value})


def messages_erase(*, subject: str) -> None:
    """Delete what was written to a person and where to; that a message went out stays. What waits is not sent.

    Called inside the service that deletes.
    """
    for message in Message.objects.select_for_update(no_key=True).filter(subject=subject):
        message.address = Personal(Kind.ADDRESS, "")
        message.title = message.body = Personal(Kind.TEXT, "")
        if message.state == State.WAITING:
            message.state = State.FAILED
        message.save()


def _deliver(payload: Payload, progress: Progress) -> Result:
    message = Message.objects.select_related("template").get(pk=payload["message"])
    if message.state != State.WAITING:
        return None
    waits = None if message.template.category == Category.SERVICE else quiet_until(clock.now())
    if waits is not None:
        key = f"{DELIVER}:{message.pk}:{waits.isoformat()}"
        job_ask(kind=DELIVER, payload={"message": message.pk}, actor=ACTOR, key=key, run_at=waits)
        return None
    channel = channels().get(message.template.channel)
    if channel is None:
        Message.objects.filter(pk=message.pk).update(state=State.FAILED)
        raise Never(f"no channel {message.template.channel}")
    channel.deliver(
        address=message.address.in_full(), title=message.title.in_full(), body=message.body.in_full(), key=message.key
    )
    Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=clock.now())
    return None


HANDLERS = {DELIVER: Handler(_deliver, words=("发送消息", "send a message"))}
