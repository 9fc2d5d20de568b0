"""Receiving people: the visit, the queue, what they need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from chedai.crm.customers.selectors import customer_lock, known_as
from chedai.crm.reception import rules, selectors
from chedai.crm.reception.events import VisitRegistered
from chedai.crm.reception.leads import lead_met, lead_register
from chedai.crm.reception.models import Lead, Need, Visit
from chedai.crm.reception.states import Channel, LeadState, Outcome, Purpose, Source, VisitState
from chedai.org.selectors import store_lock
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Refusal, Refusals
from chedai.platform.work import emit, record, service


@service
def visit_register(
    *,
    store_id: int,
    staff_id: int,
    name: str,
    phone: str,
    purpose: Purpose,
    source: Source,
    interest: str,
    next_contact_on: date | None,
    actor: Actor,
    booked_for: datetime | None = None,
) -> Visit:
    """Note that somebody came in: six things are asked. They get a number of the day and a place in the queue.

    A known phone leads to the customer on file and to the lead that is being looked after; a new one becomes a lead.
    Errors: `Refusals` at their fields.
    """
    store = store_lock(store_id)
    today, now = clock.business_date(), clock.now()
    _refuse(name, phone, next_contact_on, today, rules.booking_refusal(booked_for, now))
    customer = known_as(phone=phone).first() if phone else None
    lead = selectors.live_lead_of(phone) if phone else None
    if lead is None and phone:
        about = {"name": name, "phone": phone, "interest": interest, "next_contact_on": next_contact_on}
        lead = _lead(store_id, staff_id, source, purpose, booked_for, actor, about)
    last: int = Visit.objects.filter(store=store, day=today).aggregate(n=Max("ticket"))["n"] or 0
    visit = Visit.objects.create(
        store=store,
        day=today,
        ticket=last + 1,
        name=name.strip(),
        phone=phone or None,
        purpose=purpose,
        source=source,
        interest=interest.strip(),
        customer=customer,
        lead=lead,
        registered_by_id=staff_id,
        booked_for=booked_for,
        arrived_at=now,
    )
    return _registered(visit, actor)


@service
def visit_serve(*, visit_id: int, officer_id: int, actor: Actor) -> Visit:
    """Somebody takes the customer over: the wait ends, and the lead is theirs."""
    visit = selectors.visit_lock(visit_id)
    _move(visit, VisitState.SERVED)
    visit.served_at, visit.officer_id = clock.now(), officer_id
    visit.save()
    facts: dict[str, Scalar] = {"officer": officer_id}
    record(actor=actor, action="visit.served", subject=f"visit:{visit.pk}", facts=facts)
    if visit.lead_id is not None and Lead.objects.get(pk=visit.lead_id).state in (LeadState.OPEN, LeadState.POOL):
        lead_met(
            lead_id=visit.lead_id, staff_id=officer_id, channel=Channel.VISIT, outcome=Outcome.REACHED, actor=actor
        )
    return visit


@service
def visit_next(*, store_id: int, officer_id: int, actor: Actor) -> Visit | None:
    """Call whoever is next; nobody where the queue is empty. Two who call at once get two different people."""
    store_lock(store_id)
    waiting = selectors.queue(store_id)
    return visit_serve(visit_id=waiting[0].pk, officer_id=officer_id, actor=actor) if waiting else None


@service
def visit_leave(*, visit_id: int, actor: Actor) -> Visit:
    """The customer has gone; one who was not served counts as lost in the queue."""
    visit = selectors.visit_lock(visit_id)
    _move(visit, VisitState.LEFT)
    visit.left_at = clock.now()
    visit.save()
    record(actor=actor, action="visit.left", subject=f"visit:{visit.pk}")
    return visit


@service
def need_record(
    *,
    customer_id: int,
    staff_id: int,
    actor: Actor,
    budget: int | None = None,
    down_payment: int | None = None,
    instalment: int | None = None,
    interest: str = "",
    vehicle_kind: str = "",
    use: str = "",
    pick_up_by: date | None = None,
    tags: Sequence[str] = (),
    reason: str = "",
) -> Need:
    """Write down what a customer needs. A second version says why it differs; one that does not differ is not kept."""
    customer = customer_lock(customer_id)
    old = selectors.need_in_force(customer.pk)
    asked = {"budget": budget, "down_payment": down_payment, "instalment": instalment}
    wrong = rules.negative_amounts(asked)
    if wrong:
        raise Refusals(wrong)
    said: dict[str, Any] = {**asked, "interest": interest.strip(), "vehicle_kind": vehicle_kind, "use": use.strip()}
    said |= {"pick_up_by": pick_up_by, "tags": sorted(set(tags))}
    if old is not None:
        changed = sorted(name for name, value in said.items() if getattr(old, name) != value)
        if not changed:
            return old
        if not reason.strip():
            raise Refusal("reason-missing", "请写明需求变化的原因", "say why the need has changed", field="reason")
    need = Need.objects.create(
        customer=customer,
        version=old.version + 1 if old else 1,
        reason=reason.strip() if old else "",
        recorded_by_id=staff_id,
        recorded_at=clock.now(),
        **said,
    )
    facts: dict[str, Scalar] = {"version": need.version, "changed": ",".join(changed) if old is not None else ""}
    record(actor=actor, action="need.recorded", subject=f"customer:{customer.pk}", facts=facts, reason=need.reason)
    return need


def _registered(visit: Visit, actor: Actor) -> Visit:
    facts: dict[str, Scalar] = {"store": visit.store_id, "ticket": visit.ticket, "purpose": visit.purpose}
    record(actor=actor, action="visit.registered", subject=f"visit:{visit.pk}", facts=facts)
    emit(VisitRegistered(visit.pk))
    return visit


def _lead(
    store_id: int,
    staff_id: int,
    source: Source,
    purpose: Purpose,
    booked_for: datetime | None,
    actor: Actor,
    about: dict[str, Any],
) -> Lead:
    """Who leaves a telephone number is a lead of who noted it."""
    return lead_register(
        store_id=store_id,
        owner_id=staff_id,
        source=source,
        purpose=purpose,
        appointment=booked_for is not None,
        actor=actor,
        **about,
    )


def _refuse(name: str, phone: str, next_contact_on: date | None, today: date, booking: Refusal | None) -> None:
    refused = list(rules.contact_refusals(name, phone))
    late = rules.next_contact_refusal(next_contact_on, today, rules.standards()) if phone else None
    refused += [one for one in (late, booking) if one is not None]
    if refused:
        raise Refusals(refused)


def _move(visit: Visit, to: VisitState) -> None:
    refused = rules.visit_refusal(VisitState(visit.state), to)
    if refused is not None:
        raise refused
    visit.state = to
