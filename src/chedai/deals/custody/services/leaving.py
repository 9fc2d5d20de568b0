"""Somebody leaves: what they hold waits for the colleague who takes over, who signs for each thing themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.db.models import Q, QuerySet

from chedai.deals.custody.models import Holding
from chedai.deals.custody.rules import Holder
from chedai.deals.custody.selectors import place_of
from chedai.deals.custody.services.moving import put, transit_days
from chedai.deals.custody.states import HolderKind, MoveAct
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.work import service


def custody_held(staff_id: int) -> int:
    """How many things somebody holds, or is to take over, that wait for nobody else."""
    return _theirs(staff_id).count()


@service
def custody_pass_on(staff_id: int, to_id: int, actor: Actor) -> int:
    """Let what somebody holds, or is to take over, wait for another person; how many things."""
    rows = _theirs(staff_id).select_for_update(no_key=True, of=("self",)).select_related("item").order_by("item_id")
    found, due = list(rows), clock.business_date() + timedelta(days=transit_days())
    for one in found:
        at = place_of(one)
        to = Holder(kind=HolderKind.STAFF, staff_id=to_id)
        put(one, replace(at, next=to, due_on=due, back_by=at.back_by or due), MoveAct.SEND, actor)
    return len(found)


def _theirs(staff_id: int) -> QuerySet[Holding]:
    return Holding.objects.filter(Q(staff_id=staff_id, next_holder="") | Q(next_staff_id=staff_id))
