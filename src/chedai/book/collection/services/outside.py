"""Outside collectors: reviewed every year, given cases, and what they do counted together with our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from chedai.book.collection import conduct, selectors
from chedai.book.collection.codes import result_of
from chedai.book.collection.conduct import Counted
from chedai.book.collection.models import Agency, AgencyReview, Contact, DebtorNumber, Placement
from chedai.book.collection.services.gate import attempt_of, local_time, refuse_closed
from chedai.book.collection.services.numbers import number_mark
from chedai.book.collection.states import CALLS, CaseState, Channel, PlacementState, Whom
from chedai.book.collection.stretches import Loans
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

PASS_MARK = 60


@dataclass(frozen=True, slots=True)
class Reported:
    """One contact in the log of an agency: which loan, which of our numbers, when, what came of it."""

    loan: str
    number_id: int
    at: datetime
    result: str
    seconds: int = 0
    channel: Channel = Channel.CALL
    key: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a log: contacts taken, those known before, those that broke a rule of conduct."""

    taken: int
    known: int
    breaches: int


@service
def agency_open(
    *, code: str, name: str, contract_from: date, contract_until: date, fee_rate: int, listed: bool, actor: Actor
) -> Agency:
    """A firm under contract. Errors: `Refusal` at its field; `Conflict` for a code that is taken."""
    if not code.strip() or not name.strip() or contract_until <= contract_from or not 0 <= fee_rate <= 100_000_000:
        zh, en = "请核对代码、名称、合同期限与费率", "check code, name, contract and rate"
        raise Refusal("agency", zh, en, field="code" if not code.strip() else "contract_until")
    if Agency.objects.filter(code=code.strip()).exists():
        raise Conflict("agency-code", "机构代码已使用", "the code is taken")
    agency = Agency.objects.create(
        code=code.strip(),
        name=name.strip(),
        contract_from=contract_from,
        contract_until=contract_until,
        fee_rate=fee_rate,
        listed=listed,
    )
    facts: dict[str, Scalar] = {"until": contract_until.isoformat(), "rate": fee_rate, "listed": listed}
    record(actor=actor, action="agency.opened", subject=f"agency:{agency.pk}", facts=facts)
    return agency


@service
def agency_review(
    *, agency_id: int, conduct_points: int, recovery: int, complaints: int, conclusion: str, actor: Actor
) -> AgencyReview:
    """Review an agency: points of 100 each; it passes with sixty in every one of them.

    The breaches of the year before are counted from its own log. Errors: `Refusal`; `Conflict` twice on a day.
    """
    agency = agency_read(agency_id)
    points = (conduct_points, recovery, complaints)
    if not all(0 <= one <= 100 for one in points) or not conclusion.strip():
        zh, en = "评分为 0–100，并写明结论", "points are 0 to 100; write a conclusion"
        raise Refusal("review-points", zh, en, field="conclusion" if not conclusion.strip() else "conduct")
    today = clock.business_date()
    if AgencyReview.objects.filter(agency=agency, on=today).exists():
        raise Conflict("reviewed-today", "今天已评价", "it was reviewed today")
    year = Contact.objects.filter(agency=agency, day__gte=today - timedelta(365)).exclude(breach="")
    made = AgencyReview.objects.create(
        agency=agency,
        on=today,
        conduct=conduct_points,
        recovery=recovery,
        complaints=complaints,
        passed=min(points) >= PASS_MARK,
        conclusion=conclusion.strip(),
        breaches=year.count(),
        reviewed_by_id=actor.ref,
    )
    facts: dict[str, Scalar] = {"passed": made.passed, "breaches": made.breaches, "least": min(points)}
    record(actor=actor, action="agency.reviewed", subject=f"agency:{agency.pk}", facts=facts)
    return made


def review_due(agency: Agency, on: date) -> date:
    """By when the next review is due: a year after the last one, and before the contract ends.

    The number of reviews a year is policy (`collection_conduct.agency_reviews_a_year`).
    """
    times = book_in_force().in_force("collection_conduct.agency_reviews_a_year", on).number
    last = AgencyReview.objects.filter(agency=agency).order_by("-on").values_list("on", flat=True).first()
    due = (last or agency.contract_from) + timedelta(365 // max(times, 1))
    return min(due, agency.contract_until)


def placement_refusal(agency: Agency, on: date) -> Refusal | None:
    """Why an agency gets no case."""
    if agency.closed_on is not None or not agency.contract_from <= on <= agency.contract_until:
        return Refusal("agency-contract", "机构合同不在有效期", "the contract is not in force", field="agency")
    if review_due(agency, on) < on:
        zh, en = f"机构评价已于 {review_due(agency, on)} 到期，评价后方可委托", "its review is overdue: review it first"
        return Refusal("agency-review-due", zh, en, field="agency")
    last = AgencyReview.objects.filter(agency=agency).order_by("-on").first()
    if last is None or not last.passed:
        return Refusal("agency-not-passed", "机构未通过评价", "it has not passed a review", field="agency")
    if not agency.listed:
        zh, en = "机构未列入公示名单", "the agency is not on the published list"
        return Refusal("agency-unlisted", zh, en, field="agency")
    return None


@service
def case_place(*, case_id: int, agency_id: int, until: date, actor: Actor) -> Placement:
    """Give a case to an agency until a day within its contract. Errors: `Refusal`; `Conflict` where one has it."""
    case = selectors.case_lock(case_id)
    refuse_closed(case)
    agency, today = agency_read(agency_id), clock.business_date()
    refused = placement_refusal(agency, today)
    if refused is not None:
        raise refused
    if not today < until <= agency.contract_until:
        zh, en = f"委托期限须在 {agency.contract_until} 之前", f"until {agency.contract_until} at most"
        raise Refusal("placement-until", zh, en, field="until")
    if Placement.objects.filter(case=case, state=PlacementState.PLACED).exists():
        raise Conflict("placed", "该案已委托", "an agency has this case")
    made = Placement.objects.create(
        case=case, agency=agency, placed_on=today, until=until, overdue=case.overdue, placed_by_id=actor.ref
    )
    facts: dict[str, Scalar] = {"agency": agency.pk, "until": until.isoformat(), "overdue": case.overdue}
    record(actor=actor, action="agency.placed", subject=f"collection:{case.pk}", facts=facts)
    return made


@service
def placement_recall(*, placement_id: int, reason: str, actor: Actor) -> Placement:
    """Take a case back. Errors: `Refusal` without a reason; `Conflict` where it is back."""
    found = Placement.objects.select_for_update(no_key=True).filter(pk=placement_id).first()
    if found is None:
        raise NotFound("no-such-placement", "没有这项委托", "there is no such placement")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    if found.state != PlacementState.PLACED:
        raise Conflict("recalled", "该委托已收回", "it is back already")
    found.state, found.recalled_on = PlacementState.RECALLED, clock.business_date()
    found.save(update_fields=["state", "recalled_on"])
    subject = f"collection:{found.case_id}"
    record(actor=actor, action="agency.recalled", subject=subject, facts={"agency": found.agency_id}, reason=reason)
    return found


def placements_end(*, day: date, loans: Loans) -> int:
    """Take back, of some loans, what is past its day or whose case is closed; how many. Called inside a service."""
    over = Placement.objects.filter(loans.by("case__loan_id"), state=PlacementState.PLACED)
    over = over.filter(Q(until__lt=day) | Q(case__state=CaseState.CLOSED))
    return over.update(state=PlacementState.RECALLED, recalled_on=day)


@service
def agency_log_take(*, agency_id: int, rows: Sequence[Reported], actor: Actor) -> Taken:
    """Take the log of an agency: every contact counts like one of ours, once for its key.

    What was done has been done: a contact that broke a rule is kept, named and counted against the agency, one of a
    case that it had no longer as well; from then on nobody may call that debtor who would go beyond the limit.
    Errors: `Refusals`, one a row that cannot be read, and nothing is taken.
    """
    agency = agency_read(agency_id)
    cases: dict[str, list[Placement]] = {}
    for placed in _placed(agency):
        cases.setdefault(placed.case.loan.number, []).append(placed)
    refused = [bad for at, row in enumerate(rows, start=1) if (bad := _row_refusal(at, row, cases)) is not None]
    if refused:
        raise Refusals(refused)
    known = breaches = 0
    for row in sorted(rows, key=lambda one: one.at):
        key = f"agency:{agency.pk}:{row.key or f'{row.number_id}:{row.at.isoformat()}'}"
        if Contact.objects.filter(key=key).exists():
            known += 1
            continue
        breaches += bool(_take(agency, cases[row.loan], row, key))
    taken = Taken(len(rows) - known, known, breaches)
    facts: dict[str, Scalar] = {"taken": taken.taken, "known": known, "breaches": breaches}
    record(actor=actor, action="agency.log_taken", subject=f"agency:{agency.pk}", facts=facts)
    return taken


def agency_read(agency_id: int) -> Agency:
    """One agency. Errors: `NotFound`."""
    found = Agency.objects.filter(pk=agency_id).first()
    if found is None:
        raise NotFound("no-such-agency", "没有这家机构", "there is no such agency")
    return found


def agencies() -> QuerySet[Agency]:
    """Every agency, with how many cases it has and how many rules it broke."""
    placed = Count("placements", filter=Q(placements__state=PlacementState.PLACED), distinct=True)
    broken = Count("contacts", filter=~Q(contacts__breach=""), distinct=True)
    return Agency.objects.annotate(placed=placed, broken=broken).order_by("code")


def reviews_of(agency_id: int) -> list[AgencyReview]:
    """The reviews of an agency, newest first."""
    return list(AgencyReview.objects.filter(agency_id=agency_id).select_related("reviewed_by").order_by("-on"))


def placements_of(agency_id: int) -> QuerySet[Placement]:
    """The cases an agency has or had, newest first."""
    placed = Placement.objects.filter(agency_id=agency_id)
    return placed.select_related("case__loan", "case__customer").order_by("-pk")


def placement_of(case_id: int) -> Placement | None:
    """The agency a case is with."""
    placed = Placement.objects.filter(case_id=case_id, state=PlacementState.PLACED)
    return placed.select_related("agency").first()


def _placed(agency: Agency) -> QuerySet[Placement]:
    """Every case it has or had, the latest last."""
    return Placement.objects.filter(agency=agency).select_related("case__loan").order_by("placed_on", "pk")


def _had(placed: Sequence[Placement], day: date) -> bool:
    """Whether the agency had the case on a day."""
    return any(one.placed_on <= day <= (one.recalled_on or one.until) for one in placed)


def _row_refusal(at: int, row: Reported, cases: dict[str, list[Placement]]) -> Refusal | None:
    placed = cases.get(row.loan)
    if placed is None:
        zh, en = f"第 {at} 行：贷款 {row.loan} 未委托该机构", f"row {at}: loan {row.loan} is not placed with it"
        return Refusal("log-loan", zh, en)
    number = DebtorNumber.objects.filter(pk=row.number_id, customer_id=placed[-1].case.customer_id).first()
    if number is None:
        return Refusal("log-number", f"第 {at} 行：号码不属于该债务人", f"row {at}: not a number of this debtor")
    if row.at > clock.now() or row.at.astimezone(clock.SHANGHAI).date() < placed[0].placed_on - timedelta(1):
        return Refusal("log-time", f"第 {at} 行：时间不在委托期内", f"row {at}: the time is not within the placement")
    try:
        result_of(row.result, Whom(number.whom))
    except Refusal:
        return Refusal("log-result", f"第 {at} 行：结果代码无效", f"row {at}: unknown result")
    return None


def _take(agency: Agency, placed: Sequence[Placement], row: Reported, key: str) -> str:
    case, number = placed[-1].case, selectors.number_read(row.number_id)
    day = row.at.astimezone(clock.SHANGHAI).date()
    debtor = selectors.debtor_day_lock(case.customer_id, day)
    dialled = selectors.number_day_lock(number, day)
    limits = conduct.limits_on(book_in_force(), day)
    attempt = attempt_of(number, row.channel, local_time(row.at))
    counted = Counted(debtor.effective, 0, dialled.dials)
    trail, agreed = selectors.trail_of(case.customer_id), selectors.agreed_hours(case.customer_id)
    found = [conduct.breaches(attempt, counted, trail, limits, agreed)]
    found += [] if _had(placed, day) else [conduct.Rule.NOT_PLACED]
    breach = ",".join(rule for rule in found if rule)
    came = result_of(row.result, Whom(number.whom))
    if row.channel in CALLS:
        dialled.dials += 1
        dialled.save(update_fields=["dials"])
        debtor.effective += came.connected
        debtor.save(update_fields=["effective"])
    Contact.objects.create(
        case=case,
        customer_id=case.customer_id,
        number=number,
        channel=row.channel,
        whom=number.whom,
        day=day,
        at=row.at,
        agency=agency,
        result=came.code,
        connected=came.connected,
        effective=came.connected,
        seconds=row.seconds,
        breach=breach,
        key=key,
        recorded_at=clock.now(),
    )
    number_mark(number, came)
    return breach
