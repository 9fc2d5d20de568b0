"""Visits, leads, needs and the deal itself behind their addresses: one in each store, of somebody there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chedai.crm.reception.leads import lead_register
from chedai.crm.reception.models import Lead, Visit
from chedai.crm.reception.services import visit_register
from chedai.crm.reception.states import Purpose, Source
from chedai.org.models import Store
from chedai.platform import clock
from tests import cast
from tests.security import applications, customers

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]


def _visit(house: House, store: Store) -> Values:
    """Somebody who waits, whom somebody of the store registered."""
    found = Visit.objects.filter(store=store).first() or visit_register(
        store_id=store.pk,
        staff_id=house.targets[store.pk].pk,
        name="孙",
        phone="",
        purpose=Purpose.LOOK,
        source=Source.WALK_IN,
        interest="",
        next_contact_on=None,
        actor=cast.acting(house.targets[store.pk]),
    )
    return {"pk": found.pk, "visit_id": found.pk}


def _lead(house: House, store: Store) -> Values:
    """A lead somebody of the store looks after."""
    owner = house.targets[store.pk]
    found = Lead.objects.filter(owner=owner).first() or lead_register(
        store_id=store.pk,
        owner_id=owner.pk,
        name="李",
        phone=f"138{store.pk:08}",
        source=Source.ONLINE,
        interest="",
        next_contact_on=clock.business_date() + timedelta(days=1),
        actor=cast.acting(owner),
    )
    return {"pk": found.pk, "lead_id": found.pk}


VISITS: Final = ("visit_serve", "visit_leave", "post /visits/{visit_id}/services", "post /visits/{visit_id}/departures")
LEADS: Final = (
    "lead", "lead_take", "lead_lose", "get /leads/{lead_id}", "post /leads/{lead_id}/contacts",
    "post /leads/{lead_id}/takings", "post /leads/{lead_id}/losses", "post /leads/{lead_id}/customers",
)  # fmt: skip
DEALS: Final = (
    "deal", "deal_record", "deal_note", "deal_hand_over", "deal_lose", "get /deals/{number}",
    "post /deals/{number}/hand-overs", "post /deals/{number}/losses", "post /deals/{number}/notes",
)  # fmt: skip
NEEDS: Final = ("get /customers/{customer_id}/needs", "post /customers/{customer_id}/needs")

OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys(VISITS, _visit),
    **dict.fromkeys(LEADS, _lead),
    **dict.fromkeys(DEALS, applications.OF_STORE["deal_application"]),
    **dict.fromkeys(NEEDS, customers.OF_STORE["get /customers/{customer_id}"]),
    "needs": customers.OF_STORE["customer"],
}
"""A record of a store, of somebody else than who asks."""

BODIES: Final[dict[str, Any]] = {
    "post /deals": {"customer": 1, "mode": "own_book"},
    "post /visits": {"name": "孙"},
    "post /leads": {"name": "李", "phone": "13800138000", "source": "online"},
    "post /leads/{lead_id}/contacts": {"channel": "call", "outcome": "no_answer"},
    "post /leads/{lead_id}/customers": {},
    "post /leads/{lead_id}/losses": {"reason": "no_interest"},
    "post /deals/{number}/hand-overs": {"owner": "N999", "reason": "休假"},
    "post /deals/{number}/losses": {"reason": "paid_cash"},
    "post /deals/{number}/notes": {"text": "已致电"},
}
"""What an operation wants to be sent, so that it is refused for the right reason."""
