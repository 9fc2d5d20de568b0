"""The paper of a deal: statement of all-in cost, accounts, promises, contract, changes; and the security of it."""

import base64
import hashlib
import json
from typing import Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from ninja import Path, Query, Router

from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.paper_schemas import (
    AmendIn,
    CheckIn,
    CollateralOut,
    ConfirmIn,
    ContractOut,
    DeclineIn,
    DoneIn,
    DraftIn,
    FileOut,
    InsuranceIn,
    ItemOut,
    PaperOut,
    PayeesIn,
    PromiseIn,
    SignedCheckIn,
    SignedIn,
    StatementOut,
)
from chedai.api.schemas import Number
from chedai.api.v1.deals import DealNumber, deal_for
from chedai.catalog.vehicles.selectors import vehicle_of_vin
from chedai.deals.collateral import selectors as collateral
from chedai.deals.collateral.services import collateral_finish, policy_record
from chedai.deals.contracts import selectors
from chedai.deals.contracts.services.amending import deal_amend
from chedai.deals.contracts.services.drafting import contract_draft
from chedai.deals.contracts.services.payees import PayeeTyped, payees_check, payees_set
from chedai.deals.contracts.services.promises import promise_write
from chedai.deals.contracts.services.signing import contract_check, contract_hand_in
from chedai.deals.contracts.services.statements import (
    cost_statement_confirm,
    cost_statement_decline,
    cost_statement_make,
    cost_statement_open,
)
from chedai.deals.contracts.states import Place
from chedai.org.permissions import Permission
from chedai.org.selectors import staff_seen
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.errors import Refusal
from chedai.platform.files.selectors import paper_content

router = Router(tags=["contracts"])

READ: Permission = "contract.read"
WORK: Permission = "contract.work"
CHECK: Permission = "contract.check"
SECURITY: Permission = "collateral.work"


def person_of(request: HttpRequest) -> Actor:
    """A token signs, checks and pays as its account: makers and checkers are people."""
    caller = caller_of(request)
    return Actor(ActorKind.PERSON, caller.user_id, caller.actor.name)


def _paper(deal: Any) -> dict[str, Any]:
    statement, contract = selectors.statement_in_force(deal.pk), selectors.contract_in_force(deal.pk)
    return {
        "statement": _frozen(StatementOut, statement),
        "contract": _frozen(ContractOut, contract),
        "payees": selectors.payees_in_force(deal.pk),
        "payees_proposed": selectors.payees_proposed(deal.pk),
        "promises": selectors.promises_of(deal.pk),
        "amendments": selectors.amendments_of(deal.pk),
    }


def _frozen(schema: Any, found: Any) -> Any:
    if found is None:
        return None
    facts = {name: getattr(found, name) for name in schema.model_fields if name != "document"}
    return schema(**facts, document=json.loads(bytes(found.document)))


def _statement(deal: Any) -> Any:
    found = selectors.statement_in_force(deal.pk)
    if found is None:
        raise Refusal("no-such-statement", "没有综合融资成本明示表", "there is no statement of all-in cost")
    return found


def _contract(deal: Any) -> Any:
    found = selectors.contract_in_force(deal.pk)
    if found is None:
        raise Refusal("no-such-contract", "没有合同", "there is no contract")
    return found


@reading(router, "/deals/{number}/paper", READ, response=PaperOut)
def paper(request: HttpRequest, number: DealNumber) -> Any:
    """Statement, contract, accounts, promises and changes as they stand."""
    return _paper(deal_for(request, number, READ))


@reading(router, "/deals/{number}/paper/{kind}", READ, response=FileOut)
def file(request: HttpRequest, number: DealNumber, kind: Literal["statement", "contract", "signed"]) -> Any:
    """A paper as PDF: the statement, the contract as drafted, or the file that was signed."""
    deal = deal_for(request, number, READ)
    if kind == "statement":
        wanted = _statement(deal).paper_id
    else:
        contract = _contract(deal)
        wanted = contract.draft_id if kind == "contract" else contract.signed_id
    if wanted is None:
        raise Refusal("not-signed", "合同尚未签署", "the contract is not signed")
    kept, content = paper_content(wanted)
    encoded = base64.b64encode(content).decode()
    return FileOut(media_type=kept.media_type, sha256=hashlib.sha256(content).hexdigest(), content=encoded)


@changing(router, "/deals/{number}/statement", WORK, response=PaperOut, status=201)
def make(request: HttpRequest, number: DealNumber) -> Any:
    """Make the statement of the approved plan."""
    deal = deal_for(request, number, WORK)
    cost_statement_make(deal_id=deal.pk, actor=person_of(request))
    return _paper(deal)


@changing(router, "/deals/{number}/statement/opening", WORK, response=PaperOut)
def opening(request: HttpRequest, number: DealNumber) -> Any:
    """The customer has it before their eyes at the desk: the reading time begins."""
    deal = deal_for(request, number, WORK)
    cost_statement_open(statement_id=_statement(deal).pk, place=Place.DESK, actor=person_of(request))
    return _paper(deal)


@changing(router, "/deals/{number}/statement/confirmation", WORK, response=PaperOut)
def confirmation(request: HttpRequest, number: DealNumber, confirmed: ConfirmIn) -> Any:
    """The customer has read it for the set time and signed the sheet at the desk."""
    deal = deal_for(request, number, WORK)
    cost_statement_confirm(
        statement_id=_statement(deal).pk,
        place=Place.DESK,
        digest=confirmed.digest,
        name=confirmed.file.name,
        content=confirmed.file.read(),
        actor=person_of(request),
    )
    return _paper(deal)


@changing(router, "/deals/{number}/statement/refusal", WORK, response=PaperOut)
def refusal(request: HttpRequest, number: DealNumber, declined: DeclineIn) -> Any:
    """The customer does not agree."""
    deal, actor = deal_for(request, number, WORK), person_of(request)
    cost_statement_decline(statement_id=_statement(deal).pk, place=Place.DESK, reason=declined.reason, actor=actor)
    return _paper(deal)


@changing(router, "/deals/{number}/payees", WORK, response=PaperOut, method="put")
def payees(request: HttpRequest, number: DealNumber, given: PayeesIn) -> Any:
    """Enter the accounts of a deal; a change of those in force waits for a second person."""
    deal = deal_for(request, number, WORK)
    typed = [PayeeTyped(one.role, one.holder, one.bank, one.account, one.amount) for one in given.accounts]
    payees_set(deal_id=deal.pk, accounts=typed, actor=person_of(request))
    return _paper(deal)


@changing(router, "/deals/{number}/payees/check", CHECK, response=PaperOut)
def payees_checked(request: HttpRequest, number: DealNumber, check: CheckIn) -> Any:
    """A second person lets a change of account pass, or not."""
    deal = deal_for(request, number, CHECK)
    payees_check(deal_id=deal.pk, accept=check.accept, actor=person_of(request))
    return _paper(deal)


@changing(router, "/deals/{number}/promises", WORK, response=PaperOut, status=201)
def promise(request: HttpRequest, number: DealNumber, given: PromiseIn) -> Any:
    """Write down an oral promise."""
    deal = deal_for(request, number, WORK)
    who = staff_seen(Q(number=given.by)).first()
    promise_write(
        deal_id=deal.pk,
        kind=given.kind,
        text=given.text,
        promised_on=given.promised_on,
        promised_by=who.pk if who is not None else 0,
        name=given.file.name if given.file else "",
        content=given.file.read() if given.file else b"",
        actor=person_of(request),
    )
    return _paper(deal)


@changing(router, "/deals/{number}/contract", WORK, response=PaperOut, status=201)
def draft(request: HttpRequest, number: DealNumber, given: DraftIn) -> Any:
    """Draft the contract of the approved deal; a draft is replaced."""
    deal = deal_for(request, number, WORK)
    vehicle = vehicle_of_vin(given.vin)
    if vehicle is None:
        raise Refusal("vin-unknown", "该车架号未登记，请先登记车辆", "register this VIN first", field="vin")
    contract_draft(deal_id=deal.pk, vehicle_id=vehicle.pk, agreed_on=given.agreed_on, actor=person_of(request))
    return _paper(deal)


@changing(router, "/deals/{number}/contract/signed-paper", WORK, response=PaperOut)
def signed_paper(request: HttpRequest, number: DealNumber, given: SignedIn) -> Any:
    """Hand in a contract signed on paper."""
    deal = deal_for(request, number, WORK)
    contract_hand_in(
        contract_id=_contract(deal).pk,
        name=given.file.name,
        content=given.file.read(),
        signed_on=given.signed_on,
        actor=person_of(request),
    )
    return _paper(deal)


@changing(router, "/deals/{number}/contract/check", CHECK, response=PaperOut)
def contract_checked(request: HttpRequest, number: DealNumber, check: SignedCheckIn) -> Any:
    """A second person accepts or returns the signed paper."""
    deal = deal_for(request, number, CHECK)
    contract_check(
        contract_id=_contract(deal).pk,
        accept=check.accept,
        sha256=check.sha256,
        reason=check.reason,
        actor=person_of(request),
    )
    return _paper(deal)


@changing(router, "/deals/{number}/amendments", WORK, response=PaperOut, status=201)
def amend(request: HttpRequest, number: DealNumber, given: AmendIn) -> Any:
    """Note a change after the approval; most void it and send the deal back to the decision."""
    deal = deal_for(request, number, WORK)
    actor = person_of(request)
    deal_amend(deal_id=deal.pk, change=given.change, after=given.after, reason=given.reason, actor=actor)
    return _paper(deal)


def _security(deal: Any) -> dict[str, Any]:
    return {"items": collateral.items_of(deal.pk), "insurance": collateral.policies_of(deal.pk)}


@reading(router, "/collateral", "collateral.read", response=Page[ItemOut])
def items(request: HttpRequest, cut: Query[Cut], overdue: bool = False) -> dict[str, Any]:
    """What is owed for the security of deals the caller may see; with `overdue` only what is late."""
    records = caller_of(request).access.records("collateral.read", store="deal__store_id", owner="deal__officer_id")
    late = collateral.overdue(records, clock.business_date())
    return page(late if overdue else collateral.items_seen(records), cut)


@reading(router, "/deals/{number}/collateral", "collateral.read", response=CollateralOut)
def security(request: HttpRequest, number: DealNumber) -> Any:
    """The security of a deal."""
    return _security(deal_for(request, number, "collateral.read"))


@changing(router, "/deals/{number}/insurance", SECURITY, response=CollateralOut, status=201)
def insurance(request: HttpRequest, number: DealNumber, given: InsuranceIn) -> Any:
    """Record an insurance policy."""
    deal = deal_for(request, number, SECURITY)
    policy_record(
        deal_id=deal.pk,
        **given.model_dump(exclude={"file"}),
        name=given.file.name if given.file else "",
        content=given.file.read() if given.file else b"",
        actor=person_of(request),
    )
    return _security(deal)


@changing(router, "/collateral/{item_id}/done", SECURITY, response=CollateralOut)
def done(request: HttpRequest, item_id: Path[Number], given: DoneIn) -> Any:
    """Something owed is done."""
    item = collateral.item_read(item_id)
    caller_of(request).require(SECURITY, store_id=item.deal.store_id, owner_id=item.deal.officer_id)
    collateral_finish(
        item_id=item_id,
        reference=given.reference,
        done_on=given.done_on,
        name=given.file.name if given.file else "",
        content=given.file.read() if given.file else b"",
        actor=person_of(request),
    )
    return _security(item.deal)
