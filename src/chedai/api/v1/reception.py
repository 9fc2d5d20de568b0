"""Reception: visits and the queue, leads and their contacts, needs in versions."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from chedai.api.deal_schemas import (
    ContactIn,
    GuestIn,
    GuestOut,
    LeadIn,
    LeadLostIn,
    LeadOut,
    NeedIn,
    NeedOut,
    TakeIn,
    VisitIn,
    VisitOut,
)
from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.crm.customers.selectors import customer_found
from chedai.crm.reception import leads as lead_services
from chedai.crm.reception import selectors, services
from chedai.crm.reception.guests import Whom, guest_enroll
from chedai.crm.reception.states import LeadState
from chedai.org.permissions import Permission
from chedai.org.selectors import home_of, store_of_code

router = Router(tags=["reception"])

VISITS: Permission = "visit.read"
REGISTER: Permission = "visit.register"
SERVE: Permission = "visit.serve"
LEADS: Permission = "lead.read"
WORK: Permission = "lead.work"
TAKE: Permission = "lead.take"


def _store(request: HttpRequest, code: str | None, permission: Permission) -> int:
    """The store that is meant, where the caller may use `permission`."""
    caller = caller_of(request)
    store_id = store_of_code(code) if code is not None else home_of(caller.access.staff_id)
    caller.require(permission, store_id=store_id, owner_id=caller.access.staff_id)
    return store_id


def _lead(request: HttpRequest, lead_id: int, permission: Permission) -> Any:
    """The lead, where the caller may use `permission` on it; one in the pool is open to who may take it."""
    found, caller = selectors.lead_read(lead_id), caller_of(request)
    if permission == LEADS and found.state == LeadState.POOL and caller.access.may(TAKE, store_id=found.store_id):
        return found
    caller.require(permission, store_id=found.store_id, owner_id=found.owner_id)
    return found


def _lead_out(lead_id: int) -> LeadOut:
    return _said(selectors.lead_read(lead_id))


def _said(lead: Any) -> LeadOut:
    facts = {name: getattr(lead, name) for name in LeadOut.model_fields.keys() - {"store", "owner"}}
    owner = lead.owner.number if lead.owner else None
    return LeadOut(store=lead.store.code, owner=owner, **facts)


@reading(router, "/visits", VISITS, response=Page[VisitOut])
def visits(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """The visits the caller may see, newest first."""
    records = caller_of(request).access.records(VISITS, owner="registered_by_id")
    return page(selectors.visits_seen(records), cut)


@changing(router, "/visits", REGISTER, response=VisitOut, status=201)
def visit(request: HttpRequest, visit: VisitIn) -> Any:
    """Somebody came in: a number of the day, a place in the queue, and a lead where a telephone number is given."""
    made = services.visit_register(
        store_id=_store(request, visit.store, REGISTER),
        staff_id=caller_of(request).access.staff_id,
        actor=caller_of(request).actor,
        **visit.model_dump(exclude={"store"}),
    )
    return selectors.visit_read(made.pk)


@changing(router, "/visits/{visit_id}/services", SERVE, response=VisitOut)
def serve(request: HttpRequest, visit_id: Path[Number]) -> Any:
    """The caller takes the customer over."""
    found, caller = selectors.visit_read(visit_id), caller_of(request)
    caller.require(SERVE, store_id=found.store_id, owner_id=caller.access.staff_id)
    services.visit_serve(visit_id=visit_id, officer_id=caller.access.staff_id, actor=caller.actor)
    return selectors.visit_read(visit_id)


@changing(router, "/visits/{visit_id}/departures", REGISTER, response=VisitOut)
def leave(request: HttpRequest, visit_id: Path[Number]) -> Any:
    """The customer has gone."""
    found, caller = selectors.visit_read(visit_id), caller_of(request)
    caller.require(REGISTER, store_id=found.store_id, owner_id=caller.access.staff_id)
    services.visit_leave(visit_id=visit_id, actor=caller.actor)
    return selectors.visit_read(visit_id)


@reading(router, "/leads", LEADS, response=Page[LeadOut])
def leads(request: HttpRequest, cut: Query[Cut], state: LeadState | None = None) -> dict[str, Any]:
    """The leads the caller may see, newest first."""
    rows = selectors.leads_seen(caller_of(request).access.records(LEADS))
    found = page(rows.filter(state=state) if state else rows, cut)
    return {**found, "items": [_said(lead) for lead in found["items"]]}


@changing(router, "/leads", "lead.register", response=LeadOut, status=201)
def lead_new(request: HttpRequest, lead: LeadIn) -> Any:
    """Register a lead; 409 where somebody looks after this telephone number."""
    caller = caller_of(request)
    made = lead_services.lead_register(
        store_id=_store(request, lead.store, "lead.register"),
        owner_id=None if lead.pool else caller.access.staff_id,
        actor=caller.actor,
        **lead.model_dump(exclude={"store", "pool"}),
    )
    return _lead_out(made.pk)


@reading(router, "/leads/{lead_id}", LEADS, response=LeadOut)
def lead(request: HttpRequest, lead_id: Path[Number]) -> Any:
    """One lead."""
    return _said(_lead(request, lead_id, LEADS))


@changing(router, "/leads/{lead_id}/contacts", WORK, response=LeadOut, status=201)
def contact(request: HttpRequest, lead_id: Path[Number], contact: ContactIn) -> Any:
    """Note a contact; without a day for the next one it is refused."""
    _lead(request, lead_id, WORK)
    caller = caller_of(request)
    lead_services.lead_contact(
        lead_id=lead_id, staff_id=caller.access.staff_id, actor=caller.actor, **contact.model_dump()
    )
    return _lead_out(lead_id)


@changing(router, "/leads/{lead_id}/takings", TAKE, response=LeadOut)
def take(request: HttpRequest, lead_id: Path[Number], taking: TakeIn) -> Any:
    """Take a lead out of the pool; of two who do, one gets 409."""
    found, caller = selectors.lead_read(lead_id), caller_of(request)
    caller.require(TAKE, store_id=found.store_id, owner_id=caller.access.staff_id)
    mine = caller.access.staff_id
    lead_services.lead_take(lead_id=lead_id, owner_id=mine, next_contact_on=taking.next_contact_on, actor=caller.actor)
    return _lead_out(lead_id)


@changing(router, "/leads/{lead_id}/losses", WORK, response=LeadOut)
def lose(request: HttpRequest, lead_id: Path[Number], lost: LeadLostIn) -> Any:
    """Close a lead that comes to nothing."""
    _lead(request, lead_id, WORK)
    lead_services.lead_lose(lead_id=lead_id, reason=lost.reason, actor=caller_of(request).actor)
    return _lead_out(lead_id)


@changing(router, "/leads/{lead_id}/customers", WORK, response=GuestOut, status=201)
def enroll(request: HttpRequest, lead_id: Path[Number], guest: GuestIn) -> Any:
    """Who the lead is about, as a customer: the one on file, else registered from what was written down."""
    found, caller = _lead(request, lead_id, WORK), caller_of(request)
    mine = caller.access.staff_id
    caller.require("customer.write", store_id=found.store_id, owner_id=mine)
    whom = Whom(lead_id=lead_id)
    made = guest_enroll(whom=whom, name=guest.name, store_id=found.store_id, owner_id=mine, actor=caller.actor)
    return GuestOut(customer=made.pk)


@reading(router, "/customers/{customer_id}/needs", "customer.read", response=list[NeedOut])
def needs(request: HttpRequest, customer_id: Path[Number]) -> Any:
    """What a customer needs, every version, newest first."""
    found = customer_found(customer_id)
    caller_of(request).require("customer.read", store_id=found.store_id, owner_id=found.owner_id)
    return list(selectors.needs_of(customer_id))


@changing(router, "/customers/{customer_id}/needs", "customer.write", response=NeedOut, status=201)
def need(request: HttpRequest, customer_id: Path[Number], need: NeedIn) -> Any:
    """A new version of what a customer needs."""
    found, caller = customer_found(customer_id), caller_of(request)
    caller.require("customer.write", store_id=found.store_id, owner_id=found.owner_id)
    return services.need_record(
        customer_id=customer_id, staff_id=caller.access.staff_id, actor=caller.actor, **need.model_dump()
    )
