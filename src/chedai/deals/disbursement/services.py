"""Proving the down payment, asking for the money, letting it go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chedai.deals.collateral.services import collateral_clock_start
from chedai.deals.contracts.events import ApprovalVoided
from chedai.deals.contracts.models import Contract
from chedai.deals.contracts.selectors import contract_document, contract_signed, payees_in_force
from chedai.deals.disbursement import rules, selectors
from chedai.deals.disbursement.events import FundsReleased
from chedai.deals.disbursement.models import FundingItem, PayoutOrder, PayoutPart
from chedai.deals.disbursement.states import Check, EvidenceState, PayoutState, Route
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance, deal_turn
from chedai.deals.pipeline.states import Stage, Turn
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import emit, record, service

ACTOR = system("disbursement")


@service
def down_payment_prove(
    *, deal_id: int, amount: int, name: str, content: bytes, actor: Actor, note: str = ""
) -> FundingItem:
    """Hand in the paper that shows the down payment (fen). It counts once a second person has looked at it."""
    deal = deal_lock(deal_id)
    if amount <= 0:
        raise Refusal("evidence-amount", "凭证金额须大于 0", "the amount is above 0", field="amount")
    if not content:
        raise Refusal("evidence-missing", "请上传首付凭证", "hand in the paper", field="file")
    live = FundingItem.objects.filter(deal=deal, code=Check.DOWN_PAYMENT).exclude(state=EvidenceState.RETURNED)
    if live.exists():
        raise Conflict("evidence-there", "首付凭证已上传", "the down payment has its paper already")
    subject = f"deal:{deal_id}"
    paper = paper_hand_in(subject=subject, purpose="down_payment", name=name, content=content, actor=actor)
    item = FundingItem.objects.create(
        deal=deal,
        code=Check.DOWN_PAYMENT,
        state=EvidenceState.HANDED_IN,
        amount=amount,
        note=note.strip(),
        paper=paper,
        handed_in_by_id=actor.ref,
        handed_in_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"item": item.code, "amount": amount, "paper": paper.pk}
    record(actor=actor, action="funding.proved", subject=subject, facts=facts)
    return item


@service
def evidence_check(*, item_id: int, accept: bool, actor: Actor, reason: str = "") -> FundingItem:
    """A second person accepts a paper of the checklist, or returns it with a reason."""
    deal_lock(selectors.evidence_read(item_id).deal_id)
    item = selectors.evidence_lock(item_id)
    if item.state != EvidenceState.HANDED_IN:
        raise Conflict("evidence-settled", "该凭证已有结论", "this paper has been looked at already")
    if item.handed_in_by_id == actor.ref:
        raise NotAllowed("maker-is-checker", "不得复核自己上传的凭证", "nobody checks the paper they handed in")
    if not accept and not reason.strip():
        raise Refusal("reason-missing", "退回须写明原因", "say why it is returned", field="reason")
    item.state = EvidenceState.ACCEPTED if accept else EvidenceState.RETURNED
    item.checked_by_id, item.checked_at, item.note = actor.ref, clock.now(), reason.strip() or item.note
    item.save()
    facts: dict[str, Scalar] = {"item": item.code, "accepted": accept, "amount": item.amount}
    record(actor=actor, action="funding.checked", subject=f"deal:{item.deal_id}", facts=facts, reason=reason.strip())
    return item


@service
def funds_request(
    *, deal_id: int, agreed_on: date, actor: Actor, parts: Mapping[int, int] | None = None
) -> PayoutOrder:
    """Ask for the payout. `parts` are amounts (fen) by account, by default those of the contract.

    Errors: `Refusals` naming every open line of the checklist; `Refusal` for another account or sum than the
    contract's; `Conflict` where a payout was asked for already.
    """
    deal = deal_lock(deal_id)
    if selectors.payout_of(deal_id) is not None:
        raise Conflict("payout-asked", "该案卷已有放款申请", "a payout of this deal was asked for already")
    rules.refuse_open(selectors.funding_checklist(deal))
    contract = _contract(deal_id)
    if deal.stage != Stage.DISBURSEMENT:
        raise Conflict("payout-stage", "案卷不在放款阶段", "the deal is not at the payout")
    wanted = _refuse_parts(contract, parts)
    return order_place(deal, contract, wanted, agreed_on, actor)


def order_place(
    deal: Deal, contract: Contract, wanted: Mapping[int, int], agreed_on: date, actor: Actor
) -> PayoutOrder:
    """Write the payout that waits for its second person. Called inside a service, which has decided.

    Asked for by no person where a lender says that it has paid.
    """
    order = PayoutOrder(
        deal=deal,
        contract=contract,
        number=f"{deal.number}-F{PayoutOrder.objects.filter(deal=deal).count() + 1}",
        route=selectors.route_of(deal.pk),
        amount=sum(wanted.values()),
        agreed_on=agreed_on,
        requested_by_id=actor.ref if actor.kind is ActorKind.PERSON else None,
        requested_at=clock.now(),
    )
    accounts = [(one, wanted[one.pk]) for one in payees_in_force(deal.pk) if one.pk in wanted]
    order.digest = selectors.seen_digest(contract, accounts, order)
    order.save()
    for one, amount in accounts:
        PayoutPart.objects.create(payout=order, payee=one, amount=amount)
    facts: dict[str, Scalar] = {"payout": order.number, "amount": order.amount, "agreed_on": agreed_on.isoformat()}
    record(actor=actor, action="payout.requested", subject=f"deal:{deal.pk}", facts=facts)
    deal_turn(deal_id=deal.pk, turn=Turn.FINANCE, next_step=f"复核并放款 {order.number}", actor=actor)
    return order


@service
def funds_release(
    *,
    payout_id: int,
    digest: str,
    paid_on: date,
    reference: str,
    actor: Actor,
    name: str = "",
    content: bytes = b"",
) -> PayoutOrder:
    """The second person lets the money go and proves it (银行回单). `digest` is of what was on their screen.

    Everything is asked again: the checklist, the accounts, the sum. A partner's own word stands for the paper.
    Errors: `NotAllowed` for who asked for it; `Conflict` where anything has changed or it was released already.
    """
    deal = deal_lock(selectors.payout_read(payout_id).deal_id)
    order = selectors.payout_lock(payout_id)
    to = rules.move(PayoutState(order.state), "release")
    rules.refuse_same_person(order.requested_by_id, actor.ref)
    _refuse_changed(order, digest)
    rules.refuse_open(selectors.funding_checklist(deal))
    _refuse_unproved(order, paid_on, reference, content)
    subject = f"deal:{deal.pk}"
    if content:
        order.proof = paper_hand_in(
            subject=subject, purpose="payout_proof", name=name or order.number, content=content, actor=actor
        )
    order.state, order.paid_on, order.reference = to, paid_on, reference.strip()[:60]
    order.released_by_id, order.released_at = actor.ref, clock.now()
    order.save()
    facts: dict[str, Scalar] = {"payout": order.number, "amount": order.amount, "paid_on": paid_on.isoformat()}
    facts |= {"days_late": rules.days_late(order.agreed_on, paid_on), "digest": order.digest}
    record(actor=actor, action="payout.released", subject=subject, facts=facts)
    deal_advance(
        deal_id=deal.pk,
        to=Stage.COLLATERAL,
        owner_id=None,
        turn=Turn.OFFICER,
        next_step="上牌、抵押登记、收回绿本",
        actor=actor,
    )
    emit(FundsReleased(deal.pk, order.pk))
    collateral_clock_start(deal_id=deal.pk, paid_on=paid_on, actor=actor)
    return order


@service
def funds_return(*, payout_id: int, reason: str, actor: Actor) -> PayoutOrder:
    """The payout is not let go: back to the officer, with the reason. Whoever asked for it may take it back, too."""
    deal = deal_lock(selectors.payout_read(payout_id).deal_id)
    order = selectors.payout_lock(payout_id)
    to = rules.move(PayoutState(order.state), "return")
    if not reason.strip():
        raise Refusal("reason-missing", "退回须写明原因", "say why it is returned", field="reason")
    _return(order, to, reason.strip(), actor)
    deal_turn(deal_id=deal.pk, turn=Turn.OFFICER, next_step="放款被退回，请处理后重新申请", actor=actor)
    return order


@service
def payout_stop_on_void(event: ApprovalVoided) -> None:
    """A change after the approval: a payout that was asked for is not let go."""
    order = selectors.payout_of(event.deal_id)
    if order is not None and order.state == PayoutState.REQUESTED:
        order = selectors.payout_lock(order.pk)
        _return(order, rules.move(PayoutState(order.state), "return"), "审批后变更，批复失效", ACTOR)


def _contract(deal_id: int) -> Contract:
    contract = contract_signed(deal_id)
    if contract is None:
        raise Refusal("contract-unsigned", "合同尚未签署", "the contract is not signed", field="contract")
    return contract


def _refuse_parts(contract: Contract, parts: Mapping[int, int] | None) -> dict[int, int]:
    """The amounts by account, held against the contract and the accounts in force."""
    agreed = {part.payee_id: part.amount for part in contract_document(contract).payees}
    wanted = dict(parts) if parts is not None else agreed
    held = [one.pk for one in payees_in_force(contract.deal_id)]
    rules.refuse_parts(wanted, agreed, held, contract.principal)
    return wanted


def _refuse_changed(order: PayoutOrder, digest: str) -> None:
    """Errors: `Conflict` where the accounts, amounts or the contract are not those that were seen and asked for."""
    contract = _contract(order.deal_id)
    accounts = selectors.parts_of(order.pk)
    now = selectors.seen_digest(contract, accounts, order)
    if contract.pk != order.contract_id or not digest == order.digest == now:
        zh, en = "放款内容已变化，请重新核对", "the payout is no longer what was asked for; look at it again"
        raise Conflict("payout-changed", zh, en)
    _refuse_parts(contract, {one.pk: amount for one, amount in accounts})


def _first_day(order: PayoutOrder, told: date | None) -> date:
    """From which day on the money can have gone out: since we asked; a lender's as it `told`, never before signing."""
    asked_on = order.requested_at.astimezone(clock.SHANGHAI).date()
    first = asked_on if order.requested_by_id is not None else order.agreed_on
    return first if told is None else max(min(first, told), order.contract.signed_on or told)


def _refuse_unproved(order: PayoutOrder, paid_on: date, reference: str, content: bytes) -> None:
    notice = selectors.lender_notice(order.deal_id) if order.route == Route.LENDER else None
    first, today = _first_day(order, notice.paid_on if notice else None), clock.business_date()
    if not first <= paid_on <= today:
        zh, en = f"付款日期须在 {first} 与 {today} 之间", f"the day of payment lies between {first} and {today}"
        raise Refusal("paid-day", zh, en, field="paid_on")
    if not reference.strip():
        raise Refusal("reference-missing", "请填写付款流水号", "give the reference of the payment", field="reference")
    if not content and notice is None:
        zh, en = "请上传付款回单", "hand in the proof of payment"
        raise Refusal("proof-missing", zh, en, field="file")


def _return(order: PayoutOrder, to: PayoutState, reason: str, actor: Actor) -> None:
    order.state, order.returned_for = to, reason[:200]
    order.save(update_fields=["state", "returned_for"])
    facts: dict[str, Scalar] = {"payout": order.number}
    record(actor=actor, action="payout.returned", subject=f"deal:{order.deal_id}", facts=facts, reason=reason)
