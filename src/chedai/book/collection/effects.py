"""What collection brings (催收效果): by strategy and arm, always with the counts beside the shares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, Sum

from chedai.book.collection import selectors
from chedai.book.collection.models import CollectionCase, Contact, LegalStep, PlanLine, PreDue, PromiseToPay
from chedai.book.collection.states import CaseState, Group, PromiseState
from chedai.book.collection.strategies import costs_on
from chedai.platform.policies.selectors import book_in_force

FEW = 30
"""Below so many cases a share says little."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One arm of one segment over some days. Money in fen.

    `cases` were in its queues; `cured` of them owe nothing late, `rolled` are in a later bucket than when they came,
    `promised` promises were judged, `kept` of them kept; `received` came in from these debtors, `cost` is what the
    contacts and courts cost.
    """

    segment: str
    arm: str
    cases: int
    cured: int
    rolled: int
    promised: int
    kept: int
    received: int
    cost: int

    @property
    def few(self) -> bool:
        """Too few cases to compare."""
        return self.cases < FEW


@dataclass(frozen=True, slots=True)
class HeldOut:
    """The list before the due day: of those called and of those held out, how many were settled and paid in time."""

    group: Group
    settled: int
    in_time: int

    @property
    def share(self) -> int | None:
        """Paid in time, in tenths of a percent; None where nobody of the group was settled yet."""
        return round(1000 * self.in_time / self.settled) if self.settled else None


@dataclass(frozen=True, slots=True)
class Helped:
    """What calling before the due day brings: the share of the called less that of the others, in tenths of a percent.

    `difference` is None until both groups have somebody; `few`: too few to say anything.
    """

    difference: int | None
    few: bool


def effects(records: Q, since: date, until: date) -> list[Effect]:
    """Every arm with a case in a queue of these days, by segment; a case belongs to the arm it was first queued under.

    `records` filters cases.
    """
    seen = CollectionCase.objects.filter(records)
    lines = PlanLine.objects.filter(day__range=(since, until), case__in=seen)
    first = dict(lines.values_list("case_id").annotate(line=Min("pk")))
    arms: dict[tuple[str, str], list[PlanLine]] = {}
    for line in PlanLine.objects.filter(pk__in=first.values()).select_related("case").order_by("pk"):
        arms.setdefault((line.segment, line.arm), []).append(line)
    costs = _costs(first.keys(), since, until)
    promises = _promises(first.keys(), since, until)
    received = _received([line for held in arms.values() for line in held], until)
    return [
        Effect(
            segment=segment,
            arm=arm,
            cases=len(held),
            cured=sum(_cured(line, until) for line in held),
            rolled=sum(_rolled(line) for line in held),
            promised=sum(promises.get(line.case_id, (0, 0))[0] for line in held),
            kept=sum(promises.get(line.case_id, (0, 0))[1] for line in held),
            received=sum(received.get(line.case_id, 0) for line in held),
            cost=sum(costs.get(line.case_id, 0) for line in held),
        )
        for (segment, arm), held in sorted(arms.items())
    ]


def held_out(records: Q, since: date, until: date) -> list[HeldOut]:
    """Whether calling before the due day helps: both groups with their counts. `records` filters entries."""
    entries = PreDue.objects.filter(records, due_on__range=(since, until)).exclude(paid_in_time=None)
    rows = dict(entries.values_list("group").annotate(n=Count("pk")))
    good = dict(entries.filter(paid_in_time=True).values_list("group").annotate(n=Count("pk")))
    return [HeldOut(group, rows.get(group.value, 0), good.get(group.value, 0)) for group in Group]


def helped(groups: Iterable[HeldOut]) -> Helped:
    """Whether calling helps, by both groups of `held_out`."""
    by = {one.group: one for one in groups}
    called, left = by[Group.TREATED], by[Group.HOLD_OUT]
    difference = None if called.share is None or left.share is None else called.share - left.share
    return Helped(difference, min(called.settled, left.settled) < FEW)


def _cured(line: PlanLine, until: date) -> bool:
    case = line.case
    return case.state == CaseState.CLOSED and case.closed_on is not None and case.closed_on <= until


def _rolled(line: PlanLine) -> bool:
    return line.case.state == CaseState.OPEN and line.case.bucket > line.bucket


def _costs(cases: Iterable[int], since: date, until: date) -> dict[int, int]:
    prices = costs_on(book_in_force(), until)
    contacts = Contact.objects.filter(case_id__in=cases, day__range=(since, until), agency=None)
    found: dict[int, int] = {}
    for case, channel, count in contacts.values_list("case_id", "channel").annotate(n=Count("pk")):
        found[case] = found.get(case, 0) + prices.get(channel, 0) * count
    courts = LegalStep.objects.filter(claim__case_id__in=cases, on__range=(since, until))
    for case, cost in courts.values_list("claim__case_id").annotate(sum=Sum("cost")):
        found[case] = found.get(case, 0) + cost
    return found


def _promises(cases: Iterable[int], since: date, until: date) -> dict[int, tuple[int, int]]:
    judged = PromiseToPay.objects.filter(case_id__in=cases, judged_on__range=(since, until))
    kept = Count("pk", filter=Q(state=PromiseState.KEPT))
    rows = judged.values_list("case_id").annotate(n=Count("pk"), kept=kept)
    return {case: (count, good) for case, count, good in rows}


def _received(lines: Iterable[PlanLine], until: date) -> dict[int, int]:
    """What came in of each case from its first morning on."""
    held = list(lines)
    since = min((line.day for line in held), default=until)
    receipts = selectors.receipts_of({line.case.loan_id for line in held}, since)
    return {
        line.case_id: sum(one.amount for one in receipts.get(line.case.loan_id, ()) if line.day <= one.on <= until)
        for line in held
    }
