"""Who gets which case: the collectors of its store, and of all stores, by what each has in hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Count, Q

from chedai.book.collection import rules
from chedai.book.collection.models import CollectionCase
from chedai.book.collection.states import CaseState
from chedai.org.access import in_force
from chedai.org.models import RoleGrant

COLLECTOR = "collector"


def share_out(cases: Sequence[tuple[int, int, int | None]], day: date) -> dict[int, int]:
    """Collectors for those of some open cases (case, store, collector) that have none, or whose collector has left.

    Each goes to whoever of the store has least in hand, counted over all open cases; case to collector.
    """
    hands = _collectors(day)
    everybody = {staff for staffs in hands.values() for staff in staffs}
    waiting: dict[int, list[int]] = {}
    for case, store, collector in cases:
        if collector not in everybody:
            waiting.setdefault(store, []).append(case)
    given: dict[int, int] = {}
    load = _load(everybody) if waiting else {}
    for store in sorted(waiting):
        of_store = sorted(hands.get(store, set()) | hands.get(None, set()))
        found = rules.shared_out(waiting[store], {staff: load[staff] for staff in of_store})
        for staff in found.values():
            load[staff] += 1
        given |= found
    return given


def hands_full(store_id: int, day: date) -> list[tuple[int, int]]:
    """The collectors a case of a store can be given to, and how many open cases each has; who has least first."""
    hands = _collectors(day)
    load = _load(hands.get(store_id, set()) | hands.get(None, set()))
    return sorted(load.items(), key=lambda pair: (pair[1], pair[0]))


def _load(staff: Iterable[int]) -> dict[int, int]:
    """How many open cases each has in hand."""
    load = dict.fromkeys(staff, 0)
    counts = CollectionCase.objects.filter(state=CaseState.OPEN, collector_id__in=load)
    return load | dict(counts.values_list("collector_id").annotate(n=Count("pk")))


def _collectors(day: date) -> dict[int | None, set[int]]:
    """Who collects in which store; under None for all stores."""
    grants = RoleGrant.objects.filter(in_force(day), role=COLLECTOR, staff__user__is_active=True)
    present = grants.filter(Q(staff__left_on=None) | Q(staff__left_on__gt=day))
    found: dict[int | None, set[int]] = {}
    for store, staff in present.values_list("store_id", "staff_id"):
        found.setdefault(store, set()).add(staff)
    return found
