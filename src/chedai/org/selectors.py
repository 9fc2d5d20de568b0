"""Reading the house."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet

from chedai.org.handover import belongings
from chedai.org.models import AuthorityLimit, RoleGrant, Staff, Store
from chedai.platform.errors import NotFound


def staff_lock(staff_id: int) -> Staff:
    """The member of staff, locked until the transaction ends. Errors: `NotFound`."""
    found = Staff.objects.select_for_update(no_key=True).filter(pk=staff_id).first()
    if found is None:
        raise NotFound("no-such-staff", "没有这名员工", "there is no such member of staff")
    return found


def store_lock(store_id: int) -> Store:
    """The open store, locked until the transaction ends. Errors: `NotFound`."""
    found = Store.objects.select_for_update(no_key=True).filter(pk=store_id, is_open=True).first()
    if found is None:
        raise NotFound("no-such-store", "没有这家门店", "there is no such store")
    return found


def staff_seen(records: Q) -> QuerySet[Staff]:
    """The staff that `records` (from `Access.records`) leaves to see, with what a list shows."""
    return Staff.objects.filter(records).select_related("user", "home", "team").prefetch_related("grants__store")


def team_of(staff_id: int) -> int | None:
    """The number of the team a person is in."""
    return Staff.objects.filter(pk=staff_id).values_list("team_id", flat=True).first()


def home_of(staff_id: int) -> int:
    """The number of the store a person belongs to. Errors: `NotFound`."""
    home = Staff.objects.filter(pk=staff_id).values_list("home_id", flat=True).first()
    if home is None:
        raise NotFound("no-such-staff", "没有这名员工", "there is no such member of staff")
    return home


def store_read(store_id: int) -> Store:
    """A store. Errors: `NotFound`."""
    found = Store.objects.filter(pk=store_id).first()
    if found is None:
        raise NotFound("no-such-store", "没有这家门店", "there is no such store")
    return found


def stores_listed() -> QuerySet[Store]:
    """Every store with how many people belong to it (`people`)."""
    return Store.objects.annotate(people=Count("staff", filter=Q(staff__left_on=None)))


def open_stores() -> list[tuple[int, str]]:
    """Number and name of every open store."""
    return list(Store.objects.filter(is_open=True).values_list("pk", "name"))


def staff_in(store_id: int) -> list[tuple[int, str]]:
    """Number and name of everybody who works in a store, by name."""
    here = Staff.objects.filter(home_id=store_id, left_on=None, user__is_active=True)
    return list(here.order_by("user__display_name").values_list("pk", "user__display_name"))


def store_of_code(code: str) -> int:
    """The number of the open store with a code. Errors: `NotFound`."""
    found = Store.objects.filter(code__iexact=code.strip(), is_open=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("no-such-store", f"没有编号为 {code} 的门店", f"there is no store {code}")
    return found


def stores_of_codes(codes: Iterable[str]) -> dict[str, int]:
    """The numbers of open stores by their codes in small letters; a code nobody has is missing. One query."""
    wanted = {code.strip().lower() for code in codes}
    known = Store.objects.filter(is_open=True).values_list("code", "pk")
    return {code.lower(): pk for code, pk in known if code.lower() in wanted}


def staff_found(records: Q, staff_id: int) -> Staff:
    """One member of staff of those that `records` leaves to see. Errors: `NotFound`."""
    found = staff_seen(records).filter(pk=staff_id).first()
    if found is None:
        raise NotFound("no-such-staff", "没有这名员工", "there is no such member of staff")
    return found


def grants_of(staff_id: int) -> QuerySet[RoleGrant]:
    """Every role a person holds or held, newest first."""
    return RoleGrant.objects.filter(staff_id=staff_id).select_related("store").order_by("-since", "-pk")


def grant_found(grant_id: int) -> RoleGrant:
    """A grant that is in force. Errors: `NotFound`."""
    found = RoleGrant.objects.select_related("staff__user", "store").filter(pk=grant_id, until=None).first()
    if found is None:
        raise NotFound("role-not-held", "角色已收回", "the role is no longer held")
    return found


def staff_here(stores: frozenset[int] | None, on: date) -> QuerySet[Staff]:
    """Who works in some stores (None: in all) on a day."""
    here = Staff.objects.filter(Q(left_on=None) | Q(left_on__gt=on)).select_related("user", "home")
    return here if stores is None else here.filter(home__in=stores)


def limits_seen(stores: frozenset[int] | None) -> QuerySet[AuthorityLimit]:
    """The limits of authority that hold in some stores (None: in all)."""
    found = AuthorityLimit.objects.select_related("store", "staff__user")
    return found if stores is None else found.filter(Q(store=None) | Q(store__in=stores))


def belongings_of(staff_id: int) -> dict[str, int]:
    """How many things of each kind a person has."""
    return {kind: things.count(staff_id) for kind, things in belongings().items()}


def staff_of(user_id: int) -> int | None:
    """The number as staff of the person behind an account; None for an account of nobody."""
    return Staff.objects.filter(user_id=user_id).values_list("pk", flat=True).first()


def staff_of_number(number: str) -> int:
    """The member of staff with a number of the house. Errors: `NotFound`."""
    found = Staff.objects.filter(number=number.strip()).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound("no-such-staff", "没有这名员工", "there is no such member of staff")
    return found
