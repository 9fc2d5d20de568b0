"""Field visits: planned for two people, reported from a telephone that may have been offline when they were made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q

from chedai.book.collection import conduct, selectors
from chedai.book.collection.codes import visit_result_of
from chedai.book.collection.conduct import Counted
from chedai.book.collection.models import CollectionCase, Contact, FieldVisit, PlanLine, VisitReport
from chedai.book.collection.services.gate import attempt_of, local_time, refuse_closed
from chedai.book.collection.states import CaseState, Channel, VisitState, Whom
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, NotFound, Refusal, Refusals
from chedai.platform.files.services import paper_hand_in
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

PHOTOS: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
MET: Final = frozenset({"met_promise", "met_refuses"})
_AHEAD: Final = timedelta(minutes=10)  # a telephone's clock may be a little fast


@dataclass(frozen=True, slots=True)
class Report:
    """What the telephone sends: its own number of the report, when, where (millionths of a degree), how exactly."""

    client_id: str
    visited_at: datetime
    latitude: int
    longitude: int
    accuracy: int
    result: str
    statement: str
    photos: Sequence[tuple[str, bytes]] = ()


@service
def visit_plan(*, case_id: int, planned_on: date, lead_id: int, second_id: int | None, actor: Actor) -> FieldVisit:
    """Plan a visit; its place in the route is the next one of that day.

    Errors: `Refusals` where fewer go than the policy asks; `Conflict` where a visit of that day is planned.
    """
    case = selectors.case_lock(case_id)
    refuse_closed(case)
    _refuse_alone(lead_id, second_id)
    assert second_id is not None
    if planned_on < clock.business_date():
        raise Refusal("visit-past", "外访日期已过", "the day has passed", field="planned_on")
    route = FieldVisit.objects.filter(lead_id=lead_id, planned_on=planned_on).exclude(state=VisitState.CANCELLED)
    if FieldVisit.objects.filter(case=case, planned_on=planned_on).exclude(state=VisitState.CANCELLED).exists():
        raise Conflict("visit-planned", "该案当天已安排外访", "a visit of this case is planned for that day")
    visit = FieldVisit.objects.create(
        case=case,
        planned_on=planned_on,
        position=route.count() + 1,
        address=case.customer.address,
        lead_id=lead_id,
        second_id=second_id,
    )
    facts: dict[str, Scalar] = {"visit": visit.pk, "on": planned_on.isoformat(), "people": 2}
    record(actor=actor, action="visit.planned", subject=f"collection:{case.pk}", facts=facts)
    return visit


@service
def visit_cancel(*, visit_id: int, reason: str, actor: Actor) -> FieldVisit:
    """Call a planned visit off, for a reason; the day is free for another. Its row stays.

    Errors: `NotFound`; `Refusal` without a reason; `Conflict` where it was reported or called off already.
    """
    case = selectors.case_lock(visit_read(visit_id).case_id)
    visit = visit_lock(visit_id)
    if not reason.strip():
        raise Refusal("reason-missing", "请写明取消原因", "say why it is called off", field="reason")
    if visit.state != VisitState.PLANNED:
        raise Conflict("visit-over", "该外访已报告或已取消", "the visit was reported or called off", field="visit")
    visit.state = VisitState.CANCELLED
    visit.save(update_fields=["state"])
    facts: dict[str, Scalar] = {"visit": visit.pk, "on": visit.planned_on.isoformat()}
    record(actor=actor, action="visit.cancelled", subject=f"collection:{case.pk}", facts=facts, reason=reason.strip())
    return visit


@service
def visit_report(*, visit_id: int, report: Report, actor: Actor) -> VisitReport:
    """Take a report, once for its `client_id`. Both people may report: what each wrote is kept.

    What was done at a forbidden hour has been done: it is kept, and named a breach. Errors: `NotAllowed` for who was
    not on the visit; `Refusal` at its field.
    """
    made = VisitReport.objects.filter(client_id=report.client_id).select_related("by").first()
    if made is not None:
        if made.visit_id != visit_id or made.by.user_id != actor.ref:
            raise Conflict("client-id-used", "该编号已用于另一份报告", "this number is of another report")
        return made
    case = selectors.case_lock(visit_read(visit_id).case_id)
    visit = visit_lock(visit_id)
    staff = Staff.objects.filter(user_id=actor.ref).first()
    if staff is None or staff.pk not in (visit.lead_id, visit.second_id):
        raise NotAllowed("not-on-visit", "只有外访人员可以报告", "only who was on the visit reports it")
    _refuse_report(visit, report)
    breach = _breach(case, report.visited_at)
    made = VisitReport.objects.create(
        visit=visit,
        client_id=report.client_id,
        by=staff,
        visited_at=report.visited_at,
        place=json.dumps([report.latitude, report.longitude, report.accuracy]),
        accuracy=report.accuracy,
        result=report.result,
        statement=report.statement.strip(),
        breach=breach,
        reported_at=clock.now(),
    )
    for name, content in report.photos:
        subject = f"visit:{visit.pk}"
        paper_hand_in(subject=subject, purpose="visit", name=name, content=content, actor=actor, allowed=PHOTOS)
    if visit.state == VisitState.PLANNED:
        visit.state = VisitState.DONE
        visit.save(update_fields=["state"])
        _contact(case, visit, made, actor)
    facts: dict[str, Scalar] = {"visit": visit.pk, "result": report.result, "photos": len(report.photos)}
    facts |= {"accuracy": report.accuracy, "breach": breach}
    record(actor=actor, action="visit.reported", subject=f"collection:{case.pk}", facts=facts)
    return made


def visits_of(staff_id: int, day: date) -> list[FieldVisit]:
    """The route of one person on a day, leading or second: what was not reported before, then the day in order."""
    left = Q(planned_on__lt=day, state=VisitState.PLANNED, case__state=CaseState.OPEN)
    route = FieldVisit.objects.filter(Q(planned_on=day) | left, Q(lead_id=staff_id) | Q(second_id=staff_id))
    shown = ("case__loan", "case__customer", "lead__user", "second__user")
    return list(
        route.exclude(state=VisitState.CANCELLED).select_related(*shown).order_by("planned_on", "position", "pk")
    )


def visits_of_case(case_id: int) -> list[FieldVisit]:
    """The visits of a case, newest first."""
    found = FieldVisit.objects.filter(case_id=case_id).select_related("lead__user", "second__user")
    return list(found.order_by("-planned_on", "-pk"))


def reports_of(visit_ids: Sequence[int]) -> dict[int, list[VisitReport]]:
    """What was reported of visits, by visit, oldest first."""
    found: dict[int, list[VisitReport]] = {}
    for one in VisitReport.objects.filter(visit_id__in=visit_ids).select_related("by__user").order_by("pk"):
        found.setdefault(one.visit_id, []).append(one)
    return found


def visit_lock(visit_id: int) -> FieldVisit:
    """A visit, locked until the transaction ends. Lock its case first. Errors: `NotFound`."""
    found = FieldVisit.objects.select_for_update(no_key=True).filter(pk=visit_id).first()
    if found is None:
        raise NotFound("no-such-visit", "没有这次外访", "there is no such visit")
    return found


def visit_read(visit_id: int) -> FieldVisit:
    """A visit with its case. Errors: `NotFound`."""
    found = FieldVisit.objects.filter(pk=visit_id).select_related("case__loan", "case__customer", "case__store").first()
    if found is None:
        raise NotFound("no-such-visit", "没有这次外访", "there is no such visit")
    return found


def _refuse_alone(lead_id: int, second_id: int | None) -> None:
    people = len({lead_id, second_id} - {None})
    limits = conduct.limits_on(book_in_force(), clock.business_date())
    day = limits.quiet.end  # an hour that is allowed: when it is made is judged by the report
    found = conduct.blocks(attempt_of(None, Channel.VISIT, day, people=people), Counted(), conduct.Trail(), limits)
    if found:
        raise Refusals(conduct.refusal(block) for block in found)
    if people < 2:
        raise Refusal("visit-people", "请选择两位外访人员", "choose two people", field="second")


def _refuse_report(visit: FieldVisit, report: Report) -> None:
    visit_result_of(report.result)
    refused = []
    if not report.client_id or len(report.client_id) > 60:
        refused.append(Refusal("client-id", "缺少报告编号", "the report has no number", field="client_id"))
    if report.visited_at > clock.now() + _AHEAD:
        refused.append(Refusal("visit-ahead", "外访时间在将来", "the time lies ahead", field="visited_at"))
    if abs(report.latitude) > 90_000_000 or abs(report.longitude) > 180_000_000 or not 0 < report.accuracy <= 100_000:
        refused.append(Refusal("visit-place", "位置或精度无效", "the place or its accuracy is invalid", field="place"))
    if not report.statement.strip():
        refused.append(Refusal("statement-missing", "请填写情况说明", "say what happened", field="statement"))
    if visit.state == VisitState.CANCELLED:
        refused.append(Refusal("visit-cancelled", "该外访已取消", "the visit was cancelled"))
    if refused:
        raise Refusals(refused)


def _breach(case: CollectionCase, moment: datetime) -> str:
    limits = conduct.limits_on(book_in_force(), clock.business_date())
    attempt = attempt_of(None, Channel.VISIT, local_time(moment), people=2)
    agreed = selectors.agreed_hours(case.customer_id)
    return conduct.breaches(attempt, Counted(), conduct.Trail(), limits, agreed)


def _contact(case: CollectionCase, visit: FieldVisit, report: VisitReport, actor: Actor) -> None:
    met = report.result in MET
    next_on = clock.business_date() + timedelta(1 if met else 3)
    Contact.objects.create(
        case=case,
        customer_id=case.customer_id,
        channel=Channel.VISIT,
        whom=Whom.DEBTOR,
        day=report.visited_at.astimezone(clock.SHANGHAI).date(),
        at=report.visited_at,
        by_id=actor.ref,
        result=report.result,
        connected=met,
        next_on=next_on,
        breach=report.breach,
        key=f"visit:{visit.pk}",
        recorded_at=clock.now(),
    )
    case.next_on, case.last_result, case.last_contact_at = next_on, report.result, report.visited_at
    case.save(update_fields=["next_on", "last_result", "last_contact_at"])
    PlanLine.objects.filter(case=case, day=clock.business_date(), done_at=None).update(done_at=clock.now())
