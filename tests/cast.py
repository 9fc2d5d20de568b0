"""A fixed cast of staff for the tests: two stores, a person for each role, and one who has no rights at all."""

from __future__ import annotations

from datetime import date

from chedai.org.models import RoleGrant, Staff, Store
from chedai.platform.accounts.models import User
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.clock import now

JOINED = date(2025, 3, 1)


def store(code: str = "A1", name: str = "城东店") -> Store:
    return Store.objects.get_or_create(code=code, defaults={"name": name})[0]


def person(username: str, name: str, home: Store, *roles: str, everywhere: bool = False) -> Staff:
    """Somebody of the house, with `roles` in their store, or in all."""
    user = User.objects.create(username=username, display_name=name, created_at=now())
    staff = Staff.objects.create(user=user, number=f"N{user.pk:03}", home=home, joined_on=JOINED)
    for role in roles:
        RoleGrant.objects.create(staff=staff, role=role, store=None if everywhere else home, since=JOINED)
    return staff


def acting(staff: Staff) -> Actor:
    """The person as actor."""
    return Actor(ActorKind.PERSON, staff.user_id, staff.user.display_name)
