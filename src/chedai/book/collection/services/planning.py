"""The morning, a step of the close: cases follow loans, promises are judged, strategies choose, queues are filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Q

from chedai.book.collection import rules
from chedai.book.collection.models import CollectionCase, PlanLine, PromiseToPay
from chedai.book.collection.services.cases import cases_follow, cases_prepare
from chedai.book.collection.services.outside import placements_end
from chedai.book.collection.services.pre_due import pre_due_list, pre_due_settle
from chedai.book.collection.services.promises import promises_judge
from chedai.book.collection.states import CaseState, PlacementState, PromiseState
from chedai.book.collection.strategies import Facing, Strategies, Strategy, chosen, strategies_on
from chedai.org.access import in_force
from chedai.org.models import RoleGrant
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.days.report import StepReport
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

COLLECTOR = "collector"
_BATCH = 1000
_PLANNED = ["grade", "segment", "arm", "strategy", "action", "script", "priority", "next_on", "collector_id"]


@service
def collection_plan(*, day: date, actor: Actor) -> StepReport:
    """Bring collection to the morning of `day`. A second run of a day changes nothing.

    `looked` at the open cases, `changed` so many rows, `left_out` the cases that no strategy fits: a manager sees them
    in the list of cases, without an action.
    """
    changed = cases_follow(loan_ids=None, day=day)
    changed += promises_judge(day=day) + placements_end(day=day)
    strategies = strategies_on(book_in_force(), day)
    cases = list(
        CollectionCase.objects.filter(state=CaseState.OPEN)
        .select_for_update(no_key=True, of=("self",))
        .select_related("loan")
        .order_by("pk")
    )
    before = {case.pk: _planned(case) for case in cases}
    cases_prepare(cases, day)
    _recall_after_broken(cases, day)
    _share_out(cases, day)
    chosen_for = {case.pk: _choose(case, strategies) for case in cases}
    for case in cases:
        _take(case, chosen_for[case.pk], strategies)
    moved = [case for case in cases if _planned(case) != before[case.pk]]
    _write(moved)
    changed += len(moved)
    lines = _queue(cases, chosen_for, day)
    changed += lines + pre_due_settle(day=day) + pre_due_list(day=day)
    left_out = sum(line is None for line in chosen_for.values())
    if changed:
        facts: dict[str, Scalar] = {"day": day.isoformat(), "cases": len(cases), "queued": lines}
        facts["strategy"] = strategies.version
        record(actor=actor, action="collection.planned", subject="collection:0", facts=facts)
    return StepReport(looked=len(cases), changed=changed, left_out=left_out)


def _choose(case: CollectionCase, strategies: Strategies) -> Strategy | None:
    return chosen(strategies, Facing(case.loan.number, case.bucket, case.grade, case.overdue))


def _recall_after_broken(cases: Sequence[CollectionCase], day: date) -> None:
    """A promise broken is worked the same morning, whatever day was set for the next contact."""
    broken = set(
        PromiseToPay.objects.filter(state=PromiseState.BROKEN, judged_on=day).values_list("case_id", flat=True)
    )
    for case in cases:
        if case.pk in broken and case.next_on > day:
            case.next_on = day


def _share_out(cases: Sequence[CollectionCase], day: date) -> None:
    """Give cases without a collector, or whose collector has left, to the collectors of their store."""
    hands = _collectors(day)
    everybody = {staff for staffs in hands.values() for staff in staffs}
    load: dict[int, int] = dict.fromkeys(everybody, 0)
    for case in cases:
        if case.collector_id in load:
            load[case.collector_id] += 1
    for store in sorted({case.store_id for case in cases}):
        of_store = hands.get(store, set()) | hands.get(None, set())
        waiting = [case for case in cases if case.store_id == store and case.collector_id not in everybody]
        found = rules.shared_out([case.pk for case in waiting], {staff: load[staff] for staff in sorted(of_store)})
        for case in waiting:
            if (staff := found.get(case.pk)) is not None:
                case.collector_id = staff
                load[staff] += 1


def _collectors(day: date) -> dict[int | None, set[int]]:
    """Who collects in which store; under None for all stores."""
    grants = RoleGrant.objects.filter(in_force(day), role=COLLECTOR, staff__user__is_active=True)
    present = grants.filter(Q(staff__left_on=None) | Q(staff__left_on__gt=day))
    found: dict[int | None, set[int]] = {}
    for store, staff in present.values_list("store_id", "staff_id"):
        found.setdefault(store, set()).add(staff)
    return found


def _write(moved: Sequence[CollectionCase]) -> None:
    """Write what changed. Many cases change alike: one statement for those, not a line for each."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for case in moved:
        alike.setdefault(_planned(case), []).append(case.pk)
    for values, cases in alike.items():
        fields = dict(zip(_PLANNED, values, strict=True))
        for at in range(0, len(cases), _BATCH):
            CollectionCase.objects.filter(pk__in=cases[at : at + _BATCH]).update(**fields)


def _planned(case: CollectionCase) -> tuple[object, ...]:
    """What a plan may change of a case."""
    return tuple(getattr(case, name) for name in _PLANNED)


def _take(case: CollectionCase, line: Strategy | None, strategies: Strategies) -> None:
    """Note on a case the strategy it is worked by."""
    if line is None:
        case.strategy = case.segment = case.arm = case.action = case.script = ""
        case.priority = 0
        return
    case.strategy = f"{strategies.version}#{line.code}"
    case.segment, case.arm, case.action = line.segment, line.arm, line.action
    case.script, case.priority = line.script, line.priority


def _queue(cases: Sequence[CollectionCase], lines: dict[int, Strategy | None], day: date) -> int:
    """Put what is due for a contact into the queues; what an agency has, and what waits for a promise, is not."""
    placed = set(
        CollectionCase.objects.filter(placements__state=PlacementState.PLACED, state=CaseState.OPEN).values_list(
            "pk", flat=True
        )
    )
    promised = set(PromiseToPay.objects.filter(state=PromiseState.OPEN).values_list("case_id", flat=True))
    known = set(PlanLine.objects.filter(day=day).values_list("case_id", flat=True))
    waits = placed | promised | known
    made = [
        PlanLine(
            day=day,
            case=case,
            collector_id=case.collector_id,
            segment=line.segment,
            arm=line.arm,
            strategy=case.strategy,
            action=line.action,
            script=line.script,
            priority=line.priority,
            bucket=case.bucket,
            overdue=case.overdue,
        )
        for case in cases
        if (line := lines[case.pk]) is not None and case.next_on <= day and case.pk not in waits
    ]
    PlanLine.objects.bulk_create(made, batch_size=_BATCH)
    return len(made)


def hands_full(store_id: int, day: date) -> list[tuple[int, int]]:
    """The collectors a case of a store can be given to, and how many open cases each has; who has least first."""
    hands = _collectors(day)
    staff = hands.get(store_id, set()) | hands.get(None, set())
    counts = CollectionCase.objects.filter(state=CaseState.OPEN, collector_id__in=staff)
    load = dict(counts.values_list("collector_id").annotate(n=Count("pk")))
    return sorted(((one, load.get(one, 0)) for one in staff), key=lambda pair: (pair[1], pair[0]))
