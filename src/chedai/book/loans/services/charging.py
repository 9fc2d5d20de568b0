"""A fee or penalty levied on a loan, by hand."""

from __future__ import annotations

from datetime import date

from chedai.book.ledger.kinds import EntryKind
from chedai.book.loans import rules
from chedai.book.loans.models import LoanEvent
from chedai.book.loans.noting import event_note, loan_record
from chedai.book.loans.selectors import loan_lock, rows_of
from chedai.book.loans.services.keeping import rebuilt
from chedai.book.loans.states import LoanStatus
from chedai.book.loans.working import Moved
from chedai.engine.life.events import Charge, ChargeKind
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import service


@service
def charge_levy(
    *, loan_id: int, kind: ChargeKind, amount: int, reason: str, actor: Actor, due_on: date | None = None
) -> LoanEvent:
    """Levy a charge (fen) today, due with the instalment of its day. Errors: `Refusal` at its field; `Conflict`."""
    loan, today = loan_lock(loan_id), clock.business_date()
    rules.refuse_of_bank(loan.book)
    rules.refuse_amount(amount)
    if loan.quarantine or loan.state != LoanStatus.ACTIVE:
        raise Conflict("not-active", "贷款不在还款中", "the loan is not active")
    if not reason.strip():
        raise Refusal("reason-missing", "请写明收取原因", "say why it is charged", field="reason")
    if due_on is not None and due_on < today:
        raise Refusal("day-outside", "应付日不得早于今天", "it falls due today or later", field="due_on")
    held = rows_of(loan_id)
    row = event_note(loan, Charge(on=today, kind=kind, amount=amount, due_on=due_on), actor=actor)
    rebuilt(loan, [row], held, moved=Moved(EntryKind.CHARGE), actor=actor)
    facts = {"event": row.seq, "kind": kind.value, "amount": amount}
    loan_record(loan, "loan.charged", facts, actor, reason=reason.strip())
    return row
