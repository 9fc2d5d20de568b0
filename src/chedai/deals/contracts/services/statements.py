"""Making the statement of all-in cost, showing it, and what the customer says to it."""

from __future__ import annotations

from typing import Any

import msgspec

from chedai.catalog.products.requirements import Requirements
from chedai.catalog.products.selectors import product_version
from chedai.deals.contracts import documents, selectors
from chedai.deals.contracts.events import StatementConfirmed
from chedai.deals.contracts.models import Contract, CostStatement, Reading
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.rules import reading as rules
from chedai.deals.contracts.rules.drafting import refuse_unapproved
from chedai.deals.contracts.rules.stating import StatementTerms, statement_of
from chedai.deals.contracts.states import ContractState, Place, StatementState
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_turn
from chedai.deals.pipeline.states import Turn
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.underwriting.selectors import approved
from chedai.engine.rates import Payee
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.documents.rendering import pdf
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import emit, record, service

PURPOSE = "cost_statement"
SIGNED = "cost_statement_signed"


def requirements_of(plan: FrozenPlan) -> Requirements:
    """What the product of a plan asks for, in the version it was sold under; the usual where it is of none."""
    return product_version(plan.product_version).requirements if plan.product_version else Requirements()


@service
def cost_statement_make(*, deal_id: int, actor: Actor) -> CostStatement:
    """The statement of the approved plan. One that stands for the same plan stays; of another plan it is voided.

    Errors: `Refusal(s)` where the plan is not what was approved; `Conflict` once a contract of it is signed.
    """
    deal = deal_lock(deal_id)
    plan = plan_in_hand(deal_id)
    refuse_unapproved(plan, approved(deal_id))
    standing = selectors.statement_in_force(deal_id)
    if standing is not None:
        if standing.plan_digest == plan.digest:
            return standing
        statement_void(standing, actor)
    version = CostStatement.objects.filter(deal=deal).count() + 1
    document = statement_of(plan, _terms(deal, plan, version))
    body, digest = documents.encode(document)
    content = pdf("cost_statement", _paper_data(deal, document, digest))
    name = f"综合融资成本明示表-{deal.number}-v{version}.pdf"
    paper = paper_hand_in(subject=f"deal:{deal_id}", purpose=PURPOSE, name=name, content=content, actor=actor)
    made = CostStatement.objects.create(
        deal=deal,
        version=version,
        document=body,
        digest=digest,
        plan_digest=plan.digest,
        principal=document.principal,
        nominal_rate=document.nominal_rate,
        effective_rate=document.effective_rate,
        reading_seconds=document.reading_seconds,
        paper=paper,
        made_at=clock.now(),
        made_by=actor.key,
    )
    facts: dict[str, Scalar] = {"version": version, "digest": digest, "principal": document.principal}
    facts |= {"nominal_rate": document.nominal_rate, "cost": document.cost_total}
    _record(made, actor, "statement.made", facts)
    deal_turn(deal_id=deal_id, turn=Turn.CUSTOMER, next_step="阅读并确认综合融资成本明示表", actor=actor)
    return made


@service
def cost_statement_open(*, statement_id: int, place: Place, actor: Actor) -> Reading:
    """The customer has it before their eyes. The clock of the house runs from the first opening in a place."""
    statement = _locked(statement_id)
    to = rules.move(StatementState(statement.state), "open")
    if to is StatementState.CONFIRMED:
        return selectors.readings_of(statement_id)[-1]
    reading = selectors.reading_at(statement_id, place)
    if reading is not None:
        return reading
    reading = Reading.objects.create(statement=statement, place=place, opened_at=clock.now(), opened_by=actor.key)
    statement.state = to
    statement.save(update_fields=["state"])
    _record(statement, actor, "statement.opened", {"place": place.value})
    return reading


@service
def cost_statement_confirm(
    *, statement_id: int, place: Place, actor: Actor, digest: str, name: str = "", content: bytes = b""
) -> CostStatement:
    """The customer has read it for the set time and agrees: behind their link, or at the desk on signed paper.

    `digest` is of what was on the screen. Errors: `Refusal` while the time runs or the signed sheet is missing;
    `Conflict` where it was voided, declined or replaced meanwhile.
    """
    statement = _locked(statement_id)
    to = rules.move(StatementState(statement.state), "confirm")
    if digest != statement.digest:
        raise Conflict("statement-changed", "明示表已更新，请重新阅读", "the statement has changed; read it again")
    selectors.statement_document(statement)
    reading = selectors.reading_at(statement_id, place)
    now = clock.now()
    rules.refuse_unread(reading.opened_at if reading else None, now, statement.reading_seconds)
    assert reading is not None
    if place is Place.DESK:
        if not content:
            zh, en = "现场确认须上传客户签字的明示表", "at the desk the signed sheet must be handed in"
            raise Refusal("signed-sheet-missing", zh, en, field="file")
        subject = f"deal:{statement.deal_id}"
        reading.signed_paper = paper_hand_in(
            subject=subject, purpose=SIGNED, name=name or SIGNED, content=content, actor=actor
        )
    reading.confirmed_at = now
    reading.save(update_fields=["confirmed_at", "signed_paper"])
    statement.state = to
    statement.save(update_fields=["state"])
    seconds = int((now - reading.opened_at).total_seconds())
    facts: dict[str, Scalar] = {"place": place.value, "read_seconds": seconds, "digest": statement.digest}
    _record(statement, actor, "statement.confirmed", facts)
    deal_turn(deal_id=statement.deal_id, turn=Turn.OFFICER, next_step="生成并签署合同", actor=actor)
    emit(StatementConfirmed(statement.deal_id, statement.pk))
    return statement


@service
def cost_statement_decline(*, statement_id: int, place: Place, reason: str, actor: Actor) -> CostStatement:
    """The customer does not agree (我不同意): nothing is signed, the officer is told."""
    statement = _locked(statement_id)
    to = rules.move(StatementState(statement.state), "decline")
    reading = selectors.reading_at(statement_id, place)
    now = clock.now()
    if reading is None:
        reading = Reading(statement=statement, place=place, opened_at=now, opened_by=actor.key)
    reading.declined_at, reading.reason = now, reason.strip()[:200]
    reading.save()
    statement.state = to
    statement.save(update_fields=["state"])
    _record(statement, actor, "statement.declined", {"place": place.value}, reason=reason.strip())
    deal_turn(deal_id=statement.deal_id, turn=Turn.OFFICER, next_step="客户不同意费用，请联系客户", actor=actor)
    return statement


def statement_void(statement: CostStatement, actor: Actor) -> None:
    """Put a statement out of force. Inside a service. Errors: `Conflict` while a signed contract rests on it."""
    resting = Contract.objects.filter(statement=statement).exclude(state=ContractState.VOID)
    if resting.exists():
        zh, en = "已有依据该明示表的合同，请先办理变更", "a contract rests on this statement; amend the deal first"
        raise Conflict("statement-in-use", zh, en)
    statement.state = StatementState.VOID
    statement.save(update_fields=["state"])
    _record(statement, actor, "statement.voided", {"digest": statement.digest})


def _terms(deal: Deal, plan: FrozenPlan, version: int) -> StatementTerms:
    today = clock.business_date()
    book = book_in_force()
    overdue = book.in_force("paper.overdue_markup", today)
    misuse = book.in_force("paper.misuse_markup", today)
    seconds = book.in_force("paper.reading_seconds", today)
    duty = book.find("disclosure.cost_statement.required", today)
    rows = [row for row in (overdue, misuse, seconds, duty) if row is not None]
    return StatementTerms(
        deal_number=deal.number,
        version=version,
        made_on=today,
        overdue_markup=overdue.rate,
        misuse_markup=misuse.rate,
        reading_seconds=max(seconds.number, requirements_of(plan).reading_seconds),
        policies=tuple(row.version for row in rows),
        payees={Payee.LENDER: plan.lender_name, Payee.DEALER: deal.store.name},
    )


def _paper_data(deal: Deal, document: documents.StatementDocument, digest: str) -> dict[str, Any]:
    """What the PDF shows: the document, and the customer's name, which stands nowhere else."""
    data: dict[str, Any] = msgspec.to_builtins(document)
    return data | {"borrower": deal.customer.name.in_full(), "digest": digest, "store": deal.store.name}


def _locked(statement_id: int) -> CostStatement:
    """The statement, its deal locked before it: the order of every service of the paper."""
    deal_lock(selectors.statement_read(statement_id).deal_id)
    return selectors.statement_lock(statement_id)


def _record(statement: CostStatement, actor: Actor, action: str, facts: dict[str, Scalar], *, reason: str = "") -> None:
    all_facts: dict[str, Scalar] = {"statement": f"v{statement.version}", **facts}
    record(actor=actor, action=action, subject=f"deal:{statement.deal_id}", facts=all_facts, reason=reason)
