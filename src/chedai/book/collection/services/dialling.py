"""Reaching somebody: a call begins at the gate, and ends with a result and the day of the next contact."""

from __future__ import annotations

from datetime import date, timedelta

from chedai.book.collection import rules, selectors
from chedai.book.collection.codes import Result, result_of, script_of
from chedai.book.collection.models import CollectionCase, Contact, DebtorNumber, PlanLine
from chedai.book.collection.services.gate import Passed, gate, refuse_closed
from chedai.book.collection.services.numbers import number_mark
from chedai.book.collection.services.promises import promise_record
from chedai.book.collection.states import CALLS, CaseState, Channel, Whom
from chedai.book.collection.strategies import strategies_on
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

_DAYS = 7


@service
def contact_begin(
    *,
    case_id: int,
    number_id: int,
    actor: Actor,
    channel: Channel = Channel.CALL,
    override: str = "",
    key: str | None = None,
) -> Contact:
    """Begin a call: it counts from here, so that two who dial at once are one too many for the second.

    `override` is the reason of somebody who may set aside what the policy lets be set aside. Under one `key` it is one
    call. Errors: `Refusals` naming every rule of conduct that stands against it; `Conflict` for a key of another call.
    """
    if key is not None and (made := Contact.objects.filter(key=key).first()) is not None:
        if (made.case_id, made.number_id) != (case_id, number_id):
            raise Conflict("key-used", "该幂等键已用于另一通电话", "this key was used for another call", field="key")
        return made
    if channel not in CALLS:
        raise Refusal("channel-call", "此处只登记电话", "only calls begin here", field="channel")
    case, number = selectors.case_lock(case_id), selectors.number_read(number_id)
    refuse_closed(case)
    passed = gate(case.customer_id, number, channel, override=override)
    _count(passed, number)
    script = script_of(case.script, Whom(number.whom))
    contact = Contact.objects.create(
        case=case,
        customer_id=case.customer_id,
        number=number,
        channel=channel,
        whom=number.whom,
        day=clock.business_date(),
        at=clock.now(),
        by_id=actor.ref if actor.kind is ActorKind.PERSON else None,
        script=f"{script.code} v{script.version}",
        override_rule=passed.set_aside,
        key=key,
        recorded_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"contact": contact.pk, "whom": number.whom, "number": number.pk}
    if passed.set_aside:
        facts["set_aside"] = passed.set_aside
    action = "collection.overridden" if passed.set_aside else "collection.dialled"
    record(actor=actor, action=action, subject=f"collection:{case.pk}", facts=facts, reason=override.strip())
    return contact


def _count(passed: Passed, number: DebtorNumber) -> None:
    """A call counts from its beginning: the dial of the number, and a call that is on with somebody liable."""
    if passed.dialled is not None:
        passed.dialled.dials += 1
        passed.dialled.save(update_fields=["dials"])
    if number.whom != Whom.CONTACT:
        passed.debtor.open_calls += 1
        passed.debtor.save(update_fields=["open_calls"])


@service
def contact_result(
    *,
    contact_id: int,
    result: str,
    actor: Actor,
    next_on: date | None = None,
    note: str = "",
    seconds: int = 0,
    promise_amount: int | None = None,
    promise_on: date | None = None,
) -> Contact:
    """Write down what came of a call. The day of the next contact is compulsory: by rule where none was chosen.

    Errors: `Conflict` where the result is written already; `Refusal` at its field.
    """
    seen = selectors.contact_read(contact_id)
    case = selectors.case_lock(seen.case_id)
    debtor = selectors.debtor_day_lock(case.customer_id, seen.day)
    contact = selectors.contact_lock(contact_id)
    if contact.result:
        raise Conflict("result-written", "该通话已登记结果", "the result of this call is written already")
    came = result_of(result, Whom(contact.whom))
    if contact.whom != Whom.CONTACT:
        debtor.open_calls = max(debtor.open_calls - 1, 0)
        debtor.effective += came.connected
        debtor.save(update_fields=["open_calls", "effective"])
    contact.next_on = _next_on(case, came, next_on, promise_on)
    contact.result, contact.connected, contact.effective = came.code, came.connected, came.connected
    contact.seconds, contact.note = max(seconds, 0), note.strip() or None
    contact.recorded_at = clock.now()
    contact.save()
    if came.promise:
        promise_record(case=case, amount=promise_amount, due_on=promise_on, most_days=waits_of(case)[1], actor=actor)
    if contact.number is not None:
        number_mark(contact.number, came)
    _follow(case, contact)
    facts: dict[str, Scalar] = {"contact": contact.pk, "result": came.code, "effective": contact.effective}
    facts["next_on"] = contact.next_on.isoformat()
    record(actor=actor, action="collection.contacted", subject=f"collection:{case.pk}", facts=facts)
    return contact


@service
def line_skip(*, case_id: int, actor: Actor) -> None:
    """Leave a case for later this morning: it comes again after the others."""
    line = selectors.plan_line(case_id, clock.business_date())
    if line is None or line.done_at is not None:
        raise Refusal("not-in-queue", "该案件不在今天的队列", "the case is not in the queue of today")
    PlanLine.objects.filter(pk=line.pk).update(skipped_at=clock.now())
    record(actor=actor, action="collection.skipped", subject=f"collection:{case_id}")


def next_default_of(case: CollectionCase, came: Result) -> date:
    """The day of the next contact by rule, where nobody chooses."""
    return rules.next_default(clock.business_date(), came.next_days, waits_of(case)[0])


def _next_on(case: CollectionCase, came: Result, chosen: date | None, promise_on: date | None) -> date:
    today = clock.business_date()
    if came.promise and promise_on is not None and chosen is None:
        return max(promise_on, today) + timedelta(1)
    if chosen is None:
        return next_default_of(case, came)
    most = waits_of(case)[1] + 1 if came.promise else waits_of(case)[0]
    refused = rules.next_day_refusal(chosen, today=today, most=most)
    if refused is not None:
        raise refused
    return chosen


def waits_of(case: CollectionCase) -> tuple[int, int]:
    """How long the strategy of a case lets it wait, and how far ahead a promise may lie."""
    line = strategies_on(book_in_force(), clock.business_date()).line(_line_code(case))
    return (line.next_days, line.promise_days) if line is not None else (_DAYS, _DAYS)


def _line_code(case: CollectionCase) -> str:
    return case.strategy.partition("#")[2]


def _follow(case: CollectionCase, contact: Contact) -> None:
    assert contact.next_on is not None
    case.next_on, case.last_result, case.last_contact_at = contact.next_on, contact.result, contact.at
    case.save(update_fields=["next_on", "last_result", "last_contact_at"])
    if case.state == CaseState.OPEN:
        done = PlanLine.objects.filter(case=case, day=contact.day, done_at=None)
        done.update(done_at=contact.recorded_at)
