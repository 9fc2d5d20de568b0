"""When nothing is owed any more: certificate, lien, device, papers, each on its clock; closed when all are done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from chedai.book.closing import rules, selectors
from chedai.book.closing.asking import ask_answer
from chedai.book.closing.events import LoanClosed
from chedai.book.closing.models import Closure, ClosureItem
from chedai.book.closing.states import ClosingItem, ClosingItemState, ClosureState
from chedai.book.loans.events import LoanReversed, LoanSettled
from chedai.book.loans.models import Loan
from chedai.book.loans.noting import loan_record
from chedai.book.loans.selectors import loan_lock, loan_read
from chedai.book.loans.states import RECEIPTS, BookKind, LoanStatus
from chedai.deals.collateral.selectors import items_of as collateral_of
from chedai.deals.collateral.services import collateral_reopen
from chedai.deals.collateral.states import ItemState
from chedai.deals.contracts.rules.capitals import in_capitals
from chedai.deals.custody.selectors import kept_of
from chedai.deals.custody.services.moving import custody_release
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.audit.entries import Scalar
from chedai.platform.documents.rendering import pdf
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import emit, service

ACTOR: Final = system("closing")
PURPOSE: Final = "settlement_certificate"
DAYS: Final = {
    ClosingItem.CERTIFICATE: "paper.closing_certificate_days",
    ClosingItem.LIEN: "paper.closing_lien_days",
    ClosingItem.GPS: "paper.closing_gps_days",
    ClosingItem.PAPERS: "paper.closing_papers_days",
}
"""The policies that say within how many days of settling each is done."""
SECURED_AGAIN_DAYS: Final = "paper.secured_again_days"
"""The policy that says within how many days of a settlement taken back what was given back is had again."""


@service
def closure_open_on_settled(event: LoanSettled) -> None:
    """Nothing is owed any more: what is owed to the customer opens, and what they asked for is done."""
    loan = loan_lock(event.loan_id)
    if loan.settled_on is None or selectors.closure_of(loan.pk) is not None:
        return
    today, book = clock.business_date(), book_in_force()
    made = Closure.objects.create(loan=loan, settled_on=loan.settled_on, opened_at=clock.now())
    items = rules.owed(_held(loan))
    ClosureItem.objects.bulk_create(
        ClosureItem(closure=made, kind=one, due_on=today + timedelta(days=book.in_force(DAYS[one], today).number))
        for one in items
    )
    facts: dict[str, Scalar] = {"closure": made.pk, "items": ",".join(items)}
    loan_record(loan, "closure.opened", facts, ACTOR)
    ask_answer(loan, ACTOR)


@service
def closure_void_on_reversed(event: LoanReversed) -> None:
    """The receipt that settled the loan was taken back: its end never happened, its certificate does not count.

    What was given back by then is owed again: by the days of the policy it stands on the day of the loan's officer.
    """
    loan = loan_lock(event.loan_id)
    closure = selectors.closure_of(loan.pk)
    if closure is None or loan.state == LoanStatus.SETTLED:
        return
    closure.state = rules.closure_move(ClosureState(closure.state), "void")
    closure.ended_on, closure.ended_by = clock.business_date(), ACTOR.key
    closure.save(update_fields=["state", "ended_on", "ended_by"])
    facts: dict[str, Scalar] = {"closure": closure.pk, "certificate": closure.number or ""}
    loan_record(loan, "closure.voided", facts, ACTOR)
    given = [ClosingItem(one.kind) for one in selectors.items_of(closure.pk) if one.state == ClosingItemState.DONE]
    if loan.deal_id is not None:
        days = book_in_force().in_force(SECURED_AGAIN_DAYS, closure.ended_on).number
        due_on = closure.ended_on + timedelta(days=days)
        kinds = rules.to_secure(given)
        collateral_reopen(deal_id=loan.deal_id, kinds=kinds, owner_id=loan.officer_id, due_on=due_on, actor=ACTOR)


@service
def certificate_issue(*, closure_id: int, actor: Actor) -> Closure:
    """Issue the settlement certificate, once: number, sums also in capitals; same loan, same bytes.

    Errors: `Conflict` where it was issued already, the end of the loan does not stand, or the loan is a bank's.
    """
    loan, closure = _locked(closure_id)
    if loan.book != BookKind.OWN:
        zh, en = (
            "资方贷款的结清证明由资方出具，请登记其编号",
            "the bank certifies its own loans; record the number of its paper",
        )
        raise Conflict("bank-book", zh, en)
    if closure.number is not None:
        raise Conflict("certificate-issued", "结清证明已开具", "the certificate was issued already")
    item = _item(closure, ClosingItem.CERTIFICATE)
    today = clock.business_date()
    number = f"JQ-{loan.number}-{Closure.objects.filter(loan=loan, number__isnull=False).count() + 1}"
    content = pdf("settlement_certificate", _certificate(loan, number, today))
    subject = f"deal:{loan.deal_id}" if loan.deal_id is not None else f"customer:{loan.customer_id}"
    closure.certificate = paper_hand_in(
        subject=subject, purpose=PURPOSE, name=f"{number}.pdf", content=content, actor=actor
    )
    closure.number = number
    closure.save(update_fields=["number", "certificate"])
    _end(item, "finish", number, today, actor)
    loan_record(loan, "closure.certified", {"closure": closure.pk, "certificate": number}, actor)
    return closure


@service
def closure_item_finish(*, item_id: int, reference: str, done_on: date, actor: Actor) -> ClosureItem:
    """The lien is released, the device is out, the papers are handed over: with what proves it.

    The papers leave custody with it. Errors: `Refusal` at its field; `Conflict` where it is done, is the certificate,
    or a paper is on its way or missing.
    """
    found = selectors.item_read(item_id)
    loan, closure = _locked(found.closure_id)
    kind = ClosingItem(found.kind)
    own = loan.book == BookKind.OWN
    rules.refuse_done(kind, reference, done_on, closure.settled_on, clock.business_date(), own=own)
    item = _item(closure, kind)
    _end(item, "finish", reference, done_on, actor)
    if kind is ClosingItem.PAPERS and loan.deal_id is not None:
        custody_release(deal_id=loan.deal_id, proof=reference, actor=actor)
    if kind is ClosingItem.LIEN:
        closure.released_on = done_on
        closure.save(update_fields=["released_on"])
    facts: dict[str, Scalar] = {"closure": closure.pk, "item": kind.value, "on": done_on.isoformat()}
    facts["late_days"] = max((done_on - item.due_on).days, 0)
    loan_record(loan, "closure.item_done", facts, actor)
    return item


@service
def closure_item_drop(*, item_id: int, reason: str, actor: Actor) -> ClosureItem:
    """There was nothing to give back: no device was in, no paper was held. Errors: as `closure_item_finish`."""
    found = selectors.item_read(item_id)
    loan, closure = _locked(found.closure_id)
    if found.kind == ClosingItem.CERTIFICATE:
        raise Conflict("certificate-issued", "结清证明必须开具", "the certificate is always issued")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明原因", "say why", field="reason")
    if found.kind == ClosingItem.PAPERS:
        rules.refuse_kept(_kept(loan))
    item = _item(closure, ClosingItem(found.kind))
    _end(item, "none", reason, clock.business_date(), actor)
    facts: dict[str, Scalar] = {"closure": closure.pk, "item": item.kind}
    loan_record(loan, "closure.item_none", facts, actor, reason=reason.strip())
    return item


@service
def closure_complete(*, closure_id: int, actor: Actor) -> Closure:
    """Everything is given back: the loan is closed. Errors: `Conflict` that names what is still open."""
    loan, closure = _locked(closure_id)
    rules.refuse_kept(_kept(loan))
    rules.refuse_credit(loan.credit)
    items = selectors.items_of(closure.pk)
    rules.refuse_open([ClosingItem(one.kind) for one in items if one.state == ClosingItemState.OPEN])
    closure.state = rules.closure_move(ClosureState(closure.state), "complete")
    closure.ended_on, closure.ended_by = clock.business_date(), actor.key
    closure.save(update_fields=["state", "ended_on", "ended_by"])
    facts: dict[str, Scalar] = {"closure": closure.pk, "days": (closure.ended_on - closure.settled_on).days}
    loan_record(loan, "closure.completed", facts, actor)
    emit(LoanClosed(loan.pk, closure.pk))
    return closure


def _locked(closure_id: int) -> tuple[Loan, Closure]:
    """The loan and its closure that stands, locked in this order. Errors: `Conflict` where it is over."""
    loan = loan_lock(selectors.closure_read(closure_id).loan_id)
    closure = selectors.closure_lock(closure_id)
    if loan.state != LoanStatus.SETTLED or closure.state != ClosureState.OPEN:
        raise Conflict("closure-state", "结清手续已结束", "the closure is over")
    return loan, closure


def _held(loan: Loan) -> frozenset[str] | None:
    """What was taken as security and not lost again; None for a loan without a deal: nobody knows."""
    if loan.deal_id is None:
        return None
    return frozenset(one.kind for one in collateral_of(loan.deal_id) if one.state == ItemState.DONE)


def _kept(loan: Loan) -> list[str]:
    """The labels of what of the customer's is still in custody."""
    return [one.item.label for one in kept_of(loan.deal_id)] if loan.deal_id is not None else []


def _item(closure: Closure, kind: ClosingItem) -> ClosureItem:
    return next(one for one in selectors.items_of(closure.pk) if one.kind == kind)


def _end(item: ClosureItem, act: str, reference: str, on: date, actor: Actor) -> None:
    item.state = rules.item_move(ClosingItemState(item.state), act)
    item.reference, item.done_on, item.done_by = reference.strip(), on, actor.key
    item.save(update_fields=["state", "reference", "done_on", "done_by"])


def _certificate(loan: Loan, number: str, today: date) -> dict[str, Any]:
    read = loan_read(loan.pk)
    standing = read.events.filter(kind__in=RECEIPTS, reversal=None)
    last = selectors.last_receipt(read)
    return {
        "number": number,
        "loan": read.number,
        "name": read.customer.name.in_full(),
        "identity": read.customer.id_number.in_full() if read.customer.id_number else "",
        "principal": read.principal,
        "principal_words": in_capitals(read.principal),
        "disbursed_on": read.disbursed_on.isoformat(),
        "periods": read.periods,
        "paid": sum(standing.values_list("amount", flat=True)),
        "last": last,
        "last_words": in_capitals(last),
        "settled_on": read.settled_on.isoformat() if read.settled_on else "",
        "issued_on": today.isoformat(),
        "store": read.store.name,
    }
