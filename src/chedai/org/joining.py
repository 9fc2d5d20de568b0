"""Many people join at once, out of a workbook: the rules of one joining, asked of all of them in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chedai.org import rules
from chedai.org.models import RoleGrant, Staff
from chedai.org.permissions import Role, table
from chedai.org.rules import Holding
from chedai.platform.accounts.selectors import usernames_taken
from chedai.platform.accounts.services import Opening, accounts_open
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal
from chedai.platform.work import record, service


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who joins: number, name, name to sign in with, store, and the role they have there, if any."""

    number: str
    name: str
    username: str
    home_id: int
    role: Role | None = None
    email: str = ""


def joining_refusals(joining: Sequence[Joining]) -> list[Refusal | None]:
    """Why each of them cannot join; a number or a name that stands twice is the first one's."""
    numbers = set(Staff.objects.filter(number__in=[one.number for one in joining]).values_list("number", flat=True))
    names = usernames_taken(one.username for one in joining)
    found: list[Refusal | None] = []
    for one in joining:
        refused = _refusal(one, numbers, names)
        found.append(refused)
        if refused is None:
            numbers.add(one.number)
            names.add(one.username.strip().lower())
    return found


@service
def staff_join_many(*, joining: Sequence[Joining], joined_on: date, actor: Actor) -> list[Staff | Refusal]:
    """Open an account for each who may join, and give them their role: what came of each, in their order.

    On record is what is on record for one. Errors: `IntegrityError` where somebody takes a number or a name in this
    very moment; then nobody has joined.
    """
    refused = joining_refusals(joining)
    coming = [one for one, why in zip(joining, refused, strict=True) if why is None]
    users = accounts_open(opening=[Opening(one.username, one.name, one.email) for one in coming], actor=actor)
    people = [
        Staff(user=user, number=one.number, home_id=one.home_id, joined_on=joined_on)
        for user, one in zip(users, coming, strict=True)
    ]
    joined = iter(Staff.objects.bulk_create(people))
    _recorded(people, coming, joined_on, actor)
    return [next(joined) if why is None else why for why in refused]


def _recorded(people: Sequence[Staff], coming: Sequence[Joining], joined_on: date, actor: Actor) -> None:
    grants = []
    for staff, one in zip(people, coming, strict=True):
        subject = f"staff:{staff.pk}"
        facts: dict[str, str | int] = {"number": one.number, "store": one.home_id}
        record(actor=actor, action="staff.joined", subject=subject, facts=facts)
        if one.role is not None:
            grants.append(RoleGrant(staff=staff, role=one.role, store_id=one.home_id, since=joined_on))
            of_role: dict[str, str | int] = {"role": one.role, "store": one.home_id}
            record(actor=actor, action="role.granted", subject=subject, facts=of_role)
    RoleGrant.objects.bulk_create(grants)


def _refusal(one: Joining, numbers: set[str], names: set[str]) -> Refusal | None:
    if one.number in numbers:
        return Refusal("staff-number", "工号已存在", "the staff number is taken", field="number")
    if one.username.strip().lower() in names:
        return Refusal("username-taken", "登录名已被使用", "the name is taken", field="username")
    return rules.grant_refusal(table(), [], Holding(one.role, one.home_id)) if one.role is not None else None
