"""Custody: who holds each green book, key and paper; hand-overs; counts of a safe."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.custody_schemas import (
    CountIn,
    CountOut,
    CustodyIn,
    CustodyOut,
    CustodyWhole,
    RecallIn,
    ReceiveIn,
    SendIn,
    SettleIn,
    TickIn,
)
from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.api.v1.contracts import person_of
from chedai.api.v1.deals import DealNumber, deal_for
from chedai.deals.custody import selectors
from chedai.deals.custody.reach import require, seen
from chedai.deals.custody.rules import Courier, Holder
from chedai.deals.custody.services import counting, moving
from chedai.deals.custody.states import HolderKind
from chedai.org.permissions import Permission
from chedai.org.selectors import staff_of_number, store_of_code
from chedai.platform.errors import Refusal

router = Router(tags=["custody"])

READ: Permission = "custody.read"
MOVE: Permission = "custody.move"
COUNT: Permission = "custody.count"
WRITE_OFF: Permission = "custody.write_off"

ItemLabel = Path[Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]]


def _held(request: HttpRequest, label: str, right: Permission) -> Any:
    caller, one = caller_of(request), selectors.holding_read(label)
    caller.require(right)
    require(caller.access, right, one)
    return one


def _count(request: HttpRequest, count_id: int, right: Permission = COUNT) -> Any:
    found = selectors.count_read(count_id)
    caller_of(request).require(right, store_id=found.store_id)
    return found


def _holder(kind: str, store: Any, staff: Any, party: str) -> dict[str, Any] | None:
    if not kind:
        return None
    numbers = {"store": store.code if store else None, "staff": staff.number if staff else None}
    return {"kind": kind, **numbers, "party": party}


def _place(row: Any) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "holder": _holder(row.holder, row.store, row.staff, row.party),
        "next": _holder(row.next_holder, row.next_store, row.next_staff, row.next_party),
        "due_on": row.due_on,
    }


def _item(one: Any) -> dict[str, Any]:
    missing = one.lost if hasattr(one, "lost") else selectors.is_missing(one.item_id)
    return _place(one) | {
        "label": one.item.label,
        "deal": one.item.deal.number,
        "kind": one.item.kind,
        "number": one.item.number or "",
        "store": one.answers.code,
        "shelf": one.shelf,
        "waybill": one.waybill,
        "back_by": one.back_by,
        "since": one.at,
        "missing": missing,
    }


def _whole(label: str) -> dict[str, Any]:
    one = selectors.holding_read(label)
    moves = [_place(m) | {"act": m.act, "at": m.at} for m in selectors.movements_of(one.item_id)]
    return {"item": _item(one), "movements": moves}


def _counted(count_id: int) -> dict[str, Any]:
    found = selectors.count_read(count_id)
    names = ("id", "state", "opened_at", "closed_at", "expected", "seen")
    whole = {name: getattr(found, name) for name in names}
    return whole | {
        "store": found.store.code,
        "ticks": selectors.ticked(count_id),
        "findings": selectors.findings_of(count_id),
    }


@reading(router, "/custody", READ, response=Page[CustodyOut])
def things(request: HttpRequest, cut: Query[Cut], holder: HolderKind | None = None) -> dict[str, Any]:
    """Things the caller may see, newest first."""
    found = selectors.holdings_seen(seen(caller_of(request).access, READ))
    shown = page(found.filter(holder=holder) if holder else found, cut)
    shown["items"] = [_item(one) for one in shown["items"]]
    return shown


@reading(router, "/custody/{label}", READ, response=CustodyWhole)
def thing(request: HttpRequest, label: ItemLabel) -> Any:
    """One thing with everything that happened to it."""
    return _whole(_held(request, label, READ).item.label)


@changing(router, "/deals/{number}/custody", MOVE, response=CustodyWhole, status=201)
def enter(request: HttpRequest, number: DealNumber, given: CustodyIn) -> Any:
    """Take a thing in."""
    deal = deal_for(request, number, MOVE)
    made = moving.custody_enter(deal_id=deal.pk, actor=person_of(request), **given.model_dump())
    return _whole(made.item.label)


@changing(router, "/custody/{label}/send", MOVE, response=CustodyWhole)
def send(request: HttpRequest, label: ItemLabel, given: SendIn) -> Any:
    """Give it to somebody; it waits for their receipt."""
    _held(request, label, MOVE)
    courier = Courier(given.company, given.waybill) if given.company or given.waybill else None
    moving.custody_send(
        label=label,
        to=_wanted(given),
        seen=given.seen,
        courier=courier,
        back_by=given.back_by,
        actor=person_of(request),
    )
    return _whole(label)


@changing(router, "/custody/{label}/receive", MOVE, response=CustodyWhole)
def receive(request: HttpRequest, label: ItemLabel, given: ReceiveIn) -> Any:
    """Take it over, or back into the safe."""
    _held(request, label, MOVE)
    moving.custody_receive(label=label, actor=person_of(request), **given.model_dump())
    return _whole(label)


@changing(router, "/custody/{label}/recall", MOVE, response=CustodyWhole)
def recall(request: HttpRequest, label: ItemLabel, given: RecallIn) -> Any:
    """Nobody took it over: it stays where it was."""
    _held(request, label, MOVE)
    moving.custody_recall(label=label, actor=person_of(request), **given.model_dump())
    return _whole(label)


@changing(router, "/custody-counts", COUNT, response=CountOut, status=201)
def begin(request: HttpRequest, given: CountIn) -> Any:
    """Begin to count the safe of a store."""
    caller_of(request).require(COUNT, store_id=given.store_id)
    return _counted(counting.count_open(store_id=given.store_id, actor=person_of(request)).pk)


@reading(router, "/custody-counts/{count_id}", COUNT, response=CountOut)
def count(request: HttpRequest, count_id: Path[Number]) -> Any:
    """One count."""
    return _counted(_count(request, count_id).pk)


@changing(router, "/custody-counts/{count_id}/ticks", COUNT, response=CountOut)
def tick(request: HttpRequest, count_id: Path[Number], given: TickIn) -> Any:
    """A thing was seen."""
    found = _count(request, count_id)
    counting.count_tick(count_id=found.pk, label=given.label, actor=person_of(request))
    return _counted(found.pk)


@changing(router, "/custody-counts/{count_id}/close", COUNT, response=CountOut)
def close(request: HttpRequest, count_id: Path[Number]) -> Any:
    """The end of a count: what differs is listed."""
    found = _count(request, count_id)
    counting.count_close(count_id=found.pk, actor=person_of(request))
    return _counted(found.pk)


@changing(router, "/custody-findings/{finding_id}/result", COUNT, response=CountOut)
def settle(request: HttpRequest, finding_id: Path[Number], given: SettleIn) -> Any:
    """Answer for what differs; another person than who counted writes it off."""
    found = selectors.finding_read(finding_id)
    _count(request, found.count_id)
    if given.write_off:
        _count(request, found.count_id, WRITE_OFF)
    counting.finding_settle(finding_id=found.pk, actor=person_of(request), **given.model_dump())
    return _counted(found.count_id)


def _wanted(given: SendIn) -> Holder:
    match given.to:
        case HolderKind.SAFE:
            return Holder(kind=given.to, store_id=store_of_code(given.store))
        case HolderKind.STAFF:
            return Holder(kind=given.to, staff_id=staff_of_number(given.staff))
        case HolderKind.BANK:
            return Holder(kind=given.to, party=given.bank)
        case HolderKind.CUSTOMER:
            return Holder(kind=given.to)
    raise Refusal("to-nobody", "请选择收件方", "say who is to have it", field="to")
