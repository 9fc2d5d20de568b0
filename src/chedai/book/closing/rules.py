"""Deciding at the end of a loan: what is given back, when it may be closed, how long it took. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Final

from chedai.book.closing.states import CLOSURE_MOVES, ITEM_MOVES, ClosingItem, ClosingItemState, ClosureState
from chedai.deals.collateral.states import ItemKind
from chedai.engine.money import yuan_grouped
from chedai.platform.errors import Conflict, Refusal

WORDS: Final = {
    ClosingItem.CERTIFICATE: ("结清证明", "settlement certificate"),
    ClosingItem.LIEN: ("解除抵押", "release of the lien"),
    ClosingItem.GPS: ("拆除定位装置", "removal of the device"),
    ClosingItem.PAPERS: ("归还绿本、钥匙、资料", "return of green book, keys and papers"),
}


def owed(held: Collection[str] | None) -> tuple[ClosingItem, ...]:
    """What is given back. `held` is what was taken (`lien`, `gps`); None where nobody knows: then all is asked."""
    if held is None:
        return tuple(ClosingItem)
    kept = {ClosingItem.LIEN: "lien", ClosingItem.GPS: "gps"}
    return tuple(one for one in ClosingItem if one not in kept or kept[one] in held)


def to_secure(given_back: Collection[ClosingItem]) -> tuple[ItemKind, ...]:
    """What must be had of the car again where these were given back although the loan lives."""
    again = {ClosingItem.LIEN: ItemKind.LIEN, ClosingItem.PAPERS: ItemKind.GREEN_BOOK, ClosingItem.GPS: ItemKind.GPS}
    return tuple(kind for item, kind in again.items() if item in given_back)


def item_move(state: ClosingItemState, act: str) -> ClosingItemState:
    """The state after an act. Errors: `Conflict` where it has a result already."""
    to = ITEM_MOVES.get((state, act))
    if to is None:
        raise Conflict("item-state", "该事项已有结果", "this has been settled already")
    return to


def closure_move(state: ClosureState, act: str) -> ClosureState:
    """The state after an act. Errors: `Conflict` where the table knows no such move."""
    to = CLOSURE_MOVES.get((state, act))
    if to is None:
        raise Conflict("closure-state", "结清手续当前状态不能办理", "the state of the closure does not allow this")
    return to


def refuse_open(waiting: Sequence[ClosingItem]) -> None:
    """Errors: `Conflict` that names every item still open."""
    if waiting:
        zh = "、".join(WORDS[one][0] for one in waiting)
        en = ", ".join(WORDS[one][1] for one in waiting)
        raise Conflict("items-open", f"还有未办完的事项：{zh}", f"still open: {en}")


def refuse_kept(labels: Sequence[str]) -> None:
    """Errors: `Conflict` that names what of the customer's the house still keeps."""
    if labels:
        told = "、".join(labels)
        raise Conflict("papers-kept", f"{told} 还未归还客户", f"not given back yet: {told}")


def refuse_credit(credit: int) -> None:
    """Errors: `Conflict` where money of the customer is held."""
    if credit:
        told = yuan_grouped(credit)
        raise Conflict("credit-held", f"账户余款 {told} 元还未退还", f"{told} yuan is held for the customer")


def refuse_done(kind: ClosingItem, reference: str, done_on: date, settled_on: date, today: date, *, own: bool) -> None:
    """Errors: `Refusal` for what proves nothing; `Conflict` for our own certificate, which is issued."""
    if own and kind is ClosingItem.CERTIFICATE:
        raise Conflict("certificate-issued", "结清证明请点“开具”", "a certificate is issued, not ticked off")
    if not reference.strip():
        raise Refusal("reference-missing", "请填写凭证号或签收人", "say what proves it", field="reference")
    if not settled_on <= done_on <= today:
        zh, en = f"办理日期须在 {settled_on} 与 {today} 之间", f"the day lies between {settled_on} and {today}"
        raise Refusal("day-outside", zh, en, field="done_on")


def refuse_until(until: date, today: date, most: int) -> None:
    """Errors: `Refusal` for a link that is over already, or holds longer than the policy allows."""
    last = today + timedelta(days=most)
    if not today < until <= last:
        zh, en = f"有效至须在明天与 {last} 之间", f"it ends between tomorrow and {last}"
        raise Refusal("link-days", zh, en, field="until")


def refuse_settle_day(on: date, today: date, most: int) -> None:
    """Errors: `Refusal` for a day that is gone, or too far ahead to be quoted."""
    last = today + timedelta(days=most)
    if not today <= on <= last:
        zh, en = f"结清日须在 {today} 与 {last} 之间", f"the day of settlement lies between {today} and {last}"
        raise Refusal("day-outside", zh, en, field="on")


def days_to_release(ended: Iterable[tuple[date, date]]) -> float | None:
    """The median of days from settling to the released lien (解押天数); None where nothing was released yet."""
    days = [(released - settled).days for settled, released in ended]
    return float(median(days)) if days else None
