"""The queue of a store, leads with their dates, needs, and what is known of how fast people are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from chedai.crm.customers.models import Customer
from chedai.crm.reception import rules
from chedai.crm.reception.models import Lead, LeadContact, Need, Visit
from chedai.crm.reception.rules import Waiting
from chedai.crm.reception.states import LeadState, VisitState
from chedai.platform import clock
from chedai.platform.errors import Conflict, NotFound
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind
from chedai.platform.ranks import median, nearest_rank


def visit_lock(visit_id: int) -> Visit:
    """A visit, locked until the transaction ends. Errors: `NotFound`."""
    found = Visit.objects.select_for_update(no_key=True).filter(pk=visit_id).first()
    if found is None:
        raise NotFound("no-such-visit", "没有这次到店", "there is no such visit")
    return found


def lead_lock(lead_id: int) -> Lead:
    """A lead, locked until the transaction ends. Errors: `NotFound`."""
    found = Lead.objects.select_for_update(no_key=True).filter(pk=lead_id).first()
    if found is None:
        raise NotFound("no-such-lead", "没有这条线索", "there is no such lead")
    return found


def idle_leads_lock(before: datetime) -> list[Lead]:
    """The open leads nobody has contacted since a moment, locked in order."""
    quiet = Q(last_contact_at__lte=before) | Q(last_contact_at=None, taken_at__lte=before)
    return list(Lead.objects.select_for_update(no_key=True).filter(quiet, state=LeadState.OPEN).order_by("pk"))


def live_leads_lock(customer: Customer) -> list[Lead]:
    """The leads, open or in the pool, that are bound to a customer or have their telephone, locked in order."""
    about = Q(customer=customer.pk)
    if customer.phone_index is not None:
        about |= Q(phone_index=customer.phone_index)
    live = Lead.objects.filter(about, state__in=(LeadState.OPEN, LeadState.POOL)).order_by("pk")
    return list(live.select_for_update(no_key=True))


def visit_read(visit_id: int) -> Visit:
    """A visit with its people. Errors: `NotFound`."""
    found = visits_seen(Q(pk=visit_id)).first()
    if found is None:
        raise NotFound("no-such-visit", "没有这次到店", "there is no such visit")
    return found


def lead_read(lead_id: int) -> Lead:
    """A lead with its people. Errors: `NotFound`."""
    found = leads_seen(Q(pk=lead_id)).first()
    if found is None:
        raise NotFound("no-such-lead", "没有这条线索", "there is no such lead")
    return found


def visits_seen(records: Q) -> QuerySet[Visit]:
    """The visits `records` leaves to see, newest first."""
    people = ("store", "customer", "officer__user", "registered_by__user")
    return Visit.objects.filter(records).select_related(*people).order_by("-pk")


def leads_seen(records: Q) -> QuerySet[Lead]:
    """The leads `records` leaves to see, newest first."""
    return Lead.objects.filter(records).select_related("store", "customer", "owner__user").order_by("-pk")


def leads_by_next(records: Q) -> QuerySet[Lead]:
    """The leads `records` leaves to see, with `due_on`, the day of the next contact: whoever has none comes last."""
    return leads_seen(records).annotate(due_on=Coalesce("next_contact_on", Value(date.max)))


def queue(store_id: int) -> list[Visit]:
    """Who waits in a store today, in the order they are served."""
    waiting = Visit.objects.filter(store_id=store_id, day=clock.business_date(), state=VisitState.WAITING)
    found = {visit.pk: visit for visit in waiting.select_related("customer", "registered_by__user")}
    asked = [Waiting(visit.pk, visit.arrived_at, visit.booked_for) for visit in found.values()]
    return [found[one.visit_id] for one in rules.in_order(asked, clock.now())]


def live_lead_of(phone: str) -> Lead | None:
    """The lead that is open or in the pool with this phone: two of us must not chase one person (撞单)."""
    live = Lead.objects.filter(
        phone_index__in=candidates(Kind.PHONE, phone), state__in=(LeadState.OPEN, LeadState.POOL)
    )
    return live.select_related("store", "owner__user").first()


def collision_refuse(phone: str) -> None:
    """Errors: `Conflict` (撞单) where somebody has this telephone, with who it is."""
    taken = live_lead_of(phone)
    if taken is not None:
        raise collision(taken)


def collision(lead: Lead) -> Conflict:
    """撞单: who has it, so that the two can talk."""
    if lead.owner is None:
        zh, en = f"该电话的线索在{lead.store.name}公海，请先领取", f"this phone is in the pool of {lead.store.name}"
    else:
        who = lead.owner.user.display_name
        zh, en = f"撞单：{lead.store.name} {who} 正在跟进", f"{who} of {lead.store.name} is looking after this phone"
    return Conflict("lead-collision", zh, en, field="phone")


def contacts_of(lead_id: int) -> QuerySet[LeadContact]:
    """Every contact with a lead, newest first."""
    return LeadContact.objects.filter(lead=lead_id).select_related("staff__user").order_by("-at", "-pk")


def needs_of(customer_id: int) -> QuerySet[Need]:
    """Every version of what a customer needs, newest first."""
    return Need.objects.filter(customer=customer_id).select_related("recorded_by__user").order_by("-version")


def need_in_force(customer_id: int) -> Need | None:
    """What a customer needs, as last said."""
    return needs_of(customer_id).first()


def leads_due(owner_id: int, on: date) -> QuerySet[Lead]:
    """The leads somebody must contact on a day or should have before, the longest overdue first."""
    mine = Lead.objects.filter(owner=owner_id, state=LeadState.OPEN, next_contact_on__lte=on)
    return mine.select_related("customer").order_by("next_contact_on", "pk")


@dataclass(frozen=True, slots=True)
class WaitFigures:
    """How long people waited on a day: half of them at most `p50`, nine of ten at most `p90`; who left unserved."""

    visits: int
    served: int
    left_unserved: int
    p50: timedelta | None
    p90: timedelta | None


def waits_on(store_id: int, day: date) -> WaitFigures:
    """The waiting of one day in one store. Waited = served - arrived."""
    rows = Visit.objects.filter(store=store_id, day=day).values_list("arrived_at", "served_at", "state")
    visits = list(rows)
    waits = sorted(served - arrived for arrived, served, _state in visits if served is not None)
    gone = sum(served is None and state == VisitState.LEFT for _arrived, served, state in visits)
    return WaitFigures(len(visits), len(waits), gone, median(waits), nearest_rank(waits, 90) if waits else None)


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """What became of the leads of one source. `cost` in fen."""

    source: str
    leads: int
    converted: int
    cost: int


def conversion_by_source(records: Q, since: date) -> list[SourceFigures]:
    """Leads and deals by source, since a day, counts beside counts."""
    rows = Lead.objects.filter(records, registered_at__date__gte=since).values("source").order_by("source")
    counted = rows.annotate(n=Count("pk"), won=Count("pk", filter=Q(state=LeadState.CONVERTED)))
    costs: dict[str, int] = {}
    for source, cost in Lead.objects.filter(records, registered_at__date__gte=since).values_list("source", "cost"):
        costs[source] = costs.get(source, 0) + cost
    return [SourceFigures(row["source"], row["n"], row["won"], costs[row["source"]]) for row in counted]


@dataclass(frozen=True, slots=True)
class ScreenFigures:
    """What became of the leads that passed the screening, and of those that did not: both counts stand beside it."""

    passed: bool
    leads: int
    converted: int


def conversion_by_screening(records: Q, since: date) -> list[ScreenFigures]:
    """Leads and deals by whether their score reached what the standards ask for, since a day; passed first."""
    rows = Lead.objects.filter(records, registered_at__date__gte=since)
    passed, won = Q(score__gte=rules.standards().passes), Q(state=LeadState.CONVERTED)
    counted = rows.aggregate(
        yes=Count("pk", filter=passed),
        yes_won=Count("pk", filter=passed & won),
        no=Count("pk", filter=~passed),
        no_won=Count("pk", filter=~passed & won),
    )
    both = ((True, "yes", "yes_won"), (False, "no", "no_won"))
    return [ScreenFigures(which, counted[n], counted[w]) for which, n, w in both]


@dataclass(frozen=True, slots=True)
class Response:
    """How fast one person answers new leads."""

    staff_name: str
    leads: int
    in_time: int
    p50: timedelta | None


def first_responses(records: Q, since: date) -> list[Response]:
    """First-response times by person: from when the lead was theirs to their first contact."""
    table = rules.standards()
    rows = Lead.objects.filter(records, registered_at__date__gte=since, owner__isnull=False)
    by_person: dict[str, list[timedelta | None]] = {}
    for name, taken, answered in rows.values_list("owner__user__display_name", "taken_at", "first_response_at"):
        took = answered - taken if answered is not None and taken is not None else None
        by_person.setdefault(name, []).append(took)
    found = []
    for name, spans in sorted(by_person.items()):
        answered_in = sorted(span for span in spans if span is not None)
        in_time = sum(span <= table.first_response for span in answered_in)
        found.append(Response(name, len(spans), in_time, median(answered_in)))
    return found
