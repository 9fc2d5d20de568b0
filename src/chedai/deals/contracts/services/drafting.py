"""Drafting the contract of the approved deal, with its PDF."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from chedai.catalog.partners.selectors import lender_of
from chedai.catalog.vehicles.models import Vehicle
from chedai.catalog.vehicles.selectors import vehicle_read
from chedai.deals.applications.selectors import application_if_any, parties_of
from chedai.deals.contracts import documents, selectors
from chedai.deals.contracts.documents import ContractDocument, PayeePart, PromiseLine
from chedai.deals.contracts.models import Contract, CostStatement, PayeeAccount
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.rules.drafting import DraftTerms, clauses_on, contract_of, refuse_unapproved
from chedai.deals.contracts.services.clauses import clauses_ship
from chedai.deals.contracts.services.statements import requirements_of
from chedai.deals.contracts.services.voiding import contract_void
from chedai.deals.contracts.states import ContractState
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.underwriting.selectors import approved
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.documents.rendering import pdf
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import record, service

PURPOSE = "contract"


@service
def contract_draft(*, deal_id: int, vehicle_id: int, agreed_on: date, actor: Actor) -> Contract:
    """Draft the contract: figures of the approved plan, clauses in force, promises, accounts. A draft is replaced.

    `agreed_on` is the agreed day of the payout. Errors: `Refusal(s)` naming what is missing or differs; `Conflict`
    where a contract is signed or being checked.
    """
    deal = deal_lock(deal_id)
    plan = plan_in_hand(deal_id)
    approval = refuse_unapproved(plan, approved(deal_id))
    statement = selectors.statement_in_force(deal_id)
    if statement is None:
        zh, en = "请先出具综合融资成本明示表", "make the statement of all-in cost first"
        raise Refusal("no-statement", zh, en, field="statement")
    if agreed_on < clock.business_date():
        raise Refusal("agreed-past", "约定放款日不能早于今天", "the agreed day is past", field="agreed_on")
    accounts = selectors.payees_in_force(deal_id)
    if not accounts:
        raise Refusal("no-payee", "请先登记收款账户", "enter the account the loan goes to first", field="payee")
    standing = selectors.contract_in_force(deal_id)
    if standing is not None:
        if standing.state != ContractState.DRAFT:
            zh, en = "合同已签署或正在复核，变更请走合同变更", "the contract is signed or being checked; amend it"
            raise Conflict("contract-signed", zh, en)
        contract_void(standing, actor, why="redrafted")
    clauses_ship(actor=actor)
    vehicle = vehicle_read(vehicle_id)
    version = Contract.objects.filter(deal=deal).count() + 1
    given = _terms(deal, plan, vehicle, agreed_on, statement, accounts, version)
    document = contract_of(plan, selectors.statement_document(statement), approval, given)
    return _keep(deal, document, statement, vehicle, accounts, actor)


def _keep(
    deal: Deal,
    document: ContractDocument,
    statement: CostStatement,
    vehicle: Vehicle,
    accounts: list[PayeeAccount],
    actor: Actor,
) -> Contract:
    body, digest = documents.encode(document)
    content = pdf("contract", _paper_data(deal, document, digest, vehicle, accounts))
    subject, name = f"deal:{deal.pk}", f"合同-{document.number}.pdf"
    paper = paper_hand_in(subject=subject, purpose=PURPOSE, name=name, content=content, actor=actor)
    made = Contract.objects.create(
        deal=deal,
        statement=statement,
        number=document.number,
        version=document.version,
        document=body,
        digest=digest,
        principal=document.principal,
        annual_rate=document.annual_rate,
        periods=document.periods,
        draft=paper,
        drafted_at=clock.now(),
        drafted_by=actor.key,
    )
    facts: dict[str, Scalar] = {"contract": made.number, "digest": digest, "principal": made.principal}
    record(actor=actor, action="contract.drafted", subject=subject, facts=facts)
    return made


def _terms(
    deal: Deal,
    plan: FrozenPlan,
    vehicle: Vehicle,
    agreed_on: date,
    statement: CostStatement,
    accounts: list[PayeeAccount],
    version: int,
) -> DraftTerms:
    today = clock.business_date()
    promises = tuple(
        PromiseLine(one.promised_on, one.promised_by.display_name, one.kind, one.text)
        for one in selectors.promises_of(deal.pk)
        if one.paper_id is None
    )
    return DraftTerms(
        number=f"{deal.number}-H{version}",
        version=version,
        drafted_on=today,
        agreed_on=agreed_on,
        vehicle_id=vehicle.pk,
        statement_digest=statement.digest,
        clauses=clauses_on(selectors.wordings(), today, _facts(deal, plan)),
        promises=promises,
        payees=[PayeePart(one.pk, one.role, one.amount) for one in accounts],
    )


def _facts(deal: Deal, plan: FrozenPlan) -> frozenset[str]:
    """What of the deal calls for a clause of its own."""
    needs = requirements_of(plan)
    application = application_if_any(deal.pk)
    roles = {party.role for party in parties_of(application.pk)} if application is not None else set()
    calls = {
        "gps": needs.gps,
        "first_beneficiary": needs.first_beneficiary,
        "co_borrower": bool(roles & {"co_borrower", "spouse"}),
        "guarantor": "guarantor" in roles,
        "partner_lender": not lender_of(plan.lender_code).own_book,
    }
    return frozenset(name for name, holds in calls.items() if holds)


def _paper_data(
    deal: Deal, document: ContractDocument, digest: str, vehicle: Vehicle, accounts: list[PayeeAccount]
) -> dict[str, Any]:
    """What the PDF shows: the document, and the persons and accounts, which stand nowhere else."""
    data: dict[str, Any] = msgspec.to_builtins(document)
    application = application_if_any(deal.pk)
    parties = parties_of(application.pk) if application is not None else []
    people = [{"role": "applicant", **_person(deal.customer)}]
    people += [
        {"role": party.role, **_person(party.customer)} for party in parties if party.customer_id != deal.customer_id
    ]
    shown = {one.pk: one for one in accounts}
    for part in data["payees"]:
        account = shown[part["payee_id"]]
        part |= {"holder": account.holder.in_full(), "bank": account.bank, "account": account.account.in_full()}
    car = {"vin": vehicle.vin, "plate": vehicle.plate, "model": str(vehicle.model), "colour": vehicle.colour}
    return data | {"people": people, "car": car, "digest": digest, "store": deal.store.name}


def _person(customer: Any) -> dict[str, str]:
    values = {name: getattr(customer, name) for name in ("name", "id_number", "phone", "address")}
    return {name: value.in_full() if value is not None else "" for name, value in values.items()}
