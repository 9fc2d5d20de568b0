"""Deals from before the product, from an old 台账: the money of each is out, its file is closed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from django.db.models import ProtectedError

from chedai.deals.pipeline.models import Deal, StageEntry
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.states import DealState, Mode, Stage, Turn
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.inserting import Column, rows_write, rows_write_numbered
from chedai.platform.work import record, service

_NUMBER: Final = re.compile(r"[A-Za-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Past:
    """A deal as the old 台账 has it; `amount` in fen."""

    number: str
    vehicle: str
    amount: int
    opened_on: date
    funded_on: date


def past_refusals(past: Past, on: date) -> list[Refusal]:
    """Everything about it that cannot be, each at its field."""
    found = []
    if not _NUMBER.fullmatch(past.number):
        zh, en = "编号只用字母、数字和连字符", "a number is of letters, digits and hyphens"
        found.append(Refusal("number-signs", zh, en, field="number"))
    if past.amount <= 0:
        found.append(Refusal("amount-positive", "贷款金额须大于 0", "the loan is more than 0", field="amount"))
    if past.funded_on < past.opened_on:
        zh = f"放款日期 {past.funded_on} 早于进件日期 {past.opened_on}"
        en = f"paid out on {past.funded_on}, before it was opened on {past.opened_on}"
        found.append(Refusal("funded-early", zh, en, field="funded_on"))
    if past.funded_on > on:
        zh, en = f"放款日期 {past.funded_on} 晚于今天", f"paid out on {past.funded_on}, which is yet to come"
        found.append(Refusal("funded-late", zh, en, field="funded_on"))
    return found


@dataclass(frozen=True, slots=True)
class Bringing:
    """A deal of before with whose it was here: customer, store, officer, mode and lender."""

    past: Past
    customer_id: int
    store_id: int
    officer_id: int
    mode: Mode
    lender_code: str
    lender_name: str


@service
def deals_bring(*, bringing: Sequence[Bringing], actor: Actor) -> list[int]:
    """Keep deals of before under their old numbers: paid out, nothing owed. What they are numbered here, in order.

    Errors: `Refusals` where one of them cannot be; `IntegrityError` where a number is known. Then none is kept.
    """
    today = clock.business_date()
    refused = [why for one in bringing for why in past_refusals(one.past, today)]
    if refused:
        raise Refusals(refused)
    if not bringing:
        return []
    officers = [one.officer_id for one in bringing]
    funded = [_morning(one.past.funded_on) for one in bringing]
    numbers = rows_write_numbered(Deal, _deals(bringing, officers, funded))
    stays: dict[str, Column] = {
        "deal_id": numbers,
        "stage": Stage.COMPLETE.value,
        "owner_id": officers,
        "entered_at": funded,
        "left_at": funded,
    }
    rows_write(StageEntry, stays)
    for number, one in zip(numbers, bringing, strict=True):
        facts: dict[str, Scalar] = {
            "number": one.past.number,
            "store": one.store_id,
            "officer": one.officer_id,
            "amount": one.past.amount,
        }
        record(actor=actor, action="deal.brought", subject=f"deal:{number}", facts=facts)
    return numbers


def _deals(bringing: Sequence[Bringing], officers: list[int], funded: list[datetime]) -> dict[str, Column]:
    return {
        "number": [one.past.number for one in bringing],
        "mode": [one.mode.value for one in bringing],
        "store_id": [one.store_id for one in bringing],
        "officer_id": officers,
        "customer_id": [one.customer_id for one in bringing],
        "vehicle": [one.past.vehicle for one in bringing],
        "amount": [one.past.amount for one in bringing],
        "lender_code": [one.lender_code for one in bringing],
        "lender_name": [one.lender_name for one in bringing],
        "state": DealState.FUNDED.value,
        "stage": Stage.COMPLETE.value,
        "turn": Turn.NOBODY.value,
        "turn_since": funded,
        "owner_id": officers,
        "stage_since": funded,
        "opened_at": [_morning(one.past.opened_on) for one in bringing],
        "closed_at": funded,
    }


@service
def deal_take_back(*, deal_id: int, actor: Actor) -> None:
    """Take an entry of the old 台账 out again. Errors: `Conflict` where somebody has gone on with it."""
    deal = deal_lock(deal_id)
    number = deal.number
    try:
        deal.stages.all().delete()
        deal.delete()
    except ProtectedError:
        zh, en = "案卷已有后续业务，不能撤销", "work has gone on with this deal"
        raise Conflict("deal-used", zh, en) from None
    record(actor=actor, action="deal.taken_back", subject=f"deal:{deal_id}", facts={"number": number})


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), clock.SHANGHAI)
