"""The table of refunds. Amounts are fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.refunds.states import RefundState
from chedai.platform.approvals.models import Approval
from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class CreditRefund(models.Model):
    """A refund of a settled loan's credit to an account of the payer; `event` is its line on the account once paid."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="refunds")
    number = models.CharField(max_length=60, unique=True)
    amount = models.BigIntegerField()
    bank = models.CharField(max_length=60)
    holder = Sealed(Kind.NAME)
    account = Sealed(Kind.BANK_ACCOUNT)
    state = models.CharField(max_length=7, choices=[(s.value, s.value) for s in RefundState], default=RefundState.ASKED)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    event = models.OneToOneField(LoanEvent, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "book_credit_refund"
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
            models.UniqueConstraint(fields=["loan"], condition=Q(state="asked"), name="one_refund_asked_a_loan"),
            models.CheckConstraint(
                condition=Q(state="paid", event__isnull=False) | (~Q(state="paid") & Q(event=None)),
                name="refund_paid_stands_on_the_account",
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def taken_back(self) -> bool:
        """Whether it was paid and two people took it back: the money is held for the customer again."""
        return self.event is not None and hasattr(self.event, "reversal")
