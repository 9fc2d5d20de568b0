"""A change after the approval (审批后变更): the memo, and where it makes the approval void, the way back."""

from __future__ import annotations

from chedai.deals.applications.services.lenders import submission_withdraw
from chedai.deals.contracts import selectors
from chedai.deals.contracts.events import ApprovalVoided
from chedai.deals.contracts.models import Amendment, PayeeAccount
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.rules import amending as rules
from chedai.deals.contracts.rules.drafting import refuse_unapproved
from chedai.deals.contracts.services.statements import statement_void
from chedai.deals.contracts.services.voiding import contract_void
from chedai.deals.contracts.states import Change, PayeeState
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance
from chedai.deals.pipeline.states import DealState, Stage, Turn
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.underwriting.approved import Approved
from chedai.deals.underwriting.selectors import approved
from chedai.deals.underwriting.services.conditions import approval_void
from chedai.engine.money import percent, yuan_grouped
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict
from chedai.platform.work import emit, record, service

_STAGES = frozenset({Stage.CONTRACT, Stage.DISBURSEMENT})


def standing(deal_id: int, change: Change) -> str:
    """What stands now of what is to be changed, in words, without a personal value."""
    plan = plan_in_hand(deal_id)
    return _words(plan, change, deal_id)


@service
def deal_amend(*, deal_id: int, change: Change, after: str, reason: str, actor: Actor) -> Amendment:
    """Note a change after the approval. One of amount, term, rate, car or payee voids approval, contract and statement
    and sends the deal back to the decision.

    `after` is what shall be, in words without a personal value. Errors: `Refusal` at its field; `Conflict` before the
    approval and after the payout.
    """
    deal = deal_lock(deal_id)
    if deal.state != DealState.OPEN or Stage(deal.stage) not in _STAGES:
        zh, en = "只有批复后、放款前可以办理变更", "a deal is amended after its approval and before its payout"
        raise Conflict("amend-stage", zh, en)
    plan = plan_in_hand(deal_id)
    approval = refuse_unapproved(plan, approved(deal_id))
    before = _words(plan, change, deal_id)
    rules.refuse_change(before, after, reason)
    contract = selectors.contract_in_force(deal_id)
    memo = Amendment.objects.create(
        deal=deal,
        contract=contract,
        change=change,
        before=before,
        after=after.strip()[:200],
        reason=reason.strip()[:300],
        voids=rules.voids(change),
        approved_digest=approval.plan_digest or plan.digest,
        made_by_id=actor.ref,
        made_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"amendment": memo.pk, "change": change.value, "voids": memo.voids}
    facts |= {"before": memo.before, "after": memo.after}
    record(actor=actor, action="deal.amended", subject=f"deal:{deal_id}", facts=facts, reason=memo.reason)
    if memo.voids:
        _void(memo, approval, actor)
    return memo


def _void(memo: Amendment, approval: Approved, actor: Actor) -> None:
    deal_id = memo.deal_id
    if memo.contract is not None:
        contract_void(memo.contract, actor, why=f"amendment:{memo.pk}")
    statement = selectors.statement_in_force(deal_id)
    if statement is not None:
        statement_void(statement, actor)
    if memo.change == Change.PAYEE:
        held = [*selectors.payees_in_force(deal_id), *selectors.payees_proposed(deal_id)]
        PayeeAccount.objects.filter(pk__in=[one.pk for one in held]).update(state=PayeeState.REPLACED)
    words = f"审批后变更：{memo.before} → {memo.after}"[:120]
    facts: dict[str, Scalar] = {"amendment": memo.pk, "approved": memo.approved_digest}
    facts["of"] = f"{approval.source}:{approval.source_id}"
    record(actor=actor, action="approval.voided", subject=f"deal:{deal_id}", facts=facts)
    if approval.source == "decision":
        approval_void(deal_id=deal_id, reason=words, actor=actor)
    else:
        submission_withdraw(submission_id=approval.source_id, reason=words, actor=actor)
        deal_advance(deal_id=deal_id, to=Stage.DECISION, owner_id=None, turn=Turn.OFFICER, next_step=words, actor=actor)
    emit(ApprovalVoided(deal_id, memo.pk))


def _words(plan: FrozenPlan, change: Change, deal_id: int) -> str:
    match change:
        case Change.AMOUNT:
            return f"{yuan_grouped(plan.principal)} 元"
        case Change.TERM:
            return f"{plan.periods} 期"
        case Change.RATE:
            return f"{percent(plan.annual_rate):f}%"
        case Change.VEHICLE:
            return plan.vehicle
        case Change.PAYEE:
            return "、".join(f"{one.bank} {yuan_grouped(one.amount)} 元" for one in selectors.payees_in_force(deal_id))
        case Change.OTHER:
            return "无"
