"""Asking for approval, giving it, and holding what is carried out against what was approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.approvals import guards, rules, selectors
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.models import Approval, ApprovalDecision
from chedai.platform.approvals.states import MOVES, State, Verdict
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from chedai.platform.work import emit, record, service


@service
def approval_request(
    *,
    action: str,
    subject: str,
    document: Mapping[str, Any],
    steps: Sequence[str],
    actor: Actor,
    amount: int = 0,
    deviation: int = 0,
    unit: int | None = None,
) -> Approval:
    """Freeze `document` and ask for its approval by `steps`, one person each, in order."""
    if not steps:
        raise Refusal("no-step", "没有可审批的人", "there is nobody to approve this")
    frozen, digest = rules.freeze(document)
    approval = Approval.objects.create(
        action=action,
        subject=subject,
        unit=unit,
        amount=amount,
        deviation=deviation,
        frozen=frozen,
        digest=digest,
        steps=list(steps),
        requested_by_id=actor.ref,
        requested_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"of": subject, "action": action, "amount": amount, "deviation": deviation}
    facts |= {"digest": digest, "steps": ",".join(steps)}
    record(actor=actor, action="approval.requested", subject=f"approval:{approval.pk}", facts=facts)
    return approval


@service
def approval_decide(
    *, approval_id: int, verdict: Verdict, digest: str, capacities: frozenset[str], actor: Actor, opinion: str = ""
) -> Approval:
    """Decide the step that waits. `digest` is the hash of what the checker saw; of two who race, one decides."""
    approval = selectors.approval_lock(approval_id)
    deciders = frozenset(approval.decisions.values_list("decided_by_id", flat=True))
    state = State(approval.state)
    case = rules.Case(state, approval.requested_by_id, deciders, approval.steps[approval.step], approval.digest)
    refused = rules.refusal(case, rules.Checker(actor.ref, capacities, digest, verdict, opinion))
    refused = refused or guards.refusal(approval, actor.ref, verdict)
    if refused is not None:
        raise refused
    ApprovalDecision.objects.create(
        approval=approval,
        step=approval.step,
        verdict=verdict,
        opinion=opinion.strip(),
        digest=digest,
        decided_by_id=actor.ref,
        decided_at=clock.now(),
    )
    facts = {"verdict": verdict.value, "step": approval.step, "digest": digest}
    record(actor=actor, action="approval.decided", subject=f"approval:{approval.pk}", facts=facts)
    if verdict is Verdict.APPROVE and approval.step + 1 < len(approval.steps):
        approval.step += 1
        approval.save(update_fields=["step"])
        return approval
    return _close(approval, MOVES[state, verdict])


@service
def approval_withdraw(*, approval_id: int, actor: Actor) -> Approval:
    """The maker takes the request back."""
    approval = selectors.approval_lock(approval_id)
    if approval.requested_by_id != actor.ref:
        raise NotAllowed("not-the-maker", "只有提交人可以撤回", "only who asked can take it back")
    if approval.state != State.PENDING:
        raise Conflict("approval-closed", "该审批已有结论", "this approval has already been closed")
    record(actor=actor, action="approval.withdrawn", subject=f"approval:{approval.pk}")
    return _close(approval, State.WITHDRAWN)


@service
def approval_hold(*, approval_id: int, document: Mapping[str, Any], actor: Actor) -> bool:
    """Whether `document`, about to be carried out, is what was approved. If it is not, the approval is void."""
    approval = selectors.approval_lock(approval_id)
    _, digest = rules.freeze(document)
    if digest == approval.digest:
        return approval.state == State.APPROVED
    if approval.state in (State.PENDING, State.APPROVED):
        facts = {"approved": approval.digest, "found": digest}
        record(actor=actor, action="approval.voided", subject=f"approval:{approval.pk}", facts=facts)
        _close(approval, State.VOID)
    return False


def _close(approval: Approval, state: State) -> Approval:
    approval.state, approval.closed_at = state, clock.now()
    approval.save(update_fields=["state", "closed_at"])
    emit(ApprovalClosed(approval.pk, approval.action, approval.subject, state))
    return approval
