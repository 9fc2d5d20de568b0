"""The second person's part, and what follows from it.

The rights of a second person are held where the approval is decided (`platform.approvals`): not the maker, not twice,
within authority, on the very bytes that were on the screen; and `papers_guard` adds that they have opened the papers.
"""

from __future__ import annotations

from collections.abc import Sequence

from chedai.deals.applications.services.submitting import application_return
from chedai.deals.pipeline.services import deal_advance, deal_turn
from chedai.deals.pipeline.states import Stage, Turn
from chedai.deals.underwriting import steps
from chedai.deals.underwriting.events import CreditDecided
from chedai.deals.underwriting.models import Decision, PayoutCondition, PolicyException
from chedai.deals.underwriting.rulebooks import book_of_versions
from chedai.deals.underwriting.rules.flow import APPROVING, condition_refusals, reasons_refusals
from chedai.deals.underwriting.selectors import (
    case_lock,
    case_read,
    decision_lock,
    papers_unseen,
    plan_digest_of,
    result_in,
)
from chedai.deals.underwriting.services.proposing import DECIDE, conditions_typed
from chedai.deals.underwriting.states import CaseState, ConditionSource, DecisionState, Verdict
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals import states as approvals
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.approvals.services import approval_decide
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.work import emit, record, service

_SAYS = {
    Verdict.APPROVE: approvals.Verdict.APPROVE,
    Verdict.CONDITIONAL: approvals.Verdict.APPROVE,
    Verdict.RETURN: approvals.Verdict.RETURN,
    Verdict.DECLINE: approvals.Verdict.DECLINE,
}


@service
def decision_confirm(
    *,
    decision_id: int,
    verdict: Verdict,
    digest: str,
    capacities: frozenset[str],
    actor: Actor,
    opinion: str = "",
    conditions: Sequence[str] = (),
    reasons: Sequence[str] = (),
) -> Decision:
    """The next person decides on a proposal: agrees, agrees on more conditions, sends the file back, or declines it.

    `digest` is that of the approval they had before their eyes. Agreeing to a proposed decline declines. Errors: what
    the approval refuses; `Refusals` for a decline without codes; `Conflict` where the customer has another plan now.
    """
    decision = decision_lock(decision_id)
    case = case_lock(decision.case_id)
    if decision.state != DecisionState.PROPOSED or decision.approval_id is None:
        raise Conflict("decision-closed", "该结论已结束", "this decision is closed")
    if plan_digest_of(case.deal_id) != decision.plan_digest:
        zh, en = "客户的方案已变，请撤回后重新提出结论", "the customer's plan has changed: propose again"
        raise Conflict("plan-changed", zh, en)
    _refuse(decision, verdict, conditions, reasons)
    if verdict is Verdict.CONDITIONAL:
        conditions_typed(decision, conditions, actor)
    if verdict is Verdict.DECLINE and decision.verdict != Verdict.DECLINE:
        decision.reasons = list(reasons)
        decision.save(update_fields=["reasons"])
    approval_decide(
        approval_id=decision.approval_id,
        verdict=_SAYS[verdict],
        digest=digest,
        capacities=capacities,
        actor=actor,
        opinion=opinion,
    )
    decision.refresh_from_db()
    return decision


def papers_guard(approval: Approval, user: int, verdict: approvals.Verdict) -> Refusal | None:
    """A second person decides on the papers: who has not opened them all may only send the file back."""
    if verdict is approvals.Verdict.RETURN:
        return None
    decision = Decision.objects.filter(approval=approval).first()
    unseen = papers_unseen(case_read(decision.case_id), user) if decision else []
    if not unseen:
        return None
    zh = f"还有 {len(unseen)} 份资料未打开，须看过资料再表决"
    return Refusal("papers-unseen", zh, f"{len(unseen)} papers not opened yet: see them before you decide")


def decision_close_on_approval(event: ApprovalClosed) -> None:
    """What follows from the end of an approval: the contract, rework, a decline, or the case waits again."""
    if event.action != DECIDE:
        return
    decision = Decision.objects.filter(approval=event.approval_id).first()
    if decision is not None and decision.state == DecisionState.PROPOSED:
        decision_close(decision_id=decision.pk, ended=event.state, actor=_closer(event.approval_id))


@service
def decision_close(*, decision_id: int, ended: approvals.State, actor: Actor) -> Decision:
    """Close a decision as its approval ended. Called by the event of the approval, inside its transaction."""
    decision = decision_lock(decision_id)
    decision.closed_at = clock.now()
    decision.closed_by_id = actor.ref if actor.kind is ActorKind.PERSON else None
    closing = {
        approvals.State.APPROVED: _confirmed,
        approvals.State.RETURNED: _returned,
        approvals.State.DECLINED: _declined,
        approvals.State.WITHDRAWN: _waits_again,
        approvals.State.VOID: _voided,
    }[ended]
    facts: dict[str, Scalar] = {"decision": decision.pk, "ended": ended.value}
    record(actor=actor, action="decision.closed", subject=f"deal:{decision.case.deal_id}", facts=facts)
    closing(decision, actor)
    return decision


def _refuse(decision: Decision, verdict: Verdict, conditions: Sequence[str], reasons: Sequence[str]) -> None:
    refused: list[Refusal] = []
    proposed = Verdict(decision.verdict)
    if verdict is Verdict.CONDITIONAL:
        if proposed not in APPROVING:
            refused.append(Conflict("proposal-declines", "提案是拒绝，不能附条件", "the proposal is a decline"))
        elif not conditions:
            zh, en = "请写明增加的放款前提", "write the condition you add"
            refused.append(Refusal("condition-missing", zh, en, field="conditions"))
        refused += condition_refusals(conditions)
    if verdict is Verdict.DECLINE and proposed is not Verdict.DECLINE:
        words = book_of_versions(result_in(decision.assessment).rules).sets["words"]
        refused += reasons_refusals(reasons, words)
    if refused:
        raise Refusals(refused)


def _confirmed(decision: Decision, actor: Actor) -> None:
    if decision.verdict == Verdict.DECLINE:
        _declined(decision, actor)
        return
    held = PayoutCondition.objects.filter(source=ConditionSource.DECISION, source_id=decision.pk).exists()
    decision.verdict = Verdict.CONDITIONAL if held else Verdict.APPROVE
    PolicyException.objects.bulk_create(
        PolicyException(
            decision=decision,
            code=reason.code,
            limit=reason.limit or 0,
            found=reason.found or 0,
            deviation=reason.deviation,
        )
        for reason in result_in(decision.assessment).exceptions
    )
    _end(decision, DecisionState.CONFIRMED, CaseState.DECIDED)
    deal_turn(deal_id=decision.case.deal_id, turn=Turn.OFFICER, next_step=steps.AFTER_APPROVAL, actor=actor)
    emit(CreditDecided(decision.case.deal_id, decision.pk, Verdict(decision.verdict)))


def _declined(decision: Decision, actor: Actor) -> None:
    decision.verdict = Verdict.DECLINE
    _end(decision, DecisionState.CONFIRMED, CaseState.DECIDED)
    deal_id = decision.case.deal_id
    deal_advance(
        deal_id=deal_id, to=Stage.QUOTE, owner_id=None, turn=Turn.OFFICER, next_step=steps.EXPLAIN, actor=actor
    )
    emit(CreditDecided(deal_id, decision.pk, Verdict.DECLINE))


def _returned(decision: Decision, actor: Actor) -> None:
    _end(decision, DecisionState.RETURNED, CaseState.REWORK)
    last = ApprovalDecision.objects.filter(approval=decision.approval_id).order_by("-step").first()
    reason = last.opinion if last else decision.opinion
    application_return(application_id=decision.case.application, reason=reason, actor=actor)
    emit(CreditDecided(decision.case.deal_id, decision.pk, Verdict.RETURN))


def _waits_again(decision: Decision, actor: Actor) -> None:
    _open_again(decision, DecisionState.WITHDRAWN, actor)


def _voided(decision: Decision, actor: Actor) -> None:
    _open_again(decision, DecisionState.VOID, actor)


def _open_again(decision: Decision, state: DecisionState, actor: Actor) -> None:
    _end(decision, state, CaseState.OPEN)
    deal_turn(deal_id=decision.case.deal_id, turn=Turn.APPROVER, next_step=steps.PROPOSE, actor=actor)


def _end(decision: Decision, state: DecisionState, case_state: CaseState) -> None:
    decision.state = state
    decision.save()
    decision.case.state = case_state
    decision.case.save(update_fields=["state"])


def _closer(approval_id: int) -> Actor:
    """Who ended the approval: the last who decided, or the house where nobody did."""
    last = ApprovalDecision.objects.filter(approval=approval_id).select_related("decided_by").order_by("-step").first()
    if last is None:
        return steps.HOUSE
    return Actor(ActorKind.PERSON, last.decided_by_id, last.decided_by.display_name)
