"""Who may do what, where: grants of the day against the permission table.

Both doors and every service that needs a right ask here. The answer for one person is read in one query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from django.db.models import Q

from chedai.org.models import RoleGrant, Staff
from chedai.org.permissions import Permission, Reach, Role, table
from chedai.platform import clock
from chedai.platform.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for one store, or for all stores (None)."""

    role: Role
    store_id: int | None


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do today."""

    staff_id: int
    grants: tuple[Grant, ...]
    home: str = ""  # the name of the store they belong to

    def may(self, permission: Permission, *, store_id: int | None = None, owner_id: int | None = None) -> bool:
        """Whether the person holds `permission` on a record of `store_id` that `owner_id` is responsible for.

        Without a store the question is whether the person holds it anywhere: fit to show a menu, not to open a record.
        """
        for grant in self.grants:
            reach = table().reach_of(grant.role, permission)
            if reach is None:
                continue
            if store_id is None and owner_id is None:
                return True
            if grant.store_id not in (None, store_id) and store_id is not None:
                continue
            if reach is Reach.STORE or owner_id == self.staff_id:
                return True
        return False

    def require(self, permission: Permission, *, store_id: int | None = None, owner_id: int | None = None) -> None:
        """Errors: `NotAllowed`, naming the right that is missing."""
        if not self.may(permission, store_id=store_id, owner_id=owner_id):
            words = table().permissions[permission]
            raise NotAllowed("not-allowed", f"没有权限：{words.zh}", f"not allowed to {words.en}")

    def require_for(self, permission: Permission, store_id: int | None) -> None:
        """To act for a store, or with None for the whole group. Errors: `NotAllowed`."""
        stores = self.stores(permission)
        if stores is None or (store_id is not None and store_id in stores):
            return
        words = table().permissions[permission]
        where = ("集团", "the whole group") if store_id is None else ("该门店", "that store")
        raise NotAllowed("not-allowed", f"没有权限：{words.zh}({where[0]})", f"not allowed to {words.en}, {where[1]}")

    def stores(self, permission: Permission) -> frozenset[int] | None:
        """The stores whose every record the person may use it on; None means all stores."""
        reached = {g.store_id for g in self.grants if table().reach_of(g.role, permission) is Reach.STORE}
        return None if None in reached else frozenset(store for store in reached if store is not None)

    def records(self, permission: Permission, *, store: str = "store_id", owner: str = "owner_id") -> Q:
        """The filter that leaves of a list the records the person may use `permission` on."""
        seen = Q(pk__in=[])
        for grant in self.grants:
            reach = table().reach_of(grant.role, permission)
            if reach is None:
                continue
            part = Q() if grant.store_id is None else Q(**{store: grant.store_id})
            if reach is Reach.OWN:
                part &= Q(**{owner: self.staff_id})
            if not part:
                return Q()
            seen |= part
        return seen

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held, wherever."""
        return frozenset(grant.role for grant in self.grants)


NOBODY = Access(0, ())


def in_force(on: date) -> Q:
    """Grants and limits that hold on a day."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))


_COLUMNS: Final = ("pk", "home__name", "left_on", "grants__role", "grants__store_id", "grants__since", "grants__until")
_Row: TypeAlias = tuple[int, str, date | None, str | None, int | None, date | None, date | None]


def access_of(user_id: int) -> Access:
    """What the person behind the account may do on the business date; nothing for an account of nobody.

    Asked at every click: one narrow query, and the days are compared here.
    """
    rows = Staff.objects.filter(user_id=user_id, user__is_active=True).order_by().values_list(*_COLUMNS)
    return _access(rows, clock.business_date())


def _access(rows: Iterable[_Row], today: date) -> Access:
    staff_id, home, grants = 0, "", []
    for pk, home_name, left_on, role, store_id, since, until in rows:
        if left_on is not None and left_on <= today:
            return NOBODY
        staff_id, home = pk, home_name
        if role is not None and since is not None and since <= today and (until is None or until >= today):
            grants.append(Grant(role, store_id))
    return Access(staff_id, tuple(grants), home)


def holders(role: Role, on: date) -> Q:
    """Staff who hold `role` on a day, as a filter on `Staff`."""
    return Q(pk__in=RoleGrant.objects.filter(in_force(on), role=role).values("staff_id"))
