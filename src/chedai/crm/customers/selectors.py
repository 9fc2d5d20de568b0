"""Finding customers, by what is known of them, without opening what is sealed."""

from __future__ import annotations

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from chedai.crm.customers.kinds import MUTUAL, CustomerState
from chedai.crm.customers.models import Customer, Former, Relation
from chedai.platform.errors import NotFound
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind
from chedai.platform.rows import at_most_one

IN_USE = (CustomerState.ACTIVE, CustomerState.RESTRICTED)


def customer_lock(customer_id: int) -> Customer:
    """An active customer, locked until the transaction ends. Errors: `NotFound`."""
    active = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id, state=CustomerState.ACTIVE)
    found = at_most_one(active)
    if found is None:
        raise NotFound("no-such-customer", "没有这位客户", "there is no such customer")
    return found


def customers_seen(records: Q) -> QuerySet[Customer]:
    """The customers in use that `records` (from `Access.records`) leaves to see, with what a list shows."""
    return Customer.objects.filter(records, state=CustomerState.ACTIVE).select_related("store", "owner__user")


def customer_found(customer_id: int) -> Customer:
    """The customer in use with this very number. Errors: `NotFound`."""
    found = customers_seen(Q(pk=customer_id)).first()
    if found is None:
        raise NotFound("no-such-customer", "没有这位客户", "there is no such customer")
    return found


def customer_on_file(customer_id: int) -> Customer:
    """A customer in whatever state, deleted ones too: for who carries deletion out. Errors: `NotFound`."""
    found = Customer.objects.filter(pk=customer_id).select_related("store", "owner__user").first()
    if found is None:
        raise NotFound("no-such-customer", "没有这位客户", "there is no such customer")
    return found


def subjects_gone(records: Q) -> QuerySet[Customer, str]:
    """The subjects of customers out of use or deleted, of those that `records` leaves to see."""
    gone = Customer.objects.filter(records, state__in=(CustomerState.RESTRICTED, CustomerState.ERASED))
    subject = Concat(Value("customer:"), Cast("pk", CharField()))
    return gone.annotate(subject=subject).values_list("subject", flat=True)


def look_alikes(customer: Customer) -> QuerySet[Customer]:
    """Other customers in use with the same name, telephone or identity number: perhaps the same one twice."""
    same = Q(name_index=customer.name_index)
    if customer.phone_index is not None:
        same |= Q(phone_index=customer.phone_index)
    if customer.id_number_index is not None:
        same |= Q(id_number_index=customer.id_number_index)
    return customers_seen(same).filter(kind=customer.kind).exclude(pk=customer.pk).order_by("pk")


def exactly(typed: str) -> Q:
    """The customers whose telephone, identity number or whole name is exactly what was typed, as a filter."""
    match = Q(phone_index__in=candidates(Kind.PHONE, typed)) | Q(name_index__in=candidates(Kind.NAME, typed))
    return match | Q(id_number_index__in=candidates(Kind.ID_NUMBER, typed))


def known_as(*, id_number: str = "", phone: str = "") -> QuerySet[Customer]:
    """Customers of all stores with this identity number or this phone: who is known is shown before saving."""
    match = Q(pk__in=[])
    if id_number:
        match |= Q(id_number_index__in=candidates(Kind.ID_NUMBER, id_number))
    if phone:
        match |= Q(phone_index__in=candidates(Kind.PHONE, phone))
    return customers_seen(match)


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


def formers_of(customer: Customer) -> QuerySet[Former]:
    """What changes have replaced, newest first, also in the records merged into this one."""
    family = [int(subject.partition(":")[2]) for subject in history_subjects(customer)]
    return Former.objects.filter(customer__in=family).order_by("-replaced_at", "-pk")


def relation_found(relation_id: int) -> Relation:
    """A relation that holds. Errors: `NotFound`."""
    found = Relation.objects.filter(pk=relation_id, ended_at=None).select_related("customer", "other").first()
    if found is None:
        raise NotFound("no-such-relation", "没有这一关系，或已解除", "there is no such relation, or it has ended")
    return found


def related_to(customer_id: int) -> QuerySet[Relation]:
    """Whose spouse, guarantor, employer a customer is; what holds both ways stands in `relations_of` already."""
    held = Relation.objects.filter(other=customer_id, ended_at=None).exclude(kind__in=MUTUAL)
    return held.select_related("customer__store", "customer__owner__user").order_by("pk")


def relations_ended(customer_id: int) -> QuerySet[Relation]:
    """Relations of a customer that no longer hold, newest first."""
    ended = Relation.objects.filter(customer=customer_id).exclude(ended_at=None)
    return ended.select_related("other").order_by("-ended_at", "-pk")


def relations_of(customer_id: int) -> QuerySet[Relation]:
    """The people and firms that belong to a customer."""
    return (
        Relation.objects.filter(customer=customer_id, ended_at=None)
        .select_related("other__store", "other__owner__user")
        .order_by("pk")
    )
