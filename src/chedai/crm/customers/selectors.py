"""Finding customers, by what is known of them, without opening what is sealed."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from chedai.crm.customers.kinds import CustomerState
from chedai.crm.customers.models import Customer, Relation
from chedai.platform.errors import NotFound
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind

IN_USE = (CustomerState.ACTIVE, CustomerState.RESTRICTED)


def customer_lock(customer_id: int) -> Customer:
    """An active customer, locked until the transaction ends. Errors: `NotFound`."""
    active = Customer.objects.select_for_update().filter(pk=customer_id, state=CustomerState.ACTIVE)
    found = active.first()
    if found is None:
        raise NotFound("no-such-customer", "没有这位客户", "there is no such customer")
    return found


def known_as(*, id_number: str = "", phone: str = "") -> QuerySet[Customer]:
    """Customers of all stores with this identity number or this phone: who is known is shown before saving."""
    match = Q(pk__in=[])
    if id_number:
        match |= Q(id_number_index__in=candidates(Kind.ID_NUMBER, id_number))
    if phone:
        match |= Q(phone_index__in=candidates(Kind.PHONE, phone))
    return Customer.objects.filter(match, state=CustomerState.ACTIVE).select_related("store", "owner__user")


def identity_taken(id_number: str) -> Customer | None:
    """Who already has this identity number, in use."""
    indexes = candidates(Kind.ID_NUMBER, id_number)
    return Customer.objects.filter(id_number_index__in=indexes, state__in=IN_USE).first()


def customer_resolve(customer_id: int) -> Customer:
    """The record that counts: a merged one leads to where its history went. Errors: `NotFound`."""
    found = Customer.objects.filter(pk=customer_id).select_related("merged_into").first()
    while found is not None and found.merged_into is not None:
        found = Customer.objects.select_related("merged_into").get(pk=found.merged_into.pk)
    if found is None:
        raise NotFound("no-such-customer", "没有这位客户", "there is no such customer")
    return found


def history_subjects(customer: Customer) -> list[str]:
    """The subjects whose timelines belong to a customer: its own and those of every record merged into it."""
    subjects, waiting = [], [customer.pk]
    while waiting:
        number = waiting.pop()
        subjects.append(f"customer:{number}")
        waiting += Customer.objects.filter(merged_into=number).values_list("pk", flat=True)
    return subjects


def relations_of(customer_id: int) -> QuerySet[Relation]:
    """The people and firms that belong to a customer."""
    return Relation.objects.filter(customer=customer_id, ended_at=None).select_related("other").order_by("pk")
