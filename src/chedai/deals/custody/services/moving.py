"""Entering a thing, giving it to somebody, and their taking it over. Every step is a movement and a new position."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from chedai.catalog.partners.selectors import lender_of
from chedai.deals.collateral.events import GreenBookBack
from chedai.deals.collateral.selectors import item_read
from chedai.deals.custody import rules, selectors
from chedai.deals.custody.models import CustodyItem, CustodyProof, Holding, Movement
from chedai.deals.custody.rules import Courier, Holder, Mover, Place
from chedai.deals.custody.states import CustodyKind, HolderKind, MoveAct
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.states import DealState
from chedai.org.access import access_of
from chedai.org.selectors import staff_of, store_read
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

ACTOR: Final = system("custody")
KEEP: Final = "custody.keep"
TRANSIT_DAYS: Final = "paper.custody_transit_days"
"""The policy that says within how many days a thing that was given is taken over."""


@service
def custody_enter(*, deal_id: int, kind: CustodyKind, number: str, shelf: str, actor: Actor) -> Holding:
    """Take a thing in: with a `shelf` into the safe of the deal's store, by its keeper; without one the actor holds it.

    Errors: `Refusal` for the number a green book must have; `Conflict` where the actor keeps no such safe.
    """
    deal, by = deal_lock(deal_id), mover_of(actor)
    if kind is CustodyKind.GREEN_BOOK and not number.strip():
        raise Refusal("number-missing", "请填写登记证书编号", "give the number of the certificate", field="number")
    if shelf.strip():
        if not by.keeper_of(deal.store_id):
            raise Conflict("not-keeper", "须由该门店的库管员入库", "the keeper of that safe does this")
        holder = Holder(kind=HolderKind.SAFE, store_id=deal.store_id)
    else:
        holder = Holder(kind=HolderKind.STAFF, staff_id=by.staff_id)
    return _enter(deal, kind, number, Place(holder=holder, shelf=shelf.strip()), actor)


@service
def custody_enter_on_green_book(event: GreenBookBack) -> None:
    """The green book came back: whoever brought it holds it until the keeper of the safe takes it over.

    One that went to its customer for good and comes back comes in anew.
    """
    deal, item = deal_lock(event.deal_id), item_read(event.item_id)
    number = item.reference.in_full() if item.reference else ""
    held = [one.item for one in selectors.kept_of(deal.pk) if one.item.kind == CustodyKind.GREEN_BOOK]
    if any(one.number is not None and one.number.in_full() == number for one in held):
        return
    person = staff_of(event.actor.ref) if event.actor.kind is ActorKind.PERSON else None
    holder = Holder(kind=HolderKind.STAFF, staff_id=person or deal.officer_id)
    due = clock.business_date() + timedelta(days=transit_days())
    _enter(deal, CustodyKind.GREEN_BOOK, number, Place(holder=holder, due_on=due, back_by=due), event.actor)


@service
def custody_send(
    *, label: str, to: Holder, seen: int, actor: Actor, courier: Courier | None = None, back_by: date | None = None
) -> Holding:
    """Give a thing to somebody, by hand or by courier; it waits for their receipt. `seen` is the step the actor saw.

    Errors: `Conflict` where somebody moved it meanwhile, a count misses it, or as `rules.send`; `Refusal` at its field.
    """
    holding, by = _locked(label, seen), mover_of(actor)
    _refuse_stranger(to)
    today = clock.business_date()
    place = rules.send(
        selectors.place_of(holding),
        to,
        courier,
        by=by,
        answers=holding.answers_id,
        arrive_by=today + timedelta(days=transit_days()),
        back_by=back_by,
    )
    return put(holding, place, MoveAct.SEND, actor)


@service
def custody_receive(*, label: str, seen: int, actor: Actor, shelf: str = "", proof: str = "") -> Holding:
    """Take a thing over, or back into the safe. Errors: as `rules.receive`; `Conflict` where it moved meanwhile."""
    holding = _locked(label, seen)
    place = rules.receive(
        selectors.place_of(holding),
        by=mover_of(actor),
        giver=_giver(holding),
        answers=holding.answers_id,
        shelf=shelf,
        proof=proof,
    )
    return put(holding, place, MoveAct.RECEIVE, actor, proof)


@service
def custody_recall(*, label: str, seen: int, actor: Actor, shelf: str = "") -> Holding:
    """Nobody took it over: it stays where it was. Errors: as `rules.recall`; `Conflict` where it moved meanwhile."""
    holding = _locked(label, seen)
    place = rules.recall(
        selectors.place_of(holding),
        by=mover_of(actor),
        giver=_giver(holding),
        answers=holding.answers_id,
        shelf=shelf,
    )
    return put(holding, place, MoveAct.RECALL, actor)


@service
def custody_release(*, deal_id: int, proof: str, actor: Actor) -> int:
    """Everything of the customer's goes back to them for good, signed for by `proof`; how many things.

    Called where a loan ends. Errors: `Conflict` that names what is on its way or missing: then nothing goes.
    """
    if lost := selectors.missing_of(deal_id):
        told = "、".join(lost)
        raise Conflict("missing-open", f"{told} 盘亏未结", f"{told} is missing")
    selectors.holdings_lock(deal_id)
    kept = selectors.kept_of(deal_id)
    for one in kept:
        put(one, rules.release(selectors.place_of(one), one.item.label), MoveAct.RELEASE, actor, proof)
    return len(kept)


@service
def custody_return(*, deal_id: int, proof: str, actor: Actor) -> int:
    """A deal that was lost gives everything back. Errors: `Conflict` while it lives; as `custody_release`."""
    if deal_lock(deal_id).state != DealState.LOST:
        zh, en = "贷款未结清的案卷不能归还权证", "a deal that lives keeps its papers until its loan is settled"
        raise Conflict("deal-lives", zh, en)
    if not proof.strip():
        raise Refusal("proof-missing", "请填写签收人", "say who signed for it", field="proof")
    return custody_release(deal_id=deal_id, proof=proof, actor=actor)


def mover_of(actor: Actor) -> Mover:
    """Who acts, with the safes they keep; the house itself keeps all."""
    if actor.kind is not ActorKind.PERSON:
        return Mover(None, None)
    return Mover(staff_of(actor.ref), access_of(actor.ref).stores(KEEP))


def transit_days() -> int:
    """Within how many days what was given is taken over."""
    return book_in_force().in_force(TRANSIT_DAYS, clock.business_date()).number


def put(holding: Holding, place: Place, act: MoveAct, actor: Actor, proof: str = "") -> Holding:
    """Write where a thing is now, and the movement that brought it there. Into a safe, its store answers for it."""
    columns = _columns(place) | {"seq": holding.seq + 1, "by_id": _user(actor), "at": clock.now()}
    for name, value in columns.items():
        setattr(holding, name, value)
    if place.holder.store_id is not None:
        holding.answers_id = place.holder.store_id
    holding.save()
    moved = Movement.objects.create(item_id=holding.item_id, act=act, **columns)
    if proof.strip():
        CustodyProof.objects.create(movement=moved, text=proof.strip())
    _note(holding.item, place, act, actor)
    return holding


def _enter(deal: Deal, kind: CustodyKind, number: str, place: Place, actor: Actor) -> Holding:
    nth = CustodyItem.objects.filter(deal=deal, kind=kind).count() + 1
    item = CustodyItem.objects.create(
        deal=deal,
        kind=kind,
        label=rules.label_of(deal.number, kind, nth),
        number=number.strip(),
        entered_at=clock.now(),
    )
    columns = _columns(place) | {"seq": 1, "by_id": _user(actor), "at": item.entered_at}
    Movement.objects.create(item=item, act=MoveAct.ENTER, **columns)
    holding = Holding.objects.create(item=item, answers_id=deal.store_id, **columns)
    _note(item, place, MoveAct.ENTER, actor)
    return holding


def _columns(place: Place) -> dict[str, Any]:
    holder, to = place.holder, place.next
    return {
        "holder": holder.kind,
        "staff_id": holder.staff_id,
        "store_id": holder.store_id,
        "party": holder.party,
        "waybill": place.waybill,
        "shelf": place.shelf,
        "next_holder": to.kind if to else "",
        "next_staff_id": to.staff_id if to else None,
        "next_store_id": to.store_id if to else None,
        "next_party": to.party if to else "",
        "due_on": place.due_on,
        "back_by": place.back_by,
    }


def _note(item: CustodyItem, place: Place, act: MoveAct, actor: Actor) -> None:
    facts: dict[str, Scalar] = {"item": item.label, "holder": place.holder.kind.value}
    if place.next is not None:
        facts["to"] = place.next.kind.value
    if place.due_on is not None:
        facts["due"] = place.due_on.isoformat()
    record(actor=actor, action=f"custody.{act}", subject=f"deal:{item.deal_id}", facts=facts)


def _locked(label: str, seen: int) -> Holding:
    holding = selectors.holding_lock(label)
    if holding.seq != seen:
        raise Conflict("moved-meanwhile", "该件刚被他人移动，请重新查看", "somebody moved it meanwhile; look again")
    if selectors.is_missing(holding.item_id):
        raise Conflict("missing-open", "该件盘亏未结，请先在盘点中登记找到", "a count misses it: settle that first")
    return holding


def _refuse_stranger(to: Holder) -> None:
    """Errors: `Refusal` for somebody who left, `NotFound` for a bank or a store there is none of."""
    if to.kind is HolderKind.BANK:
        lender_of(to.party)
    elif to.kind is HolderKind.SAFE:
        store_read(to.store_id or 0)
    elif to.kind is HolderKind.STAFF and not selectors.works_here(to.staff_id):
        raise Refusal("no-such-staff", "没有这名在职员工", "nobody of that name works here", field="to")
    elif to.kind in (HolderKind.COURIER, HolderKind.GONE):
        raise Refusal("to-nobody", "请选择收件方", "say who is to have it", field="to")


def _giver(holding: Holding) -> int | None:
    return staff_of(holding.by_id) if holding.by_id is not None else None


def _user(actor: Actor) -> int | None:
    return actor.ref if actor.kind is ActorKind.PERSON else None
