"""Things in custody and counts behind their addresses: in each store a key in its safe, and a count that missed one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.custody.models import CountFinding, CustodyCount
from chedai.deals.custody.selectors import holdings_of
from chedai.deals.custody.services.moving import custody_enter
from chedai.deals.custody.states import CountState, CustodyKind, FindingKind
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.actors import system
from tests import cast

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]
VEHICLE: Final = "权证"


def _deal(house: House, store: Store) -> Deal:
    by = house.targets[store.pk]
    found = Deal.objects.filter(officer=by, vehicle=VEHICLE).first()
    if found is not None:
        return found
    of = {"store_id": store.pk, "owner_id": by.pk, "actor": cast.acting(by)}
    customer = customer_register(kind=CustomerKind.PERSON, name="王芳", **of)
    deal = deal_open(
        customer_id=customer.pk,
        store_id=store.pk,
        mode=Mode.OWN_BOOK,
        officer_id=by.pk,
        vehicle=VEHICLE,
        actor=cast.acting(by),
    )
    custody_enter(deal_id=deal.pk, kind=CustodyKind.KEY, number="", shelf="A-1", actor=system("test"))
    return deal


def _label(house: House, store: Store) -> Values:
    return {"label": holdings_of(_deal(house, store).pk)[0].item.label}


def _number(house: House, store: Store) -> Values:
    return {"number": _deal(house, store).number}


def _count(house: House, store: Store) -> CustodyCount:
    by = house.targets[store.pk].user
    made = {"opened_by": by, "opened_at": clock.now()}
    return CustodyCount.objects.get_or_create(store=store, state=CountState.OPEN, defaults=made)[0]


def _count_id(house: House, store: Store) -> Values:
    return {"count_id": _count(house, store).pk}


def _finding_id(house: House, store: Store) -> Values:
    count = _count(house, store)
    label = "Z9-202601-0001-K1"
    return {
        "finding_id": CountFinding.objects.get_or_create(count=count, label=label, kind=FindingKind.UNEXPECTED)[0].pk
    }


BODIES: Final[dict[str, Any]] = {
    "post /deals/{number}/custody": {"kind": "key"},
    "post /custody/{label}/send": {"seen": 1, "to": "customer", "back_by": "2026-12-20"},
    "post /custody/{label}/receive": {"seen": 1},
    "post /custody/{label}/recall": {"seen": 1},
    "post /custody-counts": {"store_id": 1},
    "post /custody-counts/{count_id}/ticks": {"label": "A1-202611-0001-K1"},
    "post /custody-counts/{count_id}/close": {},
    "post /custody-findings/{finding_id}/result": {"reason": "x"},
}
"""What an operation wants to be sent, so that it is refused for the right reason."""

OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys(("custody_enter", "custody_return", "post /deals/{number}/custody"), _number),
    **dict.fromkeys(
        ("custody_item", "custody_send", "custody_receive", "custody_recall", "get /custody/{label}"), _label
    ),
    **dict.fromkeys((key for key in BODIES if "{label}" in key), _label),
    **dict.fromkeys(("custody_count", "custody_tick", "custody_untick", "custody_count_close"), _count_id),
    **dict.fromkeys((key for key in BODIES if "{count_id}" in key), _count_id),
    "get /custody-counts/{count_id}": _count_id,
    "custody_finding": _finding_id,
    "post /custody-findings/{finding_id}/result": _finding_id,
}
"""A record of a store, of somebody else than who asks."""
