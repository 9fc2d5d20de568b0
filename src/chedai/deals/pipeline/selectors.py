"""Finding deals, and what their clocks say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from chedai.deals.pipeline.models import Deal, DealNote, StageEntry
from chedai.deals.pipeline.states import Stage
from chedai.platform.errors import NotFound
from chedai.platform.ranks import nearest_rank
from chedai.platform.rows import at_most_one


def deal_lock(deal_id: int) -> Deal:
    """A deal, locked until the transaction ends. Errors: `NotFound`."""
    return _found(Deal.objects.select_for_update(no_key=True).filter(pk=deal_id))


def deal_read(deal_id: int) -> Deal:
    """A deal with the people and the store a page shows. Errors: `NotFound`."""
    return _found(deals_seen(Q(pk=deal_id)))


def deal_numbers(records: Q, deals: Iterable[int]) -> dict[int, str]:
    """The numbers of some deals, of those that `records` leaves to see."""
    return dict(Deal.objects.filter(records, pk__in=deals).values_list("pk", "number"))


def deal_of_number(number: str) -> Deal:
    """The deal with a number, as it is printed. Errors: `NotFound`."""
    return _found(deals_seen(Q(number=number.strip().upper())))


def deals_seen(records: Q) -> QuerySet[Deal]:
    """The deals that `records` (from `Access.records("deal.read", owner="officer_id")`) leaves to see, newest first."""
    people = ("store", "customer", "officer__user", "owner__user")
    return Deal.objects.filter(records).select_related(*people).order_by("-pk")


def stages_of(deal_id: int) -> list[StageEntry]:
    """Every stay of a deal in a stage, in order."""
    return list(StageEntry.objects.filter(deal_id=deal_id).select_related("owner__user").order_by("entered_at", "pk"))


def notes_of(deal_id: int) -> list[DealNote]:
    """What people wrote on a deal, newest first."""
    return list(DealNote.objects.filter(deal_id=deal_id).select_related("author__user").order_by("-written_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """How long deals stay in a stage: half at most `p50`, nine of ten at most `p90`; `waiting` are there now."""

    stage: Stage
    stays: int
    p50: timedelta
    p90: timedelta
    waiting: int


def bottlenecks(records: Q, since: datetime, now: datetime) -> list[Bottleneck]:
    """The stays that began since a moment, stage by stage; one that goes on counts up to `now`."""
    seen = StageEntry.objects.filter(deal__in=Deal.objects.filter(records), entered_at__gte=since)
    stays: dict[str, list[timedelta]] = defaultdict(list)
    waiting: dict[str, int] = defaultdict(int)
    for stage, entered, left in seen.values_list("stage", "entered_at", "left_at"):
        stays[stage].append((left or now) - entered)
        waiting[stage] += left is None
    return [_bottleneck(stage, stays[stage], waiting[stage]) for stage in _timed(stays)]


def _timed(stays: Iterable[str]) -> list[Stage]:
    present = set(stays)
    return [stage for stage in Stage if stage in present and stage is not Stage.COMPLETE]


def _bottleneck(stage: Stage, stays: Sequence[timedelta], waiting: int) -> Bottleneck:
    ordered = sorted(stays)
    return Bottleneck(stage, len(ordered), nearest_rank(ordered, 50), nearest_rank(ordered, 90), waiting)


def _found(deals: QuerySet[Deal]) -> Deal:
    found = at_most_one(deals)
    if found is None:
        raise NotFound("no-such-deal", "没有这个案卷", "there is no such deal")
    return found
