"""Signing the contract: electronically on the customer's phone, or on paper that a second person looks at."""

from __future__ import annotations

import hashlib
from datetime import date

from chedai.catalog.products.promotions import promotion_take
from chedai.catalog.vehicles.services import vehicle_bind
from chedai.deals.contracts import selectors
from chedai.deals.contracts.events import ContractSigned
from chedai.deals.contracts.models import Contract
from chedai.deals.contracts.pades import Signing, signed_pdf
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.rules.drafting import refuse_unapproved
from chedai.deals.contracts.rules.signing import refuse_statement, refuse_touched
from chedai.deals.contracts.services.keys import signer_credential, signing_keys_make
from chedai.deals.contracts.states import CONTRACT_MOVES, ContractState, SignedHow, StatementState
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_advance, deal_describe, deal_turn
from chedai.deals.pipeline.states import Stage, Turn
from chedai.deals.underwriting.selectors import approved
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from chedai.platform.files.models import Paper
from chedai.platform.files.selectors import paper_content
from chedai.platform.files.services import paper_hand_in
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.work import emit, record, service

PURPOSE = "contract_signed"
IDENTITY_DIGITS = 4


@service
def contract_sign(*, contract_id: int, digest: str, identity: str, actor: Actor) -> Contract:
    """The customer signs electronically. `identity` are the last four characters of their identity number.

    Two signatures stand in the file: the customer's, by a certificate made for this one signing, and the seal of the
    house over both. Errors: `Refusal` where the statement was not read and confirmed, the identity does not fit, or
    anything differs from what was approved; `Conflict` where the contract changed, the car stands in another loan or
    the promotion is used up.
    """
    deal, contract = _locked(contract_id)
    to = _move(contract, "sign")
    if digest != contract.digest:
        raise Conflict("contract-changed", "合同已更新，请重新阅读", "the contract has changed; read it again")
    _refuse_unready(contract)
    customer = deal.customer
    number = customer.id_number.in_full() if customer.id_number is not None else ""
    if len(number) < IDENTITY_DIGITS or identity.strip().upper() != number[-IDENTITY_DIGITS:]:
        zh, en = "证件号后四位不符", "these are not the last four characters of the identity number"
        raise Refusal("identity-wrong", zh, en, field="identity")
    _, draft = paper_content(contract.draft_id)
    top, seal = signing_keys_make(actor=actor)
    now = clock.now()
    evidence = fingerprint(f"{actor.key} {contract.digest} {now.isoformat()}".encode())
    signings = (
        Signing("Borrower", signer_credential(top, customer.name.in_full(), evidence), "借款人签署合同"),
        Signing("House", seal, "贷款服务方加盖电子合同专用章"),
    )
    content = signed_pdf(draft, signings, top.certificate, now)
    subject, name = f"deal:{deal.pk}", f"合同-{contract.number}-已签署.pdf"
    paper = paper_hand_in(subject=subject, purpose=PURPOSE, name=name, content=content, actor=actor)
    contract.signed_how, contract.signed_on = SignedHow.ELECTRONIC, clock.business_date()
    return _sign(deal, contract, to, paper, content, actor)


@service
def contract_hand_in(*, contract_id: int, name: str, content: bytes, signed_on: date, actor: Actor) -> Contract:
    """A contract signed on paper comes in as a scan or a photo; it is signed once a second person has looked at it."""
    deal, contract = _locked(contract_id)
    to = _move(contract, "hand_in")
    _refuse_unready(contract)
    if not contract.drafted_at.astimezone(clock.SHANGHAI).date() <= signed_on <= clock.business_date():
        zh, en = "签署日期须在合同生成日与今天之间", "the day of signing lies between the draft and today"
        raise Refusal("signed-day", zh, en, field="signed_on")
    subject = f"deal:{deal.pk}"
    contract.signed = paper_hand_in(subject=subject, purpose=PURPOSE, name=name, content=content, actor=actor)
    contract.signed_sha256 = hashlib.sha256(content).hexdigest()
    contract.signed_how, contract.signed_on = SignedHow.WET_INK, signed_on
    contract.handed_in_by_id, contract.returned_for = actor.ref, ""
    contract.state = to
    contract.save()
    facts: dict[str, Scalar] = {"contract": contract.number, "sha256": contract.signed_sha256}
    record(actor=actor, action="contract.handed_in", subject=subject, facts=facts)
    deal_turn(deal_id=deal.pk, turn=Turn.FINANCE, next_step="复核纸质合同签字", actor=actor)
    return contract


@service
def contract_check(*, contract_id: int, accept: bool, sha256: str, actor: Actor, reason: str = "") -> Contract:
    """A second person says whether the paper is the contract and signed. `sha256` is of the file they looked at."""
    deal, contract = _locked(contract_id)
    to = _move(contract, "accept" if accept else "return")
    if contract.handed_in_by_id == actor.ref:
        zh, en = "不得复核自己上传的合同", "nobody checks the contract they handed in"
        raise NotAllowed("maker-is-checker", zh, en)
    if contract.signed is None or sha256 != contract.signed_sha256:
        raise Conflict("file-changed", "文件已更换，请重新查看", "the file has changed; look at it again")
    _, content = paper_content(contract.signed.pk)
    refuse_touched(content, contract.signed_sha256)
    contract.checked_by_id = actor.ref
    if accept:
        _refuse_unready(contract)
        return _sign(deal, contract, to, contract.signed, content, actor)
    if not reason.strip():
        raise Refusal("reason-missing", "退回须写明原因", "say why it is returned", field="reason")
    contract.state, contract.returned_for = to, reason.strip()[:200]
    contract.signed, contract.signed_sha256, contract.signed_how, contract.signed_on = None, "", "", None
    contract.save()
    facts: dict[str, Scalar] = {"contract": contract.number}
    record(actor=actor, action="contract.returned", subject=f"deal:{deal.pk}", facts=facts, reason=reason.strip())
    deal_turn(deal_id=deal.pk, turn=Turn.OFFICER, next_step="纸质合同被退回，请重新签署", actor=actor)
    return contract


def _sign(deal: Deal, contract: Contract, to: ContractState, paper: Paper, content: bytes, actor: Actor) -> Contract:
    """What every signing does: promotion used, car bound, hash kept, on to the payout."""
    document = selectors.contract_document(contract)
    if document.promotion_code:
        promotion_take(code=document.promotion_code, contract=contract.number, actor=actor)
    vehicle_bind(vehicle_id=document.vehicle_id, deal_id=deal.pk, actor=actor)
    contract.signed, contract.signed_sha256 = paper, hashlib.sha256(content).hexdigest()
    contract.signed_at, contract.state = clock.now(), to
    contract.save()
    facts: dict[str, Scalar] = {"contract": contract.number, "sha256": contract.signed_sha256}
    facts |= {"how": contract.signed_how, "principal": contract.principal}
    record(actor=actor, action="contract.signed", subject=f"deal:{deal.pk}", facts=facts)
    lender = {"lender_code": document.lender_code, "lender_name": document.lender_name}
    deal_describe(deal_id=deal.pk, amount=contract.principal, actor=actor, **lender)
    emit(ContractSigned(deal.pk, contract.pk))
    if deal.stage == Stage.CONTRACT:
        deal_advance(
            deal_id=deal.pk,
            to=Stage.DISBURSEMENT,
            owner_id=None,
            turn=Turn.OFFICER,
            next_step="补齐放款条件并申请放款",
            actor=actor,
        )
    return contract


def _refuse_unready(contract: Contract) -> None:
    """Errors: `Refusal` where the statement is not confirmed, or the approval no longer is of this contract."""
    statement = contract.statement
    document = selectors.contract_document(contract)
    confirmed = statement.state == StatementState.CONFIRMED
    refuse_statement(
        confirmed, (statement.principal, statement.digest), (document.principal, document.statement_digest)
    )
    plan = plan_in_hand(contract.deal_id)
    refuse_unapproved(plan, approved(contract.deal_id))
    if document.plan_digest != plan.digest:
        raise Refusal("plan-changed", "方案已变更，请重新生成合同", "the plan has changed; draft the contract anew")


def _move(contract: Contract, act: str) -> ContractState:
    to = CONTRACT_MOVES.get((ContractState(contract.state), act))
    if to is None:
        raise Conflict(
            "contract-state", "合同状态已变化，不能再办理此步", "the contract is no longer where this is done"
        )
    return to


def _locked(contract_id: int) -> tuple[Deal, Contract]:
    """The deal, then its contract: the order of every service of the paper."""
    deal = deal_lock(selectors.contract_read(contract_id).deal_id)
    return deal, selectors.contract_lock(contract_id)
