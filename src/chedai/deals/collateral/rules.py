"""Deciding about the security: what is owed, until when, whether the insurance covers. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from chedai.deals.collateral.states import MOVES, Cover, ItemKind, ItemState
from chedai.engine.money import yuan_grouped
from chedai.platform.errors import Conflict, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a product and a car ask for. `lien_days` 0 is before the payout, None never."""

    lien_days: int | None
    gps: bool
    plated: bool
    plate_days: int
    green_book_days: int


@dataclass(frozen=True, slots=True)
class Owed:
    """One item to track: days after the payout, or before it."""

    kind: ItemKind
    days: int
    before_payout: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """One insurance policy: both days inclusive, sums in fen, whom it names as first beneficiary."""

    cover: Cover
    starts: date
    ends: date
    damage: int
    third_party: int
    beneficiary: str


@dataclass(frozen=True, slots=True)
class Least:
    """What insurance must at least be: sums in fen; the beneficiary is a lender's code, or nothing."""

    damage: int
    third_party: int
    beneficiary: str


def owed(asked: Asked) -> tuple[Owed, ...]:
    """Everything that is tracked of a deal, in the order in which it is done."""
    found = [Owed(ItemKind.COMPULSORY, 0, True), Owed(ItemKind.COMMERCIAL, 0, True)]
    if asked.gps:
        found.append(Owed(ItemKind.GPS, 0, True))
    if not asked.plated:
        found.append(Owed(ItemKind.PLATE, asked.plate_days, asked.lien_days == 0))
    if asked.lien_days is not None:
        found.append(Owed(ItemKind.LIEN, asked.lien_days, asked.lien_days == 0))
        found.append(Owed(ItemKind.GREEN_BOOK, max(asked.green_book_days, asked.lien_days), False))
    return tuple(found)


def move(state: ItemState, act: str) -> ItemState:
    """The state after `act`. Errors: `Conflict` where the table knows no such move."""
    to = MOVES.get((state, act))
    if to is None:
        raise Conflict("item-state", "该事项已有结果", "this has been settled already")
    return to


def days_left(due: date | None, on: date) -> int | None:
    """Days until it is due, below zero past it; None while its clock has not begun."""
    return None if due is None else (due - on).days


def covered_on(policies: Iterable[Policy], cover: Cover, on: date) -> Policy | None:
    """The policy of a cover that holds on a day; of several the one that ends last."""
    holding = [one for one in policies if one.cover is cover and one.starts <= on <= one.ends]
    return max(holding, key=lambda one: one.ends, default=None)


def gap_days(policies: Iterable[Policy], cover: Cover, since: date, until: date) -> int:
    """How many days from `since` to `until`, both inclusive, no policy of a cover holds (脱保天数)."""
    spans = sorted((one.starts, one.ends) for one in policies if one.cover is cover)
    open_from, missing = since, 0
    for starts, ends in spans:
        if ends < open_from:
            continue
        if starts > until:
            break
        missing += max((min(starts, until + timedelta(days=1)) - open_from).days, 0)
        open_from = max(open_from, ends + timedelta(days=1))
    return missing + max((until - open_from).days + 1, 0)


def shortfalls(policy: Policy, least: Least) -> list[Refusal]:
    """What a commercial policy lacks; a compulsory one has its sums from the law."""
    if policy.cover is Cover.COMPULSORY:
        return []
    found = []
    if policy.damage < least.damage:
        zh = f"车损险保额 {yuan_grouped(policy.damage)} 元低于要求 {yuan_grouped(least.damage)} 元"
        en = f"cover of damage {yuan_grouped(policy.damage)} is below {yuan_grouped(least.damage)} yuan"
        found.append(Refusal("damage-low", zh, en, field="damage"))
    if policy.third_party < least.third_party:
        held, wanted = yuan_grouped(policy.third_party), yuan_grouped(least.third_party)
        zh = f"第三者责任险保额 {held} 元低于要求 {wanted} 元"
        en = f"cover against third parties {held} is below {wanted} yuan"
        found.append(Refusal("third-party-low", zh, en, field="third_party"))
    if least.beneficiary and policy.beneficiary != least.beneficiary:
        zh, en = "商业险第一受益人不是贷款人", "the lender is not the first beneficiary"
        found.append(Refusal("no-first-beneficiary", zh, en, field="first_beneficiary"))
    return found


def refuse_policy(policy: Policy) -> None:
    """Errors: `Refusal` where a policy cannot be."""
    if policy.ends < policy.starts:
        raise Refusal("policy-days", "止期早于起期", "it ends before it starts", field="ends")
    if min(policy.damage, policy.third_party) < 0:
        raise Refusal("policy-sum", "保额不得为负", "a sum is not below zero", field="damage")
