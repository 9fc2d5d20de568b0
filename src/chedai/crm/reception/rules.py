"""Deciding at reception: who is next, who has waited too long, what a lead is worth, when it goes to the pool. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.rules import Identity, identity_refusals
from chedai.crm.reception.states import VISIT_MOVES, Purpose, Source, VisitState
from chedai.platform.errors import Conflict, Refusal

_FILE: Final = "standards.toml"


@dataclass(frozen=True, slots=True)
class Standards:
    """The standards of the house; `points` by source, `passes` is the score from which a lead passed the screening."""

    version: str
    wait_alert: timedelta
    first_response: timedelta
    pool_idle_days: int
    longest_next_contact_days: int
    points: MappingProxyType[Source, int]
    named_car: int
    finance_asked: int
    appointment: int
    passes: int


@cache
def standards() -> Standards:
    """The standards shipped with the product."""
    return read(tomllib.loads(files("chedai.crm.reception").joinpath(_FILE).read_text("utf-8")))


def read(document: dict[str, Any]) -> Standards:
    """Standards from their document."""
    points = document["points"]
    return Standards(
        version=document["version"],
        wait_alert=timedelta(minutes=document["wait_alert_minutes"]),
        first_response=timedelta(minutes=document["first_response_minutes"]),
        pool_idle_days=document["pool_idle_days"],
        longest_next_contact_days=document["longest_next_contact_days"],
        points=MappingProxyType({Source(name): figure for name, figure in points["source"].items()}),
        named_car=points["named_car"],
        finance_asked=points["finance_asked"],
        appointment=points["appointment"],
        passes=points["passes"],
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the queue."""

    visit_id: int
    arrived_at: datetime
    booked_for: datetime | None = None


def in_order(queue: Sequence[Waiting], now: datetime) -> list[Waiting]:
    """The queue in the order it is served: who booked, from their time on; then by arrival."""
    due = [one for one in queue if one.booked_for is not None and one.booked_for <= now]
    rest = [one for one in queue if one not in due]
    by_booking = sorted(due, key=lambda one: (one.booked_for or one.arrived_at, one.visit_id))
    return [*by_booking, *sorted(rest, key=lambda one: (one.arrived_at, one.visit_id))]


def waited_too_long(arrived_at: datetime, now: datetime, table: Standards) -> bool:
    """Whether the alert shows."""
    return now - arrived_at > table.wait_alert


def visit_refusal(state: VisitState, to: VisitState) -> Conflict | None:
    """Why a visit may not go to a state."""
    if to in VISIT_MOVES[state]:
        return None
    zh, en = "这位客户已不在等候" if to is VisitState.SERVED else "这次到店已结束", "this visit has moved on already"
    return Conflict("visit-moved-on", zh, en)


def score(source: Source, *, named_car: bool, purpose: Purpose | None, appointment: bool, table: Standards) -> int:
    """What a lead is worth by the screening rule: the points of everything that holds, added up."""
    total = table.points.get(source, 0)
    total += table.named_car if named_car else 0
    total += table.finance_asked if purpose is Purpose.FINANCE else 0
    return total + (table.appointment if appointment else 0)


def next_contact_refusal(next_on: date | None, today: date, table: Standards) -> Refusal | None:
    """Why a date is no date for the next contact: an open lead always has one, not before today, not beyond reach."""
    field = "next_contact_on"
    if next_on is None:
        return Refusal("next-contact-missing", "请选下次联系日期", "say when the next contact is", field=field)
    if next_on < today:
        return Refusal("next-contact-past", "下次联系日期不能早于今天", "the next contact cannot be past", field=field)
    if (next_on - today).days > table.longest_next_contact_days:
        days = table.longest_next_contact_days
        zh, en = f"下次联系最远 {days} 天内", f"the next contact must be within {days} days"
        return Refusal("next-contact-far", zh, en, field=field)
    return None


def booking_refusal(booked_for: datetime | None, now: datetime) -> Refusal | None:
    """Why somebody cannot have booked for this moment: within a day of it, or within a year ahead."""
    if booked_for is None or now - timedelta(days=1) <= booked_for <= now + timedelta(days=366):
        return None
    return Refusal("booked-for", "预约时间须在一年以内", "a booking is for within a year", field="booked_for")


def pool_since(today: date, table: Standards) -> date:
    """A lead whose last contact was on this day or before has been idle for too long."""
    return today - timedelta(days=table.pool_idle_days)


def contact_refusals(name: str, phone: str, *, phone_needed: bool = False) -> list[Refusal]:
    """What is wrong with how somebody is called and reached."""
    refused = []
    if not name.strip():
        refused.append(Refusal("name-missing", "请填写称呼", "say how they are called", field="name"))
    if phone_needed and not phone.strip():
        refused.append(Refusal("phone-missing", "请填写手机号", "give a telephone number", field="phone"))
    elif phone.strip():
        refused += identity_refusals(Identity(CustomerKind.PERSON, name.strip() or "-", "", phone), date.max)
    return refused


def negative_cost() -> Refusal:
    """A lead that would have brought money before anything was sold."""
    return Refusal("amount-negative", "金额不能为负", "an amount is not negative", field="cost")


def negative_amounts(asked: Mapping[str, int | None]) -> list[Refusal]:
    """The amounts that are below nothing, each at its field."""
    return [
        Refusal("amount-negative", "金额不能为负", "an amount is not negative", field=name)
        for name, fen in asked.items()
        if fen is not None and fen < 0
    ]
