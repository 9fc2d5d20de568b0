"""Finding refunds, and who may have one."""

from __future__ import annotations

from chedai.book.loans.models import Loan
from chedai.book.refunds.models import CreditRefund
from chedai.book.refunds.states import RefundState


def refunds_of(loan_id: int) -> list[CreditRefund]:
    """The refunds of a loan, newest first."""
    found = CreditRefund.objects.filter(loan_id=loan_id).select_related("by", "approval", "event__reversal")
    return list(found.order_by("-pk"))


def refund_waiting(loan_id: int) -> CreditRefund | None:
    """The refund that waits for its approval."""
    return CreditRefund.objects.filter(loan_id=loan_id, state=RefundState.ASKED).first()


def payers_of(loan: Loan) -> frozenset[str]:
    """The names of those who pay a loan: its customer, and who signed a mandate for it."""
    holders = (one.holder.in_full() for one in loan.mandates.all())
    return frozenset({loan.customer.name.in_full(), *holders})
