"""Claims before a court: their stages, what they cost, by when the next step is due, and when the claim lapses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from chedai.book.collection import rules, selectors
from chedai.book.collection.models import CollectionCase, Interrupted, LegalClaim, LegalStep
from chedai.book.collection.services.gate import refuse_closed
from chedai.book.collection.states import CaseState, Interruption, LegalStage
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service


@dataclass(frozen=True, slots=True)
class Lapse:
    """The last day to sue, from what it is counted, what interrupted it last, and how many days are left."""

    last_day: date
    since: date
    interrupted_on: date | None
    left: int
    alert: bool


@service
def claim_open(*, case_id: int, amount: int, owner_id: int, note: str, actor: Actor, cost: int = 0) -> LegalClaim:
    """Begin with the letter of demand. Errors: `Conflict` where a claim is open."""
    case = selectors.case_lock(case_id)
    refuse_closed(case)
    if amount <= 0:
        raise Refusal("claim-amount", "请填写诉讼标的", "say how much is claimed", field="amount")
    if LegalClaim.objects.filter(case=case).exclude(stage=LegalStage.CLOSED).exists():
        raise Conflict("claim-open", "该案已在诉讼中", "a claim is open already")
    today = clock.business_date()
    claim = LegalClaim.objects.create(case=case, amount=amount, opened_on=today, owner_id=owner_id)
    _step(claim, LegalStage.DEMAND, today, cost, None, note, actor)
    Interrupted.objects.create(case=case, kind=Interruption.DEMAND, on=today, by_id=actor.ref)
    facts: dict[str, Scalar] = {"claim": claim.pk, "amount": amount}
    record(actor=actor, action="legal.opened", subject=f"collection:{case.pk}", facts=facts)
    return claim


@service
def claim_move(
    *,
    claim_id: int,
    to: LegalStage,
    on: date,
    note: str,
    actor: Actor,
    cost: int = 0,
    deadline: date | None = None,
    court: str = "",
    court_number: str = "",
) -> LegalClaim:
    """Take a claim to its next stage; `cost` in fen, `deadline` the day by which the next step must be taken.

    Suing interrupts the limitation (民法典 195). Errors: `Conflict` where the stage does not follow; `Refusal`.
    """
    claim = claim_lock(claim_id)
    refused = rules.stage_refusal(LegalStage(claim.stage), to)
    if refused is not None:
        raise refused
    if cost < 0 or on > clock.business_date() or not note.strip():
        field = "cost" if cost < 0 else "note" if not note.strip() else "on"
        raise Refusal("legal-step", "请核对费用、日期与说明", "check cost, day and note", field=field)
    if to not in (LegalStage.CLOSED, LegalStage.JUDGMENT) and deadline is None:
        raise Refusal("deadline-missing", "请填写下一步期限", "say by when the next step is due", field="deadline")
    claim.stage, claim.next_deadline = to, deadline
    claim.court, claim.court_number = court.strip() or claim.court, court_number.strip() or claim.court_number
    _step(claim, to, on, cost, deadline, note, actor)
    if to is LegalStage.FILED:
        Interrupted.objects.create(case_id=claim.case_id, kind=Interruption.LAWSUIT, on=on, by_id=actor.ref)
    facts: dict[str, Scalar] = {"claim": claim.pk, "stage": to.value, "cost": cost}
    record(actor=actor, action="legal.moved", subject=f"collection:{claim.case_id}", facts=facts)
    return claim


@service
def interruption_record(*, case_id: int, kind: Interruption, on: date, note: str, actor: Actor) -> Interrupted:
    """The debtor acknowledged, was asked in writing, or paid: the limitation begins anew. Errors: `Refusal`."""
    case = selectors.case_lock(case_id)
    if on > clock.business_date() or not note.strip():
        field = "note" if not note.strip() else "on"
        raise Refusal("interruption", "请核对日期与凭据", "check the day and what proves it", field=field)
    made = Interrupted.objects.create(case=case, kind=kind, on=on, note=note.strip()[:120], by_id=actor.ref)
    facts: dict[str, Scalar] = {"kind": kind.value, "on": on.isoformat()}
    record(actor=actor, action="legal.interrupted", subject=f"collection:{case.pk}", facts=facts)
    return made


def lapse_of(case: CollectionCase, on: date) -> Lapse:
    """When the claim lapses: counted from the oldest unpaid day, interrupted by demands, payments, acknowledgements.

    Counting from the oldest unpaid day is the careful reading; for a debt paid in parts the law begins at the last
    due day (民法典 189), so the claim can only live longer than this.
    """
    return _lapses([case], on)[case.pk]


def lapses_near(records: Q, on: date) -> list[tuple[CollectionCase, Lapse]]:
    """The open cases whose limitation ends within the days of the warning, soonest first."""
    book = book_in_force()
    years = book.in_force("collection_conduct.limitation", on).number
    warn = book.in_force("collection_conduct.limitation_alert", on).number
    old = rules.years_before(on + timedelta(warn), years)
    cases = list(selectors.cases_seen(records).filter(state=CaseState.OPEN, since__lte=old))
    found = _lapses(cases, on)
    near = [(case, found[case.pk]) for case in cases if found[case.pk].alert]
    return sorted(near, key=lambda pair: pair[1].last_day)


def _lapses(cases: Sequence[CollectionCase], on: date) -> dict[int, Lapse]:
    """When the claims of these cases lapse, by case: two statements however many they are."""
    book = book_in_force()
    years = book.in_force("collection_conduct.limitation", on).number
    warn = book.in_force("collection_conduct.limitation_alert", on).number
    days: dict[int, list[date]] = {case.pk: [] for case in cases}
    for pk, day in Interrupted.objects.filter(case__in=days, on__lte=on).values_list("case_id", "on"):
        days[pk].append(day)
    first = min((case.since for case in cases), default=on)
    receipts = selectors.receipts_of([case.loan_id for case in cases], first)
    found = {}
    for case in cases:
        days[case.pk] += [one.on for one in receipts.get(case.loan_id, []) if case.since <= one.on <= on]
        last = rules.limitation(case.since, days[case.pk], years)
        left = (last - on).days
        found[case.pk] = Lapse(last, case.since, max(days[case.pk], default=None), left, left <= warn)
    return found


def claims_seen(records: Q) -> QuerySet[LegalClaim]:
    """The claims of the cases that `records` leaves to see."""
    return LegalClaim.objects.filter(records).select_related("case__loan", "case__customer", "owner__user")


def claims_due(records: Q, by: date) -> QuerySet[LegalClaim]:
    """The claims whose next step is due by a day, the most urgent first."""
    running = claims_seen(records).exclude(stage=LegalStage.CLOSED)
    return running.filter(next_deadline__lte=by).order_by("next_deadline", "pk")


def claim_of(case_id: int) -> LegalClaim | None:
    """The newest claim of a case."""
    return LegalClaim.objects.filter(case_id=case_id).order_by("-pk").first()


def steps_of(claim: LegalClaim) -> list[LegalStep]:
    """The steps of a claim, newest first."""
    return list(LegalStep.objects.filter(claim=claim).select_related("by").order_by("-pk"))


def claim_lock(claim_id: int) -> LegalClaim:
    """A claim, locked until the transaction ends. Errors: `NotFound`."""
    found = LegalClaim.objects.select_for_update(no_key=True, of=("self",)).filter(pk=claim_id)
    claim = found.select_related("case").first()
    if claim is None:
        raise NotFound("no-such-claim", "没有这个诉讼", "there is no such claim")
    return claim


def _step(
    claim: LegalClaim, stage: LegalStage, on: date, cost: int, deadline: date | None, note: str, actor: Actor
) -> None:
    LegalStep.objects.create(
        claim=claim,
        stage=stage,
        on=on,
        cost=cost,
        deadline=deadline,
        note=note.strip() or stage.value,
        by_id=actor.ref,
        at=clock.now(),
    )
    claim.costs += cost
    claim.save()
