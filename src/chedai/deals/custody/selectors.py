"""Finding things in custody, what is late or on its way, and counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Case, DateField, Exists, F, OuterRef, Q, QuerySet, Value, When

from chedai.deals.custody.models import CountFinding, CustodyCount, CustodyItem, Holding, Movement, Position
from chedai.deals.custody.rules import Holder, Place, is_released
from chedai.deals.custody.states import CUSTOMERS_OWN, CountState, FindingKind, FindingState, HolderKind
from chedai.org.models import Staff
from chedai.platform.errors import NotFound

PEOPLE = ("staff__user", "store", "next_staff__user", "next_store", "by")
_MISSING = CountFinding.objects.filter(item=OuterRef("item"), kind=FindingKind.MISSING, state=FindingState.OPEN)


def place_of(row: Position) -> Place:
    """Where a row says a thing is."""
    to = None
    if row.next_holder:
        kind = HolderKind(row.next_holder)
        to = Holder(kind=kind, store_id=row.next_store_id, staff_id=row.next_staff_id, party=row.next_party)
    holder = Holder(kind=HolderKind(row.holder), store_id=row.store_id, staff_id=row.staff_id, party=row.party)
    return Place(holder=holder, shelf=row.shelf, waybill=row.waybill, next=to, due_on=row.due_on, back_by=row.back_by)


def holding_lock(label: str) -> Holding:
    """Where a thing is, locked until the transaction ends. Errors: `NotFound`."""
    return _one(Holding.objects.select_for_update(no_key=True, of=("self",)).filter(item__label=label))


def holding_read(label: str) -> Holding:
    """Where a thing is, with the thing and its deal. Errors: `NotFound`."""
    return _one(Holding.objects.filter(item__label=label).select_related(*PEOPLE, "answers"))


def holdings_lock(deal_id: int) -> list[Holding]:
    """Everything of a deal, locked in the order of the things."""
    rows = Holding.objects.select_for_update(no_key=True, of=("self",)).filter(item__deal_id=deal_id)
    return list(rows.select_related("item").order_by("item_id"))


def safe_lock(store_id: int) -> list[Holding]:
    """Everything in the safe of a store, locked in the order of the things."""
    rows = Holding.objects.select_for_update(no_key=True, of=("self",))
    return list(rows.filter(holder=HolderKind.SAFE, store_id=store_id).select_related("item").order_by("item_id"))


def safe_of(store_id: int) -> list[Holding]:
    """Everything in the safe of a store, by shelf and label."""
    rows = Holding.objects.filter(holder=HolderKind.SAFE, store_id=store_id)
    return list(rows.select_related("item__deal__customer").order_by("shelf", "item__label"))


def holdings_of(deal_id: int) -> list[Holding]:
    """Everything of a deal, in order."""
    rows = Holding.objects.filter(item__deal_id=deal_id).select_related("item__deal", *PEOPLE)
    return list(rows.annotate(lost=Exists(_MISSING)).order_by("item_id"))


def kept_of(deal_id: int) -> list[Holding]:
    """What of a deal must still go back to the customer."""
    own = Holding.objects.filter(item__deal_id=deal_id, item__kind__in=CUSTOMERS_OWN).exclude(holder=HolderKind.GONE)
    return [one for one in own.select_related("item").order_by("item_id") if not is_released(place_of(one))]


def holdings_seen(records: Q) -> QuerySet[Holding]:
    """What `records` (of `answers_id` and the person) leaves to see. `urgent` is the day it is due, none comes last;
    `lost` says that a count missed it."""
    urgent = Case(When(due_on__isnull=False, then=F("due_on")), default=Value(date.max), output_field=DateField())
    found = Holding.objects.filter(records).annotate(urgent=urgent, lost=Exists(_MISSING))
    return found.select_related("item__deal__customer", "answers", *PEOPLE)


def movements_of(item_id: int) -> list[Movement]:
    """Everything that happened to a thing, newest first."""
    return list(Movement.objects.filter(item_id=item_id).select_related("proof", *PEOPLE).order_by("-seq"))


def works_here(staff_id: int | None) -> bool:
    """Whether somebody is staff and can sign in."""
    return Staff.objects.filter(pk=staff_id or 0, left_on=None, user__is_active=True).exists()


def is_missing(item_id: int) -> bool:
    """Whether a count missed it and nobody answered for that yet."""
    return CountFinding.objects.filter(item_id=item_id, kind=FindingKind.MISSING, state=FindingState.OPEN).exists()


def missing_in(item_id: int) -> CountFinding | None:
    """What a count says of a thing it missed, as long as nobody answered for that."""
    rows = CountFinding.objects.filter(item_id=item_id, kind=FindingKind.MISSING, state=FindingState.OPEN)
    return rows.select_related("count").order_by("-pk").first()


def missing_of(deal_id: int) -> list[str]:
    """The labels of a deal that a count missed."""
    rows = CountFinding.objects.filter(item__deal_id=deal_id, kind=FindingKind.MISSING, state=FindingState.OPEN)
    return list(rows.order_by("label").values_list("label", flat=True))


def counts_seen(records: Q) -> QuerySet[CustodyCount]:
    """The counts of the stores `records` (of `store_id`) leaves to see; `unsettled` says that something is open."""
    open_ones = CountFinding.objects.filter(count=OuterRef("pk"), state=FindingState.OPEN)
    found = CustodyCount.objects.filter(records).annotate(unsettled=Exists(open_ones))
    return found.select_related("store", "opened_by", "closed_by")


def count_lock(count_id: int) -> CustodyCount:
    """A count, locked until the transaction ends. Errors: `NotFound`."""
    return _count(CustodyCount.objects.select_for_update(no_key=True, of=("self",)).filter(pk=count_id))


def count_read(count_id: int) -> CustodyCount:
    """A count with its store. Errors: `NotFound`."""
    return _count(CustodyCount.objects.filter(pk=count_id))


def count_open_of(store_id: int) -> CustodyCount | None:
    """The count of a store that is going on."""
    return CustodyCount.objects.filter(store_id=store_id, state=CountState.OPEN).first()


def ticked(count_id: int) -> list[str]:
    """The labels that were seen in a count, newest first."""
    count = CustodyCount(pk=count_id)
    return list(count.ticks.order_by("-pk").values_list("label", flat=True))


def findings_of(count_id: int) -> list[CountFinding]:
    """What a count found that should not be, the open ones first."""
    rows = CountFinding.objects.filter(count_id=count_id).select_related("item__deal", "ended_by")
    return sorted(rows, key=lambda one: (one.state != FindingState.OPEN, one.pk))


def finding_lock(finding_id: int) -> CountFinding:
    """A finding with its count, locked until the transaction ends. Errors: `NotFound`."""
    return _finding(CountFinding.objects.select_for_update(no_key=True, of=("self",)).filter(pk=finding_id))


def finding_read(finding_id: int) -> CountFinding:
    """A finding with its count. Errors: `NotFound`."""
    return _finding(CountFinding.objects.filter(pk=finding_id))


def items_of_labels(labels: Sequence[str]) -> dict[str, CustodyItem]:
    """The things with these labels."""
    return {one.label: one for one in CustodyItem.objects.filter(label__in=labels)}


def _one(found: QuerySet[Holding]) -> Holding:
    one = found.select_related("item__deal__customer", "answers", *PEOPLE).first()
    if one is None:
        raise NotFound("no-such-item", "没有这件权证", "there is no such thing in custody")
    return one


def _count(found: QuerySet[CustodyCount]) -> CustodyCount:
    one = found.select_related("store", "opened_by", "closed_by").first()
    if one is None:
        raise NotFound("no-such-count", "没有这次盘点", "there is no such count")
    return one


def _finding(found: QuerySet[CountFinding]) -> CountFinding:
    one = found.select_related("count", "item").first()
    if one is None:
        raise NotFound("no-such-finding", "没有这条盘点差异", "there is no such finding")
    return one
