"""The first person's part: a conclusion with its reasons, frozen with everything it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from chedai.deals.applications.services.submitting import application_return
from chedai.deals.pipeline.services import deal_turn
from chedai.deals.pipeline.states import Turn
from chedai.deals.underwriting import steps
from chedai.deals.underwriting.events import CreditDecided
from chedai.deals.underwriting.models import Assessment, Decision, PayoutCondition, UnderwritingCase
from chedai.deals.underwriting.rulebooks import book_of_versions
from chedai.deals.underwriting.rules.book import RuleSet
from chedai.deals.underwriting.rules.flow import (
    APPROVING,
    Proposal,
    overrides,
    proposal_refusals,
    steps_with_reviews,
)
from chedai.deals.underwriting.rules.values import Inputs, Result
from chedai.deals.underwriting.rules.wording import condition_words
from chedai.deals.underwriting.selectors import case_lock, decision_lock, inputs_in, result_in
from chedai.deals.underwriting.services.cases import assess
from chedai.deals.underwriting.states import CaseState, ConditionSource, DecisionState, Verdict
from chedai.org.authority import steps_for
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.approvals.services import approval_request, approval_withdraw
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusals
from chedai.platform.work import emit, record, service

DECIDE: Final = "credit.decide"
"""The action limits of authority are set for."""


@service
def decision_propose(*, case_id: int, proposal: Proposal, actor: Actor) -> Decision:
    """Propose a conclusion; another person confirms it, or several by amount, deviation and grade.

    The case is assessed anew, so that nobody decides on figures of yesterday. A case sent back needs no second person.
    Errors: `Refusals` naming everything that is missing; `Refusal` where nobody's authority suffices.
    """
    case = case_lock(case_id)
    assessment = assess(case, case.deal) if case.state == CaseState.OPEN else None
    if assessment is None:
        raise Conflict("case-not-open", "该件不在待提结论状态", "this case does not wait for a proposal")
    inputs, result = inputs_in(assessment), result_in(assessment)
    words = book_of_versions(result.rules).sets["words"]
    refused = proposal_refusals(CaseState(case.state), result, proposal, words)
    if refused:
        raise Refusals(refused)
    decision = _write(case, assessment, inputs, result, proposal, actor)
    facts: dict[str, Scalar] = {"decision": decision.pk, "verdict": decision.verdict, "outcome": assessment.outcome}
    facts |= {"deviation": decision.deviation, "override": decision.override_code, "digest": assessment.digest}
    record(actor=actor, action="decision.proposed", subject=f"deal:{case.deal_id}", facts=facts)
    if proposal.verdict is Verdict.RETURN:
        return _send_back(case, decision, actor)
    _conditions(case, decision, result, proposal, words, actor)
    _ask(case, decision, result, actor)
    case.state = CaseState.PROPOSED
    case.save(update_fields=["state"])
    deal_turn(deal_id=case.deal_id, turn=Turn.APPROVER, next_step=steps.CONFIRM, actor=actor)
    return decision


@service
def decision_withdraw(*, decision_id: int, actor: Actor) -> Decision:
    """The maker takes a proposal back; the case waits for another."""
    decision = decision_lock(decision_id)
    if decision.state != DecisionState.PROPOSED or decision.approval_id is None:
        raise Conflict("decision-closed", "该结论已结束", "this decision is closed")
    if decision.proposed_by_id != actor.ref:
        raise NotAllowed("not-the-maker", "只有提出人可以撤回结论", "only who proposed can take it back")
    approval_withdraw(approval_id=decision.approval_id, actor=actor)  # the close of the approval closes the rest
    decision.refresh_from_db()
    return decision


def document_of(decision: Decision) -> dict[str, Any]:
    """What is frozen and approved: the verdict, the terms, and the digest of all it was made of."""
    return {
        "deal": decision.case.deal.number,
        "round": decision.case.round,
        "verdict": decision.verdict,
        "amount": decision.amount,
        "annual_rate": decision.annual_rate,
        "periods": decision.periods,
        "lender": decision.lender_code,
        "plan": decision.plan_digest,
        "assessment": decision.assessment.digest,
        "reasons": ",".join(decision.reasons),
        "override": decision.override_code,
    }


def condition_add(decision: Decision, code: str, zh: str, en: str, actor: Actor) -> PayoutCondition:
    """One more condition of a decision. Called inside a service."""
    return PayoutCondition.objects.create(
        deal_id=decision.case.deal_id,
        source=ConditionSource.DECISION,
        source_id=decision.pk,
        code=code,
        zh=zh,
        en=en,
        set_by=actor.key,
    )


def conditions_typed(decision: Decision, typed: Sequence[str], actor: Actor) -> None:
    """Conditions somebody wrote, numbered after those there are. Called inside a service."""
    held = PayoutCondition.objects.filter(
        source=ConditionSource.DECISION, source_id=decision.pk, code__startswith="custom-"
    ).count()
    for number, words in enumerate(typed, held + 1):
        condition_add(decision, f"custom-{number}", words.strip(), words.strip(), actor)


def _write(
    case: UnderwritingCase, assessment: Assessment, inputs: Inputs, result: Result, said: Proposal, actor: Actor
) -> Decision:
    approving = said.verdict in APPROVING
    overriding = approving and overrides(result)
    verdict = said.verdict
    if approving:
        verdict = Verdict.CONDITIONAL if result.conditions or said.conditions else Verdict.APPROVE
    ask = inputs.ask
    return Decision.objects.create(
        case=case,
        assessment=assessment,
        verdict=verdict,
        amount=ask.amount,
        annual_rate=ask.annual_rate,
        periods=ask.periods,
        lender_code=ask.lender_code,
        plan_digest=ask.plan_digest,
        deviation=result.deviation if approving else 0,
        reasons=list(said.reasons),
        opinion=said.opinion.strip(),
        override_code=said.override_code if overriding else "",
        override_reason=said.override_reason.strip() if overriding else "",
        proposed_by_id=actor.ref,
        proposed_at=clock.now(),
    )


def _conditions(
    case: UnderwritingCase, decision: Decision, result: Result, said: Proposal, words: RuleSet, actor: Actor
) -> None:
    if said.verdict not in APPROVING:
        return
    for code in result.conditions:
        condition_add(decision, code, *condition_words(words, code), actor)
    conditions_typed(decision, said.conditions, actor)


def _ask(case: UnderwritingCase, decision: Decision, result: Result, actor: Actor) -> None:
    """Ask for the second person: whose authority suffices, and one more where the grade is low."""
    store, day = case.deal.store_id, clock.business_date()
    needed = steps_for(DECIDE, amount=decision.amount, deviation=decision.deviation, store_id=store, on=day)
    decision.approval = approval_request(
        action=DECIDE,
        subject=f"deal:{case.deal_id}",
        document=document_of(decision),
        steps=steps_with_reviews(needed, result, Verdict(decision.verdict)),
        amount=decision.amount,
        deviation=decision.deviation,
        unit=store,
        actor=actor,
    )
    decision.save(update_fields=["approval"])


def _send_back(case: UnderwritingCase, decision: Decision, actor: Actor) -> Decision:
    decision.state, decision.closed_at, decision.closed_by_id = DecisionState.RETURNED, clock.now(), actor.ref
    decision.save(update_fields=["state", "closed_at", "closed_by"])
    case.state = CaseState.REWORK
    case.save(update_fields=["state"])
    application_return(application_id=case.application, reason=decision.opinion, actor=actor)
    emit(CreditDecided(case.deal_id, decision.pk, Verdict.RETURN))
    return decision
