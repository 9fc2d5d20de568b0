"""Messages to debtors: through the gate into the outbox, never in the quiet hours, never to a contact."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.book.collection import selectors
from chedai.book.collection.codes import script_of
from chedai.book.collection.models import CollectionCase, Contact, DebtorNumber, PlanLine
from chedai.book.collection.owing import due_today
from chedai.book.collection.services.gate import gate, refuse_closed
from chedai.book.collection.states import CaseState, Channel, Whom
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.jobs.handlers import Payload, Progress
from chedai.platform.jobs.handlers import Result as Done
from chedai.platform.messages.channels import channels
from chedai.platform.messages.models import Message
from chedai.platform.messages.services import message_send, template_in_force, template_write
from chedai.platform.messages.states import Category
from chedai.platform.work import record, service

ACTOR: Final = system("collection")
SMS: Final = "sms"
WAYS: Final = ("sms", "console")
"""The ways out a reminder may take, best first."""


@service
def reminder_send(*, case_id: int, number_id: int, actor: Actor) -> Message:
    """Remind a debtor by message, once a case and day. Errors: `Refusals` of conduct; `Refusal` for another's number.

    It goes out by message, or on the console of a demonstration that has no such channel.
    """
    case, number = selectors.case_lock(case_id), selectors.number_read(number_id)
    refuse_closed(case)
    day = clock.business_date()
    key = f"collection:{case.pk}:{number.pk}:{day}"
    if (sent := Message.objects.filter(key=key).first()) is not None:
        return sent
    gate(case.customer_id, number, Channel.SMS)
    channel = way_out()
    code = _template(case, channel)
    message = message_send(
        subject=f"customer:{case.customer_id}",
        code=code,
        channel=channel,
        address=number.phone.in_full(),
        values={
            "house": case.store.name,
            "loan": case.loan.number,
            "days": str((day - case.since).days),
            "amount": f"{due_today(case.loan, day) / 100:,.2f}",
        },
        key=key,
        actor=actor,
    )
    _note(case, number, message, actor)
    return message


def _note(case: CollectionCase, number: DebtorNumber, message: Message, actor: Actor) -> None:
    """A message is a contact like any other, and on record."""
    Contact.objects.create(
        case=case,
        customer_id=case.customer_id,
        number=number,
        channel=Channel.SMS,
        whom=number.whom,
        day=clock.business_date(),
        at=clock.now(),
        by_id=actor.ref if actor.kind is ActorKind.PERSON else None,
        script=f"{message.template.code} v{message.template.version}",
        result="sent",
        key=message.key,
        recorded_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"message": message.pk, "number": number.pk}
    record(actor=actor, action="collection.reminded", subject=f"collection:{case.pk}", facts=facts)


def reminders_send(*, day: date) -> int:
    """Send what the plan of a day gives to messages; how many. What conduct forbids stays in the queue of a person."""
    lines = PlanLine.objects.filter(day=day, action=SMS, done_at=None, case__state=CaseState.OPEN)
    sent = 0
    for line in lines.select_related("case__store").order_by("pk"):
        sent += _remind(line.case, line)
    return sent


def remind(payload: Payload, progress: Progress) -> Done:
    """The job of the morning."""
    return {"items": reminders_send(day=clock.business_date())}


@service
def _remind(case: CollectionCase, line: PlanLine) -> bool:
    own = (one for one in selectors.numbers_of(case.customer_id) if one.whom == Whom.DEBTOR and not one.invalid_at)
    number = next(own, None)
    if number is None:
        return False
    try:
        reminder_send(case_id=case.pk, number_id=number.pk, actor=ACTOR)
    except Refusal:
        return False
    PlanLine.objects.filter(pk=line.pk).update(done_at=clock.now())
    return True


def way_out() -> str:
    """The channel a reminder takes: the first of `WAYS` that the settings have."""
    installed = channels()
    return next((name for name in WAYS if name in installed), SMS)


def _template(case: CollectionCase, channel: str) -> str:
    """The text of the strategy's script; the shipped one where the house has written none."""
    script = script_of(case.script, Whom.DEBTOR)
    code = f"collection.{script.code if _fits(script.zh) else 'm1-remind'}"
    try:
        template_in_force(code, channel, "zh-hans")
    except NotFound:
        shipped = script_of(code.partition(".")[2], Whom.DEBTOR)
        for language, text in (("zh-hans", shipped.zh), ("en", shipped.en)):
            template_write(
                code=code,
                channel=channel,
                language=language,
                category=Category.REMINDER,
                title="",
                body=text,
                actor=ACTOR,
            )
    return code


def _fits(text: str) -> bool:
    return "{staff}" not in text and "{house}" in text
