"""Deciding where a thing goes: exactly one holds it, and it is with the next only when they say so. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from chedai.deals.custody.states import LETTERS, CustodyKind, HolderKind
from chedai.platform.errors import Conflict, Refusal

LABEL: Final = re.compile(r"[A-Z0-9-]{1,20}-\d{6}-\d{4,6}-[GKICO]\d{1,3}")
BACK_ASKED: Final = frozenset({HolderKind.STAFF, HolderKind.CUSTOMER})
"""Whoever takes a thing for a time says until when. A bank may keep it for the life of its loan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who can hold a thing: a safe has its store, a person their number, a bank its code."""

    kind: HolderKind
    store_id: int | None = None
    staff_id: int | None = None
    party: str = ""


@dataclass(frozen=True, slots=True)
class Courier:
    """Who carries it, and the number of the waybill."""

    company: str
    waybill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a thing is. `next` is to take it over; until then `holder` has it: who gave it, or the courier.

    `due_on` is when it should be taken over, or be back; `back_by` when it should be back once it is taken over.
    """

    holder: Holder
    shelf: str = ""
    waybill: str = ""
    next: Holder | None = None
    due_on: date | None = None
    back_by: date | None = None


@dataclass(frozen=True, slots=True)
class Mover:
    """Who acts: their number as staff, and the safes (stores) they keep; None means every safe."""

    staff_id: int | None
    keeps: frozenset[int] | None

    def keeper_of(self, store_id: int | None) -> bool:
        """Whether they keep the safe of a store."""
        return self.keeps is None or store_id in self.keeps


def label_of(deal_number: str, kind: CustodyKind, nth: int) -> str:
    """The label that is stuck on a thing: the deal, a letter for what it is, and which of them."""
    return f"{deal_number.upper()}-{LETTERS[kind]}{nth}"


def send(
    at: Place, to: Holder, courier: Courier | None, *, by: Mover, answers: int, arrive_by: date, back_by: date | None
) -> Place:
    """Give a thing to somebody: it waits for them until `arrive_by`, with who gives it or with a courier.

    `answers` is the store that answers for it. Errors: `Conflict` where it is on its way or gone, or the actor does
    not hold it; `Refusal` at its field.
    """
    if at.next is not None:
        raise Conflict("on-its-way", "该件在途，签收或撤回后才能再交出", "it is on its way: receive or recall it first")
    if at.holder.kind is HolderKind.GONE:
        raise Conflict("written-off", "该件已核销", "it was written off")
    _refuse_giver(at, by, answers)
    if to == at.holder:
        raise Refusal("same-holder", "该件已在对方手中", "they hold it already", field="to")
    if to.kind in BACK_ASKED and back_by is None:
        raise Refusal("back-missing", "请填写预计归还日", "say until when", field="back_by")
    if back_by is not None and back_by < arrive_by:
        zh, en = f"预计归还日不得早于 {arrive_by}", f"it is not back before {arrive_by}"
        raise Refusal("back-early", zh, en, field="back_by")
    back = back_by if to.kind is not HolderKind.SAFE else None
    if courier is None:
        return replace(at, next=to, due_on=arrive_by, back_by=back)
    _refuse_courier(courier)
    carrying = Holder(kind=HolderKind.COURIER, party=courier.company.strip())
    return Place(holder=carrying, waybill=courier.waybill.strip(), next=to, due_on=arrive_by, back_by=back)


def receive(at: Place, *, by: Mover, giver: int | None, answers: int, shelf: str, proof: str) -> Place:
    """Take a thing over. A member of staff does it themselves, a safe its keeper; a bank and a customer by `proof`.

    Without anybody waiting for it, a keeper takes back what staff, a bank or the customer brings.
    `giver` is the staff who gave it. Errors: `Conflict` where it is not theirs to take; `Refusal` at its field.
    """
    to = at.next
    if to is None:
        if at.holder.kind is HolderKind.SAFE:
            raise Conflict("in-the-safe", "该件已在库", "it is in the safe")
        to = Holder(kind=HolderKind.SAFE, store_id=answers)
        giver = at.holder.staff_id
    if to.kind is HolderKind.STAFF:
        if to.staff_id != by.staff_id:
            raise Conflict("not-yours", "须由收件人本人签收", "who it is for takes it over")
        return Place(holder=to, due_on=at.back_by, back_by=at.back_by)
    if to.kind is HolderKind.SAFE:
        _refuse_keeper(by, to.store_id)
        if giver is not None and giver == by.staff_id:
            raise Conflict("own-receipt", "交件人不能自己签收入库", "who gives it does not receive it")
        _refuse_shelf(shelf)
        return Place(holder=to, shelf=shelf.strip())
    if not proof.strip():
        raise Refusal("proof-missing", "请填写回执号或签收人", "say who signed for it", field="proof")
    return Place(holder=to, due_on=at.back_by, back_by=at.back_by)


def recall(at: Place, *, by: Mover, giver: int | None, answers: int, shelf: str) -> Place:
    """What was not taken over stays with who gave it; what a courier brings back goes into the safe that answers.

    Errors: `Conflict` where nothing is on its way, or it is not the actor's to recall; `Refusal` at its field.
    """
    if at.next is None:
        raise Conflict("not-on-its-way", "该件不在途", "it is not on its way")
    if at.holder.kind is HolderKind.COURIER:
        _refuse_keeper(by, answers)
        _refuse_shelf(shelf)
        return Place(holder=Holder(kind=HolderKind.SAFE, store_id=answers), shelf=shelf.strip())
    if giver != by.staff_id:
        _refuse_keeper(by, answers)
    return replace(at, next=None, due_on=None, back_by=None)


def release(at: Place, label: str) -> Place:
    """To the customer, for good. Errors: `Conflict` that names what is not at hand."""
    if at.next is not None:
        raise Conflict("on-its-way", f"{label} 在途，尚未签收", f"{label} is on its way")
    return Place(holder=Holder(kind=HolderKind.CUSTOMER))


def is_released(at: Place) -> bool:
    """Whether the customer has it for good: nothing says that it comes back."""
    return at.holder.kind is HolderKind.CUSTOMER and at.next is None and at.back_by is None


def compare(held: Collection[str], ticked: Iterable[str], moved: Collection[str]) -> tuple[list[str], list[str]]:
    """What is missing and what is unexpected, by label. What moved since the count began is neither."""
    seen = set(ticked)
    missing = sorted(label for label in held if label not in seen and label not in moved)
    return missing, sorted(label for label in seen if label not in held and label not in moved)


def refuse_label(label: str) -> str:
    """A label as it stands on the thing. Errors: `Refusal` for what is none, which is kept nowhere."""
    found = label.strip().upper()
    if not LABEL.fullmatch(found):
        raise Refusal("no-label", "这不是权证编号", "this is no label", field="label")
    return found


def refuse_settling(kind_missing: bool, write_off: bool, reason: str, own_count: bool) -> None:
    """Errors: `Refusal` without a reason; `Conflict` where who counted writes off, or there is nothing to write off."""
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    if write_off and not kind_missing:
        raise Conflict("nothing-missing", "盘盈件不能核销，请说明来源", "what is there is not written off")
    if write_off and own_count:
        raise Conflict("own-count", "盘点人不能核销本次盘亏，须另一人办理", "who counted does not write it off")


def _refuse_giver(at: Place, by: Mover, answers: int) -> None:
    if at.holder.kind is HolderKind.STAFF:
        if at.holder.staff_id != by.staff_id:
            raise Conflict("not-holder", "须由保管人本人交出", "who holds it gives it")
        return
    _refuse_keeper(by, at.holder.store_id or answers)


def _refuse_keeper(by: Mover, store_id: int | None) -> None:
    if not by.keeper_of(store_id):
        raise Conflict("not-keeper", "须由该门店的库管员办理", "the keeper of that safe does this")


def _refuse_shelf(shelf: str) -> None:
    if not shelf.strip():
        raise Refusal("shelf-missing", "请填写库位", "say where in the safe", field="shelf")


def _refuse_courier(courier: Courier) -> None:
    if not courier.company.strip() or not courier.waybill.strip():
        raise Refusal("waybill-missing", "请填写快递公司与运单号", "give the courier and the waybill", field="waybill")
