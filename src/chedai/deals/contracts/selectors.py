"""Finding the paper of a deal."""

from __future__ import annotations

import hashlib
from datetime import date

from django.db.models import QuerySet

from chedai.deals.contracts.documents import ContractDocument, StatementDocument, contract_from, statement_from
from chedai.deals.contracts.models import (
    Amendment,
    ClauseVersion,
    Contract,
    CostStatement,
    PayeeAccount,
    Promise,
    Reading,
)
from chedai.deals.contracts.rules.drafting import Wording
from chedai.deals.contracts.states import ContractState, PayeeState, Place, StatementState
from chedai.platform.errors import Conflict, NotFound
from chedai.platform.rows import at_most_one


def statement_lock(statement_id: int) -> CostStatement:
    """A statement, locked until the transaction ends. Lock its deal first. Errors: `NotFound`."""
    return _statement(CostStatement.objects.select_for_update(no_key=True, of=("self",)).filter(pk=statement_id))


def statement_read(statement_id: int) -> CostStatement:
    """A statement with its deal. Errors: `NotFound`."""
    return _statement(CostStatement.objects.filter(pk=statement_id))


def statement_in_force(deal_id: int) -> CostStatement | None:
    """The statement of a deal that was not voided."""
    return at_most_one(CostStatement.objects.filter(deal_id=deal_id).exclude(state=StatementState.VOID))


def statements_of(deal_id: int) -> list[CostStatement]:
    """Every statement of a deal, newest first."""
    return list(CostStatement.objects.filter(deal_id=deal_id).order_by("-version"))


def statement_document(statement: CostStatement) -> StatementDocument:
    """What a statement says. Errors: `Conflict` where its bytes are no longer those of its digest."""
    body = bytes(statement.document)
    _refuse_touched(body, statement.digest)
    return statement_from(body)


def reading_at(statement_id: int, place: Place) -> Reading | None:
    """The reading that goes on in a place: its first opening that was neither confirmed nor declined."""
    readings = Reading.objects.filter(statement_id=statement_id, place=place, confirmed_at=None, declined_at=None)
    return readings.order_by("pk").first()


def readings_of(statement_id: int) -> list[Reading]:
    """Everything the customer did with a statement, in order."""
    return list(Reading.objects.filter(statement_id=statement_id).select_related("signed_paper").order_by("pk"))


def contract_lock(contract_id: int) -> Contract:
    """A contract, locked until the transaction ends. Lock its deal first. Errors: `NotFound`."""
    return _contract(Contract.objects.select_for_update(no_key=True, of=("self",)).filter(pk=contract_id))


def contract_read(contract_id: int) -> Contract:
    """A contract with its deal. Errors: `NotFound`."""
    return _contract(Contract.objects.filter(pk=contract_id))


def contract_in_force(deal_id: int) -> Contract | None:
    """The contract of a deal that was not voided."""
    live = Contract.objects.filter(deal_id=deal_id).exclude(state=ContractState.VOID)
    return at_most_one(live.select_related("statement", "draft", "signed"))


def contract_signed(deal_id: int) -> Contract | None:
    """The contract of a deal where it is signed."""
    found = contract_in_force(deal_id)
    return found if found is not None and found.state == ContractState.SIGNED else None


def contract_document(contract: Contract) -> ContractDocument:
    """What a contract says. Errors: `Conflict` where its bytes are no longer those of its digest."""
    body = bytes(contract.document)
    _refuse_touched(body, contract.digest)
    return contract_from(body)


def payees_in_force(deal_id: int) -> list[PayeeAccount]:
    """The accounts the loan goes to, as they were entered."""
    return _payees(deal_id, PayeeState.IN_FORCE)


def payees_proposed(deal_id: int) -> list[PayeeAccount]:
    """The accounts that wait for a second person."""
    return _payees(deal_id, PayeeState.PROPOSED)


def promises_of(deal_id: int) -> list[Promise]:
    """The promises that stand, in the order of their days."""
    standing = Promise.objects.filter(deal_id=deal_id, struck_at=None).select_related("promised_by", "paper")
    return list(standing.order_by("promised_on", "pk"))


def promise_lock(promise_id: int) -> Promise:
    """A promise that stands, locked until the transaction ends. Errors: `NotFound`."""
    found = Promise.objects.select_for_update(no_key=True).filter(pk=promise_id, struck_at=None).first()
    if found is None:
        raise NotFound("no-such-promise", "没有这条承诺", "there is no such promise")
    return found


def amendments_of(deal_id: int) -> list[Amendment]:
    """Every change after the approval, newest first."""
    return list(Amendment.objects.filter(deal_id=deal_id).select_related("made_by").order_by("-pk"))


def wordings() -> list[Wording]:
    """Every version of every clause."""
    fields = tuple(Wording.__dataclass_fields__)
    return [Wording(*row) for row in ClauseVersion.objects.order_by("position", "version").values_list(*fields)]


def clauses(on: date) -> QuerySet[ClauseVersion]:
    """The clauses in force on a day, and those that will come, in the order of the contract."""
    return ClauseVersion.objects.exclude(ends__lt=on).order_by("position", "version")


def clause_history(code: str) -> list[ClauseVersion]:
    """Every wording of a clause, newest first. Errors: `NotFound`."""
    found = list(ClauseVersion.objects.filter(code=code).order_by("-version"))
    if not found:
        raise NotFound("no-such-clause", "没有这条条款", "there is no such clause")
    return found


def _payees(deal_id: int, state: PayeeState) -> list[PayeeAccount]:
    held = PayeeAccount.objects.filter(deal_id=deal_id, state=state)
    return list(held.select_related("proposed_by", "checked_by").order_by("pk"))


def _refuse_touched(body: bytes, digest: str) -> None:
    if hashlib.sha256(body).hexdigest() != digest:
        zh, en = "文件内容与其指纹不符，不能使用", "the content is not what its digest says; it cannot be used"
        raise Conflict("document-touched", zh, en)


def _statement(found: QuerySet[CostStatement]) -> CostStatement:
    one = at_most_one(found.select_related("deal", "paper"))
    if one is None:
        raise NotFound("no-such-statement", "没有这份综合融资成本明示表", "there is no such statement")
    return one


def _contract(found: QuerySet[Contract]) -> Contract:
    one = at_most_one(found.select_related("deal", "statement", "draft"))
    if one is None:
        raise NotFound("no-such-contract", "没有这份合同", "there is no such contract")
    return one
