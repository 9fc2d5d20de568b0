"""Opening a case, assessing it, noting who saw which paper, rating the customer."""

from __future__ import annotations

from collections.abc import Mapping

from chedai.deals.applications.events import ApplicationSubmitted
from chedai.deals.pipeline.limits import limits
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.states import Mode, Stage, Turn
from chedai.deals.underwriting import steps
from chedai.deals.underwriting.gathering import inputs_of
from chedai.deals.underwriting.models import Assessment, PaperSeen, Rating, UnderwritingCase
from chedai.deals.underwriting.rulebooks import book_on, texts_keep
from chedai.deals.underwriting.rules.deciding import decide
from chedai.deals.underwriting.rules.questionnaire import points_of
from chedai.deals.underwriting.rules.values import canonical, canonical_rules, digest_of
from chedai.deals.underwriting.selectors import assessment_of, case_lock, cases_of, papers_to_see
from chedai.deals.underwriting.states import CaseKind, CaseState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound
from chedai.platform.work import record, service


def case_open_on_submitted(event: ApplicationSubmitted) -> None:
    """The file is complete: the next round before the approvers begins, with what the rules say on it."""
    case_open(deal_id=event.deal_id, application_id=event.application_id, actor=steps.HOUSE)


@service
def case_open(*, deal_id: int, application_id: int, actor: Actor) -> UnderwritingCase:
    """Open the next round of a deal. A partner's deal gets a pre-check only: the partner decides.

    Whatever round stood open before is closed: the application has come anew.
    """
    deal = deal_lock(deal_id)
    now = clock.now()
    earlier = cases_of(deal.pk)
    for case in earlier:
        if case.state != CaseState.CLOSED:
            case.state, case.closed_at = CaseState.CLOSED, now
            case.save(update_fields=["state", "closed_at"])
    full = deal.mode == Mode.OWN_BOOK
    case = UnderwritingCase.objects.create(
        deal=deal,
        application=application_id,
        round=earlier[0].round + 1 if earlier else 1,
        kind=CaseKind.FULL if full else CaseKind.PRECHECK,
        state=CaseState.OPEN if full else CaseState.CLOSED,
        opened_at=now,
        due_at=limits().due(now, limits().limit_of(Stage.DECISION, Turn.APPROVER)),
        closed_at=None if full else now,
    )
    facts: dict[str, Scalar] = {"round": case.round, "kind": case.kind}
    record(actor=actor, action="case.opened", subject=f"deal:{deal.pk}", facts=facts)
    assess(case, deal)
    return case


@service
def case_assess(*, case_id: int, actor: Actor) -> Assessment:
    """Ask the rules again: a paper, an answer or a rating has come since. The same bytes are kept once."""
    case = case_lock(case_id)
    if case.state not in (CaseState.OPEN, CaseState.PROPOSED):
        raise Conflict("case-closed", "该件已有结论，评估不再更新", "this case is decided: its assessment stays")
    before = assessment_of(case.pk)
    made = assess(case, case.deal)
    if before is None or before.pk != made.pk:
        facts: dict[str, Scalar] = {"outcome": made.outcome, "grade": made.grade, "limit": made.limit}
        record(actor=actor, action="case.assessed", subject=f"deal:{case.deal_id}", facts=facts)
    return made


def assess(case: UnderwritingCase, deal: Deal) -> Assessment:
    """Gather, decide, keep the bytes. Called inside a service."""
    book = book_on(clock.business_date())
    inputs = inputs_of(deal, case.application, case.pk, book.sets["questions"])
    result = decide(inputs, book)
    texts_keep(book)
    bodies = canonical(inputs), canonical_rules(result.rules), canonical(result)
    whole = digest_of(*bodies)
    newest = assessment_of(case.pk)
    if newest is not None and newest.digest == whole:
        return newest
    return Assessment.objects.create(
        case=case,
        inputs=bodies[0],
        rules=bodies[1],
        result=bodies[2],
        digest=whole,
        outcome=result.outcome,
        grade=result.grade,
        score=result.score,
        limit=result.limit or 0,
        made_at=clock.now(),
    )


@service
def paper_see(*, case_id: int, paper_id: int, actor: Actor) -> None:
    """Note that somebody opened a paper of a case; opened twice it is noted once. Errors: `NotFound`."""
    case = case_lock(case_id)
    if not papers_to_see(case.deal_id).filter(pk=paper_id).exists():
        raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
    seen = PaperSeen(case=case, paper_id=paper_id, user_id=actor.ref, seen_at=clock.now())
    PaperSeen.objects.bulk_create([seen], ignore_conflicts=True)


@service
def rating_write(*, case_id: int, answers: Mapping[str, str], actor: Actor) -> Rating:
    """One rater's answers; written again they replace the rater's own. Errors: `Refusals` at the questions."""
    case = case_lock(case_id)
    if case.state != CaseState.OPEN:
        raise Conflict("case-not-open", "该件不在评估状态", "this case is not being assessed")
    questions = book_on(clock.business_date()).sets["questions"]
    points = points_of(questions, answers)
    known = {question["code"] for question in questions.document["questions"]}
    rating, _made = Rating.objects.update_or_create(
        case=case,
        rater_id=actor.ref,
        defaults={
            "answers": {code: option for code, option in sorted(answers.items()) if code in known},
            "points": points,
            "questionnaire": questions.digest,
            "rated_at": clock.now(),
        },
    )
    facts: dict[str, Scalar] = {"points": points, "questionnaire": questions.version}
    record(actor=actor, action="case.rated", subject=f"deal:{case.deal_id}", facts=facts)
    assess(case, case.deal)
    return rating
