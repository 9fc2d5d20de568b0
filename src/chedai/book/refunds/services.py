"""Asking for a refund, and paying it back once another person agreed: a line on the account and an entry."""

from __future__ import annotations

from typing import Any, Final

from chedai.book.ledger.kinds import EntryKind
from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.noting import loan_record, row_note
from chedai.book.loans.rules import refuse_of_bank
from chedai.book.loans.selectors import loan_lock, rows_of
from chedai.book.loans.services.keeping import rebuilt
from chedai.book.loans.states import EventKind, LoanStatus
from chedai.book.loans.working import Moved
from chedai.book.refunds import rules, selectors
from chedai.book.refunds.models import CreditRefund
from chedai.book.refunds.rules import Payee
from chedai.book.refunds.states import RefundState
from chedai.engine.money import yuan_grouped
from chedai.org.authority import steps_for
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.approvals.events import ApprovalClosed
from chedai.platform.approvals.services import approval_request
from chedai.platform.approvals.states import State
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.work import service

ACTION: Final = "loan.refund"
ACTOR: Final = system("refunds")


@service
def refund_ask(*, loan_id: int, amount: int, payee: Payee, actor: Actor, key: str) -> CreditRefund:
    """Ask to pay the credit of a settled loan back to the payer; another person approves. The same `key` is the same.

    Errors: `Refusal` at its field, for more than the credit included, and where nobody's authority suffices;
    `Conflict` for a loan that lives or was written off, while another refund waits, or for a used key.
    """
    loan, payee = loan_lock(loan_id), payee.tidied()
    said = CreditRefund.objects.filter(key=key).first()
    if said is not None:
        if (said.loan_id, said.amount) != (loan_id, amount):
            raise Conflict("key-used", "该幂等键已用于另一笔登记", "this key was used for something else", field="key")
        return said
    _refuse_unfit(loan)
    rules.refuse_amount(amount, loan.credit)
    rules.refuse_payee(payee, selectors.payers_of(loan))
    number = f"TK-{loan.number}-{CreditRefund.objects.filter(loan=loan).count() + 1}"
    made = CreditRefund.objects.create(
        loan=loan,
        number=number,
        amount=amount,
        bank=payee.bank[:60],
        holder=Personal(Kind.NAME, payee.holder),
        account=Personal(Kind.BANK_ACCOUNT, payee.account),
        approval=approval_request(
            action=ACTION,
            subject=f"loan:{loan.pk}",
            document=_document(loan, number, amount, payee),
            steps=steps_for(ACTION, amount=amount, deviation=0, store_id=loan.store_id, on=clock.business_date()),
            actor=actor,
            amount=amount,
            unit=loan.store_id,
        ),
        key=key,
        by_id=actor.ref,
        at=clock.now(),
    )
    loan_record(loan, "refund.asked", {"refund": number, "amount": amount}, actor)
    return made


@service
def refund_close(event: ApprovalClosed) -> None:
    """The approval of a refund ended: it is paid and stands on the account, or it is not.

    A credit that shrank meanwhile pays nothing: the refund lapses.
    """
    found = CreditRefund.objects.filter(approval_id=event.approval_id, state=RefundState.ASKED).first()
    if found is None:
        return
    loan = loan_lock(found.loan_id)
    act = "approve" if event.state is State.APPROVED else "refuse"
    if act == "approve" and (found.amount > loan.credit or loan.state != LoanStatus.SETTLED or loan.quarantine):
        act = "lapse"
    found.state = rules.move(RefundState(found.state), act)
    if found.state == RefundState.PAID:
        found.event = _pay(loan, found)
    found.save(update_fields=["state", "event"])
    facts: dict[str, Scalar] = {"refund": found.number, "amount": found.amount}
    loan_record(loan, f"refund.{found.state}", facts, ACTOR)


def _pay(loan: Loan, refund: CreditRefund) -> LoanEvent:
    """The line on the account, and the credit against the bank."""
    held = rows_of(loan.pk)
    row = row_note(
        loan,
        EventKind.REFUND,
        clock.business_date(),
        actor=ACTOR,
        amount=refund.amount,
        reference=refund.number,
        key=f"refund:{refund.pk}",
    )
    rebuilt(loan, [row], held, moved=Moved(EntryKind.REFUND, -refund.amount), actor=ACTOR)
    return row


def _refuse_unfit(loan: Loan) -> None:
    refuse_of_bank(loan.book)
    if loan.state != LoanStatus.SETTLED or loan.quarantine or loan.written_off_on is not None:
        raise Conflict("not-settled", "贷款结清后才能退还余款", "a credit is paid back once the loan is settled")
    if selectors.refund_waiting(loan.pk) is not None:
        raise Conflict("refund-asked", "已有一笔退款待审批", "a refund waits for approval already")


def _document(loan: Loan, number: str, amount: int, payee: Payee) -> dict[str, Any]:
    """What the approver sees and signs; the account by its mask."""
    return {
        "loan": loan.number,
        "refund": number,
        "amount": yuan_grouped(amount),
        "credit": yuan_grouped(loan.credit),
        "bank": payee.bank,
        "holder": str(Personal(Kind.NAME, payee.holder)),
        "account": str(Personal(Kind.BANK_ACCOUNT, payee.account)),
    }
