"""Leads: registered once, contacted on a date, given up to the pool when nobody does, converted or lost."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import ProtectedError

from chedai.crm.customers.selectors import customer_lock, known_as
from chedai.crm.reception import rules, selectors
from chedai.crm.reception.events import LeadRegistered
from chedai.crm.reception.models import Lead, LeadContact
from chedai.crm.reception.states import Channel, LeadLost, LeadState, Outcome, Purpose, Source
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.clock import SHANGHAI
from chedai.platform.errors import Conflict, Refusals
from chedai.platform.work import emit, record, service


@service
def lead_register(
    *,
    store_id: int,
    owner_id: int | None,
    name: str,
    phone: str,
    source: Source,
    interest: str,
    next_contact_on: date | None,
    actor: Actor,
    purpose: Purpose | None = None,
    appointment: bool = False,
    campaign: str = "",
    cost: int = 0,
) -> Lead:
    """Register a lead; without an owner it goes into the pool. Errors: `Refusals`; `Conflict` where somebody has it."""
    table, now = rules.standards(), clock.now()
    leads_refuse(name, phone, next_contact_on, cost, is_owned=owner_id is not None)
    selectors.collision_refuse(phone)
    worth = rules.score(source, named_car=bool(interest.strip()), purpose=purpose, appointment=appointment, table=table)
    lead = Lead.objects.create(
        store_id=store_id,
        owner_id=owner_id,
        customer=known_as(phone=phone).first(),
        name=name.strip(),
        phone=phone,
        source=source,
        campaign=campaign.strip(),
        cost=cost,
        interest=interest.strip(),
        score=worth,
        screened_by=table.version,
        state=LeadState.OPEN if owner_id else LeadState.POOL,
        next_contact_on=next_contact_on if owner_id else None,
        registered_at=now,
        taken_at=now if owner_id else None,
    )
    return _registered(lead, actor)


@service
def lead_take(*, lead_id: int, owner_id: int, next_contact_on: date | None, actor: Actor) -> Lead:
    """Take a lead out of the pool. Of two who reach for it, one has it."""
    lead = selectors.lead_lock(lead_id)
    if lead.state != LeadState.POOL:
        raise selectors.collision(lead)
    refused = rules.next_contact_refusal(next_contact_on, clock.business_date(), rules.standards())
    if refused is not None:
        raise refused
    lead.state, lead.owner_id, lead.next_contact_on = LeadState.OPEN, owner_id, next_contact_on
    lead.taken_at, lead.first_response_at = clock.now(), None
    lead.save()
    record(actor=actor, action="lead.taken", subject=f"lead:{lead.pk}", facts={"owner": owner_id})
    return lead


@service
def lead_contact(
    *,
    lead_id: int,
    staff_id: int,
    channel: Channel,
    outcome: Outcome,
    note: str,
    next_contact_on: date | None,
    actor: Actor,
) -> LeadContact:
    """Note a contact, and when the next one is: without a date it is not saved."""
    lead = _open(lead_id)
    refused = rules.next_contact_refusal(next_contact_on, clock.business_date(), rules.standards())
    if refused is not None:
        raise refused
    return _contacted(lead, staff_id, channel, outcome, note, next_contact_on, actor)


@service
def lead_met(*, lead_id: int, staff_id: int, channel: Channel, outcome: Outcome, actor: Actor) -> LeadContact:
    """Somebody met the lead in the showroom: it is theirs, the date that was set stays."""
    lead = selectors.lead_lock(lead_id)
    if lead.owner_id != staff_id:
        lead.owner_id, lead.taken_at, lead.state = staff_id, clock.now(), LeadState.OPEN
    due = lead.next_contact_on or clock.business_date()
    return _contacted(lead, staff_id, channel, outcome, "", due, actor)


@service
def leads_convert(*, customer_id: int, actor: Actor) -> int:
    """A deal has been opened for a customer: every lead about them has come to what it was for. How many there were.

    A lead is about them where it is bound to the record or has its telephone, also one that lies in the pool.
    """
    customer = customer_lock(customer_id)
    about = selectors.live_leads_lock(customer)
    for lead in about:
        lead.customer = customer
        _close(lead, LeadState.CONVERTED, actor)
    return len(about)


@service
def lead_lose(*, lead_id: int, reason: LeadLost, actor: Actor) -> Lead:
    """The lead comes to nothing, with the reason for the report."""
    lead = _open(lead_id)
    lead.lost_reason = reason
    return _close(lead, LeadState.LOST, actor)


@service
def leads_idle_to_pool(on: date) -> int:
    """Give up to the pool every lead nobody has contacted for the days of the standard; how many."""
    since = rules.pool_since(on, rules.standards())
    before = datetime.combine(since, time.max, SHANGHAI)
    idle = selectors.idle_leads_lock(before)
    for lead in idle:
        facts: dict[str, Scalar] = {"owner": lead.owner_id or 0}
        lead.state, lead.owner, lead.next_contact_on = LeadState.POOL, None, None
        lead.save()
        record(actor=system("scheduler"), action="lead.pooled", subject=f"lead:{lead.pk}", facts=facts)
    return len(idle)


def leads_move(giver: int, taker: int, actor: Actor) -> int:
    """Give every open lead of a leaver to another."""
    return Lead.objects.filter(owner=giver, state=LeadState.OPEN).update(owner=taker)


def leads_count(staff_id: int) -> int:
    """How many open leads a member of staff has."""
    return Lead.objects.filter(owner=staff_id, state=LeadState.OPEN).count()


def _registered(lead: Lead, actor: Actor) -> Lead:
    facts: dict[str, Scalar] = {"store": lead.store_id, "source": lead.source, "score": lead.score, "cost": lead.cost}
    record(actor=actor, action="lead.registered", subject=f"lead:{lead.pk}", facts=facts)
    emit(LeadRegistered(lead.pk))
    return lead


@service
def lead_take_back(*, lead_id: int, actor: Actor) -> None:
    """Take out a lead that came in by mistake and that nobody has touched. Errors: `Conflict` where somebody has."""
    lead = selectors.lead_lock(lead_id)
    live = lead.state in (LeadState.OPEN, LeadState.POOL)
    number, touched = lead.pk, not live or lead.contacts.exists() or lead.visits.exists()
    try:
        if not touched:
            lead.delete()
    except ProtectedError:  # a later room holds on to it: a quote was made for it
        touched = True
    if touched:
        raise Conflict("lead-touched", "这条线索已有人跟进，不能撤回", "somebody has worked on this lead")
    record(actor=actor, action="lead.taken_back", subject=f"lead:{number}", facts={"source": lead.source})


def leads_refuse(name: str, phone: str, next_on: date | None, cost: int, *, is_owned: bool) -> None:
    """What is wrong with a lead; one of the pool needs no date. Errors: `Refusals` at their fields."""
    today = clock.business_date()
    refused = list(rules.contact_refusals(name, phone, phone_needed=True))
    late = rules.next_contact_refusal(next_on if is_owned else today, today, rules.standards())
    refused += [late] if late is not None else []
    refused += [rules.negative_cost()] if cost < 0 else []
    if refused:
        raise Refusals(refused)


def _open(lead_id: int) -> Lead:
    lead = selectors.lead_lock(lead_id)
    if lead.state != LeadState.OPEN:
        raise Conflict("lead-not-open", "这条线索不在跟进中", "nobody is looking after this lead")
    return lead


def _contacted(
    lead: Lead,
    staff_id: int,
    channel: Channel,
    outcome: Outcome,
    note: str,
    next_on: date | None,
    actor: Actor,
) -> LeadContact:
    now = clock.now()
    contact = LeadContact.objects.create(
        lead=lead,
        staff_id=staff_id,
        channel=channel,
        outcome=outcome,
        note=note.strip() or None,
        next_contact_on=next_on,
        at=now,
    )
    lead.next_contact_on, lead.last_contact_at = next_on, now
    lead.first_response_at = lead.first_response_at or now
    lead.save()
    facts: dict[str, Scalar] = {"channel": channel.value, "outcome": outcome.value}
    record(actor=actor, action="lead.contacted", subject=f"lead:{lead.pk}", facts=facts)
    return contact


def _close(lead: Lead, state: LeadState, actor: Actor) -> Lead:
    lead.state, lead.closed_at, lead.next_contact_on = state, clock.now(), None
    lead.save()
    facts: dict[str, Scalar] = {"state": state.value, "why": lead.lost_reason}
    record(actor=actor, action="lead.closed", subject=f"lead:{lead.pk}", facts=facts)
    return lead
