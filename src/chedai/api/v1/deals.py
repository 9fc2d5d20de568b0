"""Deals: where each stands, whose turn it is, how long it has waited; handing over, closing, writing notes."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.deal_schemas import BottleneckOut, DealIn, DealOut, DealWhole, HandOverIn, LoseIn, NoteIn, StayOut
from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.crm.customers.selectors import customer_found
from chedai.deals.pipeline import selectors, services
from chedai.deals.pipeline.limits import limits
from chedai.deals.pipeline.states import DealState, Stage, Turn
from chedai.org.permissions import Permission
from chedai.org.selectors import staff_seen
from chedai.platform import clock
from chedai.platform.errors import Refusal

router = Router(tags=["deals"])

READ: Permission = "deal.read"
OPEN: Permission = "deal.open"
DealNumber = Path[Annotated[str, Field(max_length=40)]]
_MINUTE = timedelta(minutes=1)


def deal_for(request: HttpRequest, number: str, permission: Permission) -> Any:
    """The deal, where the caller may use `permission` on it."""
    found = selectors.deal_of_number(number)
    caller_of(request).require(permission, store_id=found.store_id, owner_id=found.officer_id)
    return found


def _staff(which: Q, field: str) -> Any:
    """Somebody who works here. Errors: `Refusal` at `field`."""
    found = staff_seen(which).first()
    if found is None:
        raise Refusal("no-such-staff", "没有这名在职员工", "there is no such member of staff", field=field)
    return found


def _whole(number: str) -> dict[str, Any]:
    deal, now = selectors.deal_of_number(number), clock.now()
    stays = [
        StayOut(
            stage=Stage(stay.stage),
            round=stay.round,
            owner=stay.owner.number,
            entered_at=stay.entered_at,
            left_at=stay.left_at,
            worked_minutes=limits().worked(stay.entered_at, stay.left_at or deal.closed_at or now) // _MINUTE,
        )
        for stay in selectors.stages_of(deal.pk)
    ]
    return {"deal": deal, "stages": stays}


@reading(router, "/deals", READ, response=Page[DealOut])
def deals(
    request: HttpRequest,
    cut: Query[Cut],
    stage: Stage | None = None,
    turn: Turn | None = None,
    state: DealState | None = None,
) -> dict[str, Any]:
    """The deals the caller may see, newest first."""
    asked = {"stage": stage, "turn": turn, "state": state}
    fits = Q(**{name: value for name, value in asked.items() if value is not None})
    records = caller_of(request).access.records(READ, owner="officer_id")
    return page(selectors.deals_seen(records).filter(fits), cut)


@changing(router, "/deals", OPEN, response=DealWhole, status=201)
def open_deal(request: HttpRequest, given: DealIn) -> Any:
    """Open a deal for a customer the caller may see, in the store of its officer."""
    caller = caller_of(request)
    customer = customer_found(given.customer)
    caller.require("customer.read", store_id=customer.store_id, owner_id=customer.owner_id)
    officer = _staff(Q(pk=caller.access.staff_id) if given.officer is None else Q(number=given.officer), "officer")
    caller.require(OPEN, store_id=officer.home_id, owner_id=officer.pk)
    made = services.deal_open(
        customer_id=customer.pk,
        store_id=officer.home_id,
        mode=given.mode,
        officer_id=officer.pk,
        vehicle=given.vehicle,
        actor=caller.actor,
    )
    return _whole(made.number)


@reading(router, "/deals/bottlenecks", READ, response=list[BottleneckOut])
def bottlenecks(request: HttpRequest, days: Annotated[int, Field(ge=1, le=366)] = 90) -> list[BottleneckOut]:
    """How long deals stayed in each stage over the last days."""
    records = caller_of(request).access.records(READ, owner="officer_id")
    since = datetime.combine(clock.business_date() - timedelta(days=days), time.min, clock.SHANGHAI)
    return [
        BottleneckOut(
            stage=one.stage,
            stays=one.stays,
            p50_minutes=one.p50 // _MINUTE,
            p90_minutes=one.p90 // _MINUTE,
            waiting=one.waiting,
        )
        for one in selectors.bottlenecks(records, since, clock.now())
    ]


@reading(router, "/deals/{number}", READ, response=DealWhole)
def deal(request: HttpRequest, number: DealNumber) -> Any:
    """One deal with the clock of each of its stages."""
    return _whole(deal_for(request, number, READ).number)


@changing(router, "/deals/{number}/hand-overs", "deal.hand_over", response=DealWhole)
def hand_over(request: HttpRequest, number: DealNumber, given: HandOverIn) -> Any:
    """Give the stage to somebody else; the clock goes on."""
    found = deal_for(request, number, "deal.hand_over")
    taker = _staff(Q(number=given.owner), "owner")
    actor = caller_of(request).actor
    services.deal_hand_over(deal_id=found.pk, owner_id=taker.pk, reason=given.reason, actor=actor)
    return _whole(found.number)


@changing(router, "/deals/{number}/losses", "deal.lose", response=DealWhole)
def lose(request: HttpRequest, number: DealNumber, lost: LoseIn) -> Any:
    """Close a deal that comes to nothing."""
    found = deal_for(request, number, "deal.lose")
    services.deal_lose(deal_id=found.pk, reason=lost.reason, note=lost.note, actor=caller_of(request).actor)
    return _whole(found.number)


@changing(router, "/deals/{number}/notes", "deal.work", response=DealWhole, status=201)
def note(request: HttpRequest, number: DealNumber, note: NoteIn) -> Any:
    """Write a line on a deal. It is read on the screens, by who may open the deal."""
    found = deal_for(request, number, "deal.work")
    services.note_write(
        deal_id=found.pk,
        staff_id=caller_of(request).access.staff_id,
        text=note.text,
        pinned=note.pinned,
        actor=caller_of(request).actor,
    )
    return _whole(found.number)
