"""The responsibility map of a store: each stage of the work has exactly one accountable role, and one who holds it.

A map is published as a whole. A stage without a role, or with a role nobody holds there, keeps it from being published;
where the last holder leaves later, the vacancy shows until it is filled or the map is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Q

from chedai.org.access import in_force
from chedai.org.models import Responsibility, RoleGrant, Store
from chedai.org.permissions import Role, table
from chedai.org.stages import stages
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.work import record, service


@dataclass(frozen=True, slots=True)
class Duty:
    """One stage in a store: the role that is accountable ("" where none is yet), and how many people hold it there."""

    stage: str
    role: Role
    holders: int

    @property
    def is_vacant(self) -> bool:
        """Nobody answers for it."""
        return not self.holders


def responsibility_map(store_id: int, on: date) -> list[Duty]:
    """The map in force in a store on a day, stage by stage."""
    rows = Responsibility.objects.filter(in_force(on), store_id=store_id).order_by("version")
    roles = dict(rows.values_list("stage", "role"))
    held = holders_in(store_id, on)
    return [Duty(stage, roles.get(stage, ""), held.get(roles.get(stage, ""), 0)) for stage in stages()]


def holders_in(store_id: int, on: date) -> dict[Role, int]:
    """How many people hold each role in a store on a day."""
    here = Q(store=None) | Q(store_id=store_id)
    present = Q(staff__left_on=None) | Q(staff__left_on__gt=on)
    grants = RoleGrant.objects.filter(in_force(on), here, present, staff__user__is_active=True)
    people: dict[Role, set[int]] = {}
    for role, staff_id in grants.values_list("role", "staff_id"):
        people.setdefault(role, set()).add(staff_id)
    return {role: len(who) for role, who in people.items()}


def version_of(store_id: int) -> int:
    """The number of the newest map of a store; 0 where there is none."""
    newest: int | None = Responsibility.objects.filter(store_id=store_id).aggregate(n=Max("version"))["n"]
    return newest or 0


@service
def responsibility_publish(*, store_id: int, roles: Mapping[str, Role], version: int, actor: Actor) -> int:
    """Publish the map of a store in the place of the one numbered `version`; the number of the new one.

    Errors: `Refusals`, one for each stage without a role or with one nobody holds; `Conflict` where somebody else has
    published in the meantime.
    """
    store = Store.objects.select_for_update(no_key=True).filter(pk=store_id, is_open=True).first()
    if store is None:
        raise NotFound("no-such-store", "没有这家门店", "there is no such store")
    if version_of(store_id) != version:
        raise Conflict("map-changed", "职责表已被别人更新", "somebody else has published a map")
    today = clock.business_date()
    faults = list(_faults(roles, holders_in(store_id, today)))
    if faults:
        raise Refusals(faults)
    Responsibility.objects.filter(store=store, until=None).update(until=today - timedelta(days=1))
    Responsibility.objects.bulk_create(
        Responsibility(store=store, version=version + 1, stage=stage, role=role, since=today, published_by_id=actor.ref)
        for stage, role in roles.items()
    )
    facts: dict[str, Scalar] = {"version": version + 1, **roles}
    record(actor=actor, action="responsibility.published", subject=f"store:{store_id}", facts=facts)
    return version + 1


def _faults(roles: Mapping[str, Role], held: Mapping[Role, int]) -> Iterable[Refusal]:
    for stage, words in stages().items():
        role = roles.get(stage, "")
        if role not in table().roles:
            zh, en = f"“{words.zh}”没有负责角色", f"nobody is accountable for {words.en}"
            yield Refusal("stage-unassigned", zh, en, field=stage)
        elif not held.get(role):
            name = table().roles[role]
            zh = f"“{words.zh}”的负责角色{name.zh}在本店无人担任"
            en = f"nobody holds {name.en} here, who is accountable for {words.en}"
            yield Refusal("stage-vacant", zh, en, field=stage)
    for stage in roles.keys() - stages().keys():
        yield Refusal("no-such-stage", f"没有这个环节：{stage}", f"there is no such stage: {stage}")
