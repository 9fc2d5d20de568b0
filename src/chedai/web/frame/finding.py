"""What Ctrl K finds besides screens: customers, deals and cars, as far as the person may see them.

A customer is found by pinyin, part of a name or four digits of a number; a deal by its number, its car, its customer; a
car by plate or VIN, through the deals it is bound to. What is typed may be personal, so it is posted, never in an
address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from chedai.catalog.vehicles.selectors import bindings_of, vehicle_of_vin, vehicles_of_plate
from chedai.crm.search.selectors import customers_found, matching
from chedai.deals.pipeline.selectors import deals_seen
from chedai.web.deals.words import STAGES
from chedai.web.doors import Request

MOST: Final = 6
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the palette."""

    icon: str
    label: str
    note: str
    url: str


def records_found(request: Request, typed: str) -> list[Found]:
    """The customers, then the deals that fit; nothing for less than two signs."""
    typed = typed.strip()
    if len(typed) < _SHORTEST:
        return []
    return [*_customers(request, typed), *_deals(request, typed)]


def _customers(request: Request, typed: str) -> Iterator[Found]:
    if not request.access.may("customer.read"):
        return
    for one in customers_found(typed, request.access.records("customer.read"))[:MOST]:
        phone = str(one.phone) if one.phone else one.store.name
        yield Found("user", one.title, phone, reverse("customer", args=[one.pk]))


def _deals(request: Request, typed: str) -> Iterator[Found]:
    if not request.access.may("deal.read"):
        return
    fits = Q(number__icontains=typed) | Q(vehicle__icontains=typed) | Q(pk__in=_bound(typed))
    fits |= Q(customer__in=_customers_of(typed))
    records = request.access.records("deal.read", owner="officer_id")
    for deal in deals_seen(records).filter(fits)[:MOST]:
        label = f"{deal.number} {deal.customer.title}"
        yield Found("file-text", label, f"{STAGES[deal.stage]} · {deal.vehicle}", reverse("deal", args=[deal.number]))


def _customers_of(typed: str) -> Any:
    return customers_found(typed, Q()).values("pk") if matching(typed) else []


def _bound(typed: str) -> list[int]:
    """The deals of a car with this plate or VIN."""
    cars = [*vehicles_of_plate(typed)[:MOST], *filter(None, [vehicle_of_vin(typed)])]
    return [binding.deal_id for car in cars for binding in bindings_of(car.pk)]
