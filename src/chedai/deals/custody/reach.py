"""Whose a thing in custody is: of the store that answers for it, of who holds it, and of who is to take it over."""

from __future__ import annotations

from django.db.models import Q

from chedai.deals.custody.models import Holding
from chedai.org.access import Access
from chedai.org.permissions import Permission

OFFICER = "item__deal__officer_id"


def may(access: Access, right: Permission, holding: Holding) -> bool:
    """Whether somebody may use a right on a thing."""
    people = (holding.staff, holding.next_staff)
    stores = {holding.answers_id, holding.next_store_id, *(one.home_id for one in people if one is not None)}
    owners = {holding.item.deal.officer_id, holding.staff_id, holding.next_staff_id}
    pairs = ((store, owner) for store in stores - {None} for owner in owners - {None})
    return any(access.may(right, store_id=store, owner_id=owner) for store, owner in pairs)


def require(access: Access, right: Permission, holding: Holding) -> None:
    """Errors: `NotAllowed`, as for the store that answers."""
    if not may(access, right, holding):
        access.require(right, store_id=holding.answers_id, owner_id=holding.item.deal.officer_id)


def seen(access: Access, right: Permission) -> Q:
    """What of all things somebody may use a right on."""
    stores = ("answers_id", "next_store_id", "staff__home_id", "next_staff__home_id")
    found = Q(pk__in=[])
    for store in stores:
        part = access.records(right, store=store, owner=OFFICER)
        if not part:  # a right for the whole group leaves everything
            return part
        found |= part
    if access.may(right):
        found |= Q(staff_id=access.staff_id) | Q(next_staff_id=access.staff_id)
    return found
