"""Where the money goes: the first accounts are entered once, a change needs a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chedai.deals.contracts import selectors
from chedai.deals.contracts.models import PayeeAccount
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.rules.splitting import refuse_split
from chedai.deals.contracts.services.voiding import contract_void
from chedai.deals.contracts.states import ContractState, PayeeRole, PayeeState
from chedai.deals.pipeline.selectors import deal_lock
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed, Refusal
from chedai.platform.privacy.keys import fingerprint
from chedai.platform.privacy.kinds import Kind, normal
from chedai.platform.work import record, service


@dataclass(frozen=True, slots=True)
class PayeeTyped:
    """An account as it was typed; `amount` in fen."""

    role: PayeeRole
    holder: str
    bank: str
    account: str
    amount: int


@service
def payees_set(*, deal_id: int, accounts: Sequence[PayeeTyped], actor: Actor) -> list[PayeeAccount]:
    """Enter the accounts of a deal, as a whole. The first set is in force; a later one waits for `payees_check`.

    Errors: `Refusal` where they do not add up to the loan or cannot be accounts; `Conflict` once a contract is signed.
    """
    deal = deal_lock(deal_id)
    contract = selectors.contract_in_force(deal_id)
    if contract is not None and contract.state in (ContractState.CHECKING, ContractState.SIGNED):
        zh, en = "合同已签署，收款账户变更须先办理合同变更", "the contract is signed; a change of payee amends it first"
        raise Conflict("payee-signed", zh, en)
    refuse_split([one.amount for one in accounts], plan_in_hand(deal_id).principal)
    for one in accounts:
        _refuse_account(one)
    if selectors.payees_proposed(deal_id):
        raise Conflict("payee-waiting", "已有收款账户变更待复核", "a change of account waits for its second person")
    first = not selectors.payees_in_force(deal_id)
    state = PayeeState.IN_FORCE if first else PayeeState.PROPOSED
    now = clock.now()
    made = [
        PayeeAccount.objects.create(
            deal=deal,
            role=one.role,
            holder=one.holder,
            bank=one.bank.strip(),
            account=one.account,
            amount=one.amount,
            state=state,
            proposed_by_id=actor.ref,
            proposed_at=now,
        )
        for one in accounts
    ]
    _record(deal_id, actor, "payee.set" if first else "payee.proposed", made)
    return made


@service
def payees_check(*, deal_id: int, accept: bool, actor: Actor) -> list[PayeeAccount]:
    """A second person lets a change of account pass, or not. A draft of the contract with the old ones is void."""
    deal_lock(deal_id)
    proposed = selectors.payees_proposed(deal_id)
    if not proposed:
        raise Conflict("no-change-waiting", "没有待复核的账户变更", "no change of account is waiting")
    if any(one.proposed_by_id == actor.ref for one in proposed):
        raise NotAllowed("maker-is-checker", "不得复核自己提交的账户变更", "nobody checks the change they entered")
    held = selectors.payees_in_force(deal_id)
    for one in proposed:
        one.state = PayeeState.IN_FORCE if accept else PayeeState.REFUSED
        one.checked_by_id, one.checked_at = actor.ref, clock.now()
        one.save(update_fields=["state", "checked_by", "checked_at"])
    if accept:
        PayeeAccount.objects.filter(pk__in=[one.pk for one in held]).update(state=PayeeState.REPLACED)
        contract = selectors.contract_in_force(deal_id)
        if contract is not None:
            contract_void(contract, actor, why="payee")
    _record(deal_id, actor, "payee.accepted" if accept else "payee.refused", proposed)
    return proposed


def _refuse_account(one: PayeeTyped) -> None:
    digits = normal(Kind.BANK_ACCOUNT, one.account)
    if not one.holder.strip():
        raise Refusal("holder-missing", "请填写户名", "give the name of the account", field="holder")
    if not one.bank.strip():
        raise Refusal("bank-missing", "请填写开户行", "give the bank", field="bank")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
        zh, en = "账号应为 8 至 32 位数字", "an account number has 8 to 32 digits"
        raise Refusal("account-wrong", zh, en, field="account")


def _record(deal_id: int, actor: Actor, action: str, accounts: Sequence[PayeeAccount]) -> None:
    """The log says which accounts by their fingerprints, never by their numbers."""
    marks = ",".join(fingerprint(one.account.in_full().encode())[:8] for one in map(_fresh, accounts))
    facts: dict[str, Scalar] = {"accounts": marks, "amount": sum(one.amount for one in accounts)}
    record(actor=actor, action=action, subject=f"deal:{deal_id}", facts=facts)


def _fresh(one: PayeeAccount) -> PayeeAccount:
    """The row as it rests: a value that was just typed is a string until it is read back."""
    return PayeeAccount.objects.get(pk=one.pk)
