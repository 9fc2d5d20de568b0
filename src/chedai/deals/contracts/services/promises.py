"""Oral promises, written down with their day and who made them (口头承诺)."""

from __future__ import annotations

from datetime import date

from chedai.deals.contracts import selectors
from chedai.deals.contracts.models import Promise
from chedai.deals.contracts.states import ContractState, PromiseKind
from chedai.deals.pipeline.selectors import deal_lock
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import record, service

PURPOSE = "promise"


@service
def promise_write(
    *,
    deal_id: int,
    kind: PromiseKind,
    text: str,
    promised_on: date,
    promised_by: int,
    actor: Actor,
    name: str = "",
    content: bytes = b"",
) -> Promise:
    """Write down what a member of staff (`promised_by`, a staff number) promised on a day.

    Before the contract it is printed in its annex, and a draft without it is made anew; once the contract is signed it
    needs a signed paper of its own. Errors: `Refusal` at its field; `Conflict` while a signed paper is being checked.
    """
    deal = deal_lock(deal_id)
    who = Staff.objects.filter(pk=promised_by).select_related("user").first()
    if who is None:
        raise Refusal("promise-who", "请选择承诺人", "say who promised", field="promised_by")
    if len(text.strip()) < 4:
        raise Refusal("promise-text", "请写明承诺内容，至少 4 个字", "say what was promised", field="text")
    if promised_on > clock.business_date():
        raise Refusal("promise-day", "承诺日期在将来", "the day lies ahead", field="promised_on")
    _refuse_late(deal_id, content)
    subject = f"deal:{deal_id}"
    paper = None
    if content:
        paper = paper_hand_in(subject=subject, purpose=PURPOSE, name=name or PURPOSE, content=content, actor=actor)
    made = Promise.objects.create(
        deal=deal,
        kind=kind,
        text=text.strip(),
        promised_on=promised_on,
        promised_by=who.user,
        written_at=clock.now(),
        paper=paper,
    )
    facts: dict[str, Scalar] = {"promise": made.pk, "kind": kind.value, "on": promised_on.isoformat(), "by": who.pk}
    record(actor=actor, action="promise.written", subject=subject, facts=facts)
    return made


def _refuse_late(deal_id: int, content: bytes) -> None:
    """Errors: `Conflict` while a signed paper is being checked; `Refusal` after signing without a paper of its own."""
    contract = selectors.contract_in_force(deal_id)
    if contract is not None and contract.state == ContractState.CHECKING:
        raise Conflict("contract-checking", "纸质合同正在复核", "a signed paper is being checked")
    signed = contract is not None and contract.state == ContractState.SIGNED
    if signed and not content:
        zh, en = "合同已签署，补充承诺须上传双方签字件", "the contract is signed: a promise needs its own signed paper"
        raise Refusal("promise-paper", zh, en, field="file")


@service
def promise_strike(*, promise_id: int, reason: str, actor: Actor) -> Promise:
    """Take back a promise that was written down wrongly. Errors: `Conflict` once a contract with it is signed."""
    promise = selectors.promise_lock(promise_id)
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    contract = selectors.contract_in_force(promise.deal_id)
    if contract is not None and contract.state != ContractState.DRAFT:
        zh, en = "该承诺已随合同签署，不能删除", "the promise was signed with the contract and stays"
        raise Conflict("promise-signed", zh, en)
    promise.struck_at = clock.now()
    promise.save(update_fields=["struck_at"])
    facts: dict[str, Scalar] = {"promise": promise.pk}
    record(actor=actor, action="promise.struck", subject=f"deal:{promise.deal_id}", facts=facts, reason=reason.strip())
    return promise
