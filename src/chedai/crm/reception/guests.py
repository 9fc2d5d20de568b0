"""Whom a quote is for (客人): a visit, a lead, a customer on file. What reception wrote down is not typed again."""

from __future__ import annotations

from dataclasses import dataclass

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer
from chedai.crm.customers.selectors import customer_found, customer_lock, customer_resolve, known_as
from chedai.crm.customers.services import customer_register
from chedai.crm.reception import selectors
from chedai.crm.reception.models import Lead, Visit
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import service


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom something is for, by number: any of the three may be known."""

    customer_id: int | None = None
    lead_id: int | None = None
    visit_id: int | None = None


NOBODY = Whom()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """The same with what is known of them. `name` and `phone` are masked wherever they are shown."""

    whom: Whom
    customer: Customer | None
    name: Personal | None
    phone: Personal | None
    interest: str


def guest_of(whom: Whom) -> Guest | None:
    """Who is meant; nobody where nobody is named. A visit brings its lead, both bring the customer that is on file by
    now, also by their telephone. Errors: `NotFound`."""
    if whom == NOBODY:
        return None
    visit = None if whom.visit_id is None else selectors.visit_read(whom.visit_id)
    lead_id = whom.lead_id or (visit.lead_id if visit else None)
    lead = None if lead_id is None else selectors.lead_read(lead_id)
    customer = _customer(whom, visit, lead)
    known: Customer | Lead | Visit | None = customer or lead or visit
    return Guest(
        whom=Whom(customer_id=customer.pk if customer else None, lead_id=lead_id, visit_id=whom.visit_id),
        customer=customer,
        name=known.name if known else None,
        phone=known.phone if known else None,
        interest=(visit.interest if visit else "") or (lead.interest if lead else ""),
    )


@service
def guest_enroll(
    *, whom: Whom, store_id: int, owner_id: int, actor: Actor, name: str = "", phone: str = ""
) -> Customer:
    """The guest as a customer: the one on file, else registered from what reception wrote down.

    `name` is the name as it stands on the paper, where reception noted no more than a form of address; `phone` is for
    who left none. Errors: `Refusal` where no telephone is known, `Refusals` of the registration.
    """
    guest = guest_of(whom)
    customer = None if guest is None else guest.customer
    if customer is None:
        told = "" if guest is None or guest.phone is None else guest.phone.in_full()
        called = "" if guest is None or guest.name is None else guest.name.in_full()
        if not (told or phone.strip()):
            raise Refusal("phone-missing", "请填写手机号", "write down the telephone number", field="phone")
        customer = customer_register(
            kind=CustomerKind.PERSON,
            name=name.strip() or called,
            phone=told or phone,
            store_id=store_id,
            owner_id=owner_id,
            actor=actor,
        )
    else:
        customer = customer_lock(customer.pk)
    if guest is not None and guest.whom.lead_id is not None:
        Lead.objects.filter(pk=guest.whom.lead_id, customer=None).update(customer=customer)
    if guest is not None and guest.whom.visit_id is not None:
        Visit.objects.filter(pk=guest.whom.visit_id, customer=None).update(customer=customer)
    return customer


def _customer(whom: Whom, visit: Visit | None, lead: Lead | None) -> Customer | None:
    number = whom.customer_id or (visit.customer_id if visit else None) or (lead.customer_id if lead else None)
    if number is not None:
        return customer_found(customer_resolve(number).pk)
    phone = (lead.phone if lead else None) or (visit.phone if visit else None)
    return None if phone is None else known_as(phone=phone.in_full()).order_by("pk").first()
