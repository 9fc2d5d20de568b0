"""Reading lenders and their agreements."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from chedai.catalog.partners.models import Agreement, Lender
from chedai.catalog.partners.rules import EXPIRING
from chedai.engine import compare
from chedai.platform.errors import NotFound


def lender_lock(lender_id: int) -> Lender:
    """A lender, locked until the transaction ends. Errors: `NotFound`."""
    found = Lender.objects.select_for_update(no_key=True).filter(pk=lender_id).first()
    if found is None:
        raise _no_lender()
    return found


def lender_of(code: str) -> Lender:
    """The lender of a code. Errors: `NotFound`."""
    found = Lender.objects.filter(code=code).first()
    if found is None:
        raise _no_lender()
    return found


def lender_known(code: str) -> bool:
    """Whether there is a lender of this code."""
    return Lender.objects.filter(code=code).exists()


def lenders() -> QuerySet[Lender]:
    """Every lender, by code."""
    return Lender.objects.order_by("code")


def agreements_valid(on: date) -> QuerySet[Agreement]:
    """The agreements that hold on a day."""
    return Agreement.objects.filter(starts__lte=on, ends__gte=on)


def in_agreement(on: date, lender: str = "pk") -> Q:
    """The filter that leaves what belongs to a lender with an agreement that holds on `on`; `lender` names its key."""
    return Q(Exists(agreements_valid(on).filter(lender=OuterRef(lender))))


def lenders_listed(on: date) -> QuerySet[Lender]:
    """Every lender with the last day of its agreement that holds (`agreed_until`) and how many products it has."""
    longest = agreements_valid(on).filter(lender=OuterRef("pk")).order_by("-ends").values("ends")[:1]
    listed = lenders().annotate(agreed_until=Subquery(longest))
    return listed.annotate(product_count=Count("products", distinct=True))


def agreements_of(lender_id: int) -> QuerySet[Agreement]:
    """Every agreement with a lender, newest first."""
    return Agreement.objects.filter(lender=lender_id).select_related("paper").order_by("-starts", "-pk")


def agreements_expiring(on: date) -> QuerySet[Agreement]:
    """The agreements that hold and end soon, with no other to follow, soonest first."""
    later = Agreement.objects.filter(lender=OuterRef("lender"), ends__gt=OuterRef("ends"))
    ending = agreements_valid(on).filter(ends__lte=on + EXPIRING).exclude(Exists(later))
    return ending.select_related("lender").order_by("ends", "pk")


def shown(lender: Lender) -> compare.Lender:
    """The lender as the engine and a customer see it."""
    return compare.Lender(lender.code, lender.name, lender.name_en or lender.name, compare.LenderKind(lender.kind))


def _no_lender() -> NotFound:
    return NotFound("no-such-lender", "没有这家机构", "there is no such lender")
