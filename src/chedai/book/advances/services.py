"""Paying a bank for a customer, getting it back, and moving margin; every fen of it through the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from chedai.book.advances import rules, selectors
from chedai.book.advances.models import Advance, AdvanceRecovery, MarginMove, RecoveryPart
from chedai.book.advances.states import AdvanceReason, AdvanceState, MarginKind
from chedai.book.ledger import chart
from chedai.book.ledger.chart import Code
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Transfer
from chedai.book.loans.models import Loan
from chedai.book.loans.noting import loan_record
from chedai.book.loans.rules import refuse_day
from chedai.book.loans.selectors import loan_lock
from chedai.book.loans.states import BookKind
from chedai.catalog.partners.selectors import lender_of
from chedai.engine.money import yuan_grouped
from chedai.org.authority import steps_for
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.services import approval_request, approval_withdraw
from chedai.platform.approvals.states import State
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.files.services import paper_hand_in
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import record, service

ACTION: Final = "loan.advance"
ACTOR: Final = system("advances")
ALONE: Final = "paper.advance_alone_most"
"""The policy that says up to which amount one person books an advance; above it another one approves."""


@service
def advance_make(
    *,
    loan_id: int,
    amount: int,
    paid_on: date,
    reason: AdvanceReason,
    reference: str,
    name: str,
    content: bytes,
    actor: Actor,
    key: str,
) -> Advance:
    """Book what was paid to a bank for one of its loans, with the receipt; above the policy's amount another approves.

    The same `key` is the same advance. Errors: `Refusal` at its field, for a day before the bank's payout included,
    and where nobody's authority suffices;
    `Conflict` for a loan of our own, or a key used for something else.
    """
    loan, today = loan_lock(loan_id), clock.business_date()
    said = Advance.objects.filter(key=key).first()
    if said is not None:
        _refuse_other(said.loan_id == loan_id and said.amount == amount)
        return said
    rules.refuse_entry(amount, paid_on, today, reference, field="paid_on")
    refuse_day(paid_on, loan.disbursed_on, today, field="paid_on")
    _refuse_unfit(loan, content)
    made = Advance(
        loan=loan,
        lender_code=loan.lender_code,
        amount=amount,
        paid_on=paid_on,
        reason=reason,
        state=AdvanceState.PAID,
        reference=reference.strip(),
        proof=paper_hand_in(subject=_subject(loan), purpose="advance", name=name, content=content, actor=actor),
        key=key,
        by_id=actor.ref,
        at=clock.now(),
    )
    if amount > book_in_force().in_force(ALONE, today).money:
        _ask(loan, made, today, actor)
    made.save()
    loan_record(loan, f"advance.{made.state}", {"advance": made.pk, "amount": amount, "reason": reason.value}, actor)
    if made.state == AdvanceState.PAID:
        _post(made.paid_on, EntryKind.ADVANCE, f"loan:{loan.pk}", chart.ADVANCES, chart.BANK, amount, actor)
    return made


def _subject(loan: Loan) -> str:
    """Whose papers the receipt lies with."""
    return f"deal:{loan.deal_id}" if loan.deal_id is not None else f"customer:{loan.customer_id}"


def _refuse_unfit(loan: Loan, content: bytes) -> None:
    if loan.book != BookKind.BANK:
        raise Conflict("own-book", "自营贷款不需要垫付", "a loan of our own needs no advance")
    if not content:
        raise Refusal("proof-missing", "请上传付款回单", "hand in the receipt", field="file")


def _ask(loan: Loan, made: Advance, today: date, actor: Actor) -> None:
    """Another person approves it; until then it is not posted."""
    made.state = AdvanceState.ASKED
    made.approval = approval_request(
        action=ACTION,
        subject=f"loan:{loan.pk}",
        document=_document(loan, made),
        steps=steps_for(ACTION, amount=made.amount, deviation=0, store_id=loan.store_id, on=today),
        actor=actor,
        amount=made.amount,
        unit=loan.store_id,
    )


@service
def advance_close(event: ApprovalClosed) -> None:
    """The approval of an advance ended: it is posted, or it is refused."""
    found = Advance.objects.filter(approval_id=event.approval_id, state=AdvanceState.ASKED).first()
    if found is None:
        return
    loan = loan_lock(found.loan_id)
    found.state = rules.move(AdvanceState(found.state), "approve" if event.state is State.APPROVED else "refuse")
    found.save(update_fields=["state"])
    loan_record(loan, f"advance.{found.state}", {"advance": found.pk, "amount": found.amount}, ACTOR)
    if found.state == AdvanceState.PAID:
        _post(found.paid_on, EntryKind.ADVANCE, f"loan:{loan.pk}", chart.ADVANCES, chart.BANK, found.amount, ACTOR)


@service
def advance_withdraw(*, advance_id: int, actor: Actor) -> Advance:
    """Take back an advance that waits for its approval: nothing was posted, and nothing will be.

    Errors: `NotAllowed` for another than who asked; `Conflict` where nothing waits.
    """
    found = selectors.advance_read(advance_id)
    if found.approval_id is None or found.state != AdvanceState.ASKED:
        raise Conflict("advance-state", "该笔垫款已有结论", "this advance has been decided already")
    approval_withdraw(approval_id=found.approval_id, actor=actor)
    return selectors.advance_read(advance_id)


@service
def advance_recover(
    *,
    loan_id: int,
    amount: int,
    received_on: date,
    reference: str,
    actor: Actor,
    key: str,
    stated: Mapping[int, int] | None = None,
) -> AdvanceRecovery:
    """Book what came back for the advances of a loan: oldest first, or by `stated` (advance to fen).

    Errors: `Refusal` at its field for more than is outstanding, parts that are not exact, or a day before what comes
    back was advanced; `Conflict` for a used key.
    """
    loan, today = loan_lock(loan_id), clock.business_date()
    said = AdvanceRecovery.objects.filter(key=key).first()
    if said is not None:
        _refuse_other(said.loan_id == loan_id and said.amount == amount)
        return said
    rules.refuse_entry(amount, received_on, today, reference, field="received_on")
    waiting = selectors.waiting_of(loan_id)
    parts = rules.split([(one.pk, one.outstanding) for one in waiting], amount, stated)
    refuse_day(received_on, max(one.paid_on for one in waiting if one.pk in parts), today, field="received_on")
    made = AdvanceRecovery.objects.create(
        loan=loan,
        amount=amount,
        received_on=received_on,
        reference=reference.strip(),
        key=key,
        by_id=actor.ref,
        at=clock.now(),
    )
    for one in waiting:
        if part := parts.get(one.pk, 0):
            RecoveryPart.objects.create(recovery=made, advance=one, amount=part)
            one.recovered += part
            one.save(update_fields=["recovered"])
    loan_record(loan, "advance.recovered", {"recovery": made.pk, "amount": amount, "parts": len(parts)}, actor)
    _post(received_on, EntryKind.ADVANCE, f"loan:{loan.pk}", chart.BANK, chart.ADVANCES, amount, actor)
    return made


@service
def margin_move(
    *, lender_code: str, kind: MarginKind, amount: int, on: date, reference: str, actor: Actor, key: str
) -> MarginMove:
    """Put margin down at a bank, or take it back. Errors: `Refusal` at its field, more than there is included."""
    lender_of(lender_code)
    said = MarginMove.objects.filter(key=key).first()
    if said is not None:
        _refuse_other((said.lender_code, said.kind, said.amount) == (lender_code, kind, amount))
        return said
    rules.refuse_entry(amount, on, clock.business_date(), reference, field="on")
    if kind is MarginKind.WITHDRAWAL:
        list(MarginMove.objects.select_for_update(no_key=True).filter(lender_code=lender_code))
        rules.refuse_withdrawal(amount, selectors.margin_of(lender_code))
    made = MarginMove.objects.create(
        lender_code=lender_code,
        kind=kind,
        amount=amount,
        on=on,
        reference=reference.strip(),
        key=key,
        by_id=actor.ref,
        at=clock.now(),
    )
    subject = f"lender:{lender_code}"
    facts: dict[str, Scalar] = {"kind": kind.value, "amount": amount, "on": on.isoformat()}
    record(actor=actor, action="margin.moved", subject=subject, facts=facts)
    sides = (chart.MARGIN, chart.BANK) if kind is MarginKind.DEPOSIT else (chart.BANK, chart.MARGIN)
    _post(on, EntryKind.MARGIN, subject, *sides, amount, actor)
    return made


def _refuse_other(same: bool) -> None:
    """Errors: `Conflict` where a key said something else before."""
    if not same:
        raise Conflict("key-used", "该幂等键已用于另一笔登记", "this key was used for something else", field="key")


def _document(loan: Loan, made: Advance) -> dict[str, Any]:
    """What the approver sees and signs."""
    return {
        "loan": loan.number,
        "lender": made.lender_code,
        "amount": yuan_grouped(made.amount),
        "paid_on": made.paid_on.isoformat(),
        "reason": str(made.reason),
        "reference": made.reference,
    }


def _post(day: date, kind: EntryKind, subject: str, debit: Code, credit: Code, amount: int, actor: Actor) -> None:
    journal_post(day=day, kind=kind, subject=subject, transfers=[Transfer(debit, credit, amount)], actor=actor)
