"""After the approval: conditions are met one by one, a lender's are taken over, an approval is voided by a change."""

from __future__ import annotations

from chedai.deals.applications.events import LenderWon
from chedai.deals.applications.selectors import submission_read
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance, deal_turn
from chedai.deals.pipeline.states import Stage, Turn
from chedai.deals.underwriting import steps
from chedai.deals.underwriting.models import Decision, PayoutCondition, UnderwritingCase
from chedai.deals.underwriting.selectors import cases_of
from chedai.deals.underwriting.services.cases import case_open
from chedai.deals.underwriting.states import CaseState, ConditionSource, ConditionState, DecisionState
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.work import record, service


@service
def condition_meet(*, condition_id: int, evidence: str, actor: Actor) -> PayoutCondition:
    """State that a condition is met, and by what that is shown. Errors: `Refusal` without evidence; `Conflict`."""
    condition = PayoutCondition.objects.select_for_update(no_key=True).filter(pk=condition_id).first()
    if condition is None:
        raise NotFound("no-such-condition", "没有这项放款前提", "there is no such condition")
    if condition.state == ConditionState.MET:
        raise Conflict("condition-met", "该前提已确认满足", "this condition is met already")
    if not evidence.strip():
        zh, en = "请写明凭什么确认已满足", "say what shows that it is met"
        raise Refusal("evidence-missing", zh, en, field="evidence")
    condition.state, condition.evidence = ConditionState.MET, evidence.strip()[:200]
    condition.met_by_id, condition.met_at = actor.ref, clock.now()
    condition.save()
    facts: dict[str, Scalar] = {"condition": condition.code, "of": f"{condition.source}:{condition.source_id}"}
    record(actor=actor, action="condition.met", subject=f"deal:{condition.deal_id}", facts=facts, reason=evidence)
    return condition


def conditions_take_on_won(event: LenderWon) -> None:
    """A lender's approval was taken: its conditions block the payout like the house's own."""
    conditions_take(deal_id=event.deal_id, submission_id=event.submission_id, actor=steps.HOUSE)


@service
def conditions_take(*, deal_id: int, submission_id: int, actor: Actor) -> list[PayoutCondition]:
    """Write down the conditions a lender named, in its own words."""
    said = submission_read(submission_id).conditions
    taken = [
        PayoutCondition.objects.get_or_create(
            source=ConditionSource.SUBMISSION,
            source_id=submission_id,
            code=f"lender-{number}",
            defaults={"deal_id": deal_id, "zh": str(words)[:200], "en": str(words)[:200], "set_by": actor.key},
        )[0]
        for number, words in enumerate(said, 1)
    ]
    if taken:
        facts: dict[str, Scalar] = {"conditions": len(taken), "submission": submission_id}
        record(actor=actor, action="conditions.taken", subject=f"deal:{deal_id}", facts=facts)
    return taken


@service
def approval_void(*, deal_id: int, reason: str, actor: Actor) -> UnderwritingCase:
    """What was approved has changed: the approval is void and the deal goes before the approvers again.

    Errors: `Conflict` where the house has approved nothing; `Refusal` without a reason.
    """
    deal = deal_lock(deal_id)
    if not reason.strip():
        raise Refusal("reason-missing", "请写明变更原因", "say what has changed", field="reason")
    cases = cases_of(deal_id)
    decision = Decision.objects.filter(case__in=cases, state=DecisionState.CONFIRMED).order_by("-pk").first()
    if decision is None or decision.case.state != CaseState.DECIDED:
        raise Conflict("nothing-approved", "没有可作废的批准", "nothing of the house's is approved")
    decision.state = DecisionState.VOID
    decision.save(update_fields=["state"])
    facts: dict[str, Scalar] = {"decision": decision.pk}
    record(actor=actor, action="decision.voided", subject=f"deal:{deal_id}", facts=facts, reason=reason)
    if deal.stage != Stage.DECISION:
        deal_advance(
            deal_id=deal_id,
            to=Stage.DECISION,
            owner_id=None,
            turn=Turn.APPROVER,
            next_step=steps.AFTER_VOID,
            actor=actor,
        )
    else:
        deal_turn(deal_id=deal_id, turn=Turn.APPROVER, next_step=steps.AFTER_VOID, actor=actor)
    return case_open(deal_id=deal_id, application_id=decision.case.application, actor=actor)
