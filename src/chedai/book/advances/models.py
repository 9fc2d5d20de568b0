"""The tables of advances to banks. Amounts are fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from chedai.book.advances.states import AdvanceReason, AdvanceState, MarginKind
from chedai.book.loans.models import Loan
from chedai.platform.approvals.models import Approval
from chedai.platform.files.models import Paper


class Advance(models.Model):
    """Money paid to a bank for one of its loans; `recovered` is what of it came back."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="advances")
    lender_code = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    recovered = models.BigIntegerField(default=0)
    paid_on = models.DateField()
    reason = models.CharField(max_length=10, choices=[(r.value, r.value) for r in AdvanceReason])
    state = models.CharField(max_length=7, choices=[(s.value, s.value) for s in AdvanceState])
    reference = models.CharField(max_length=80)  # of the bank's receipt
    proof = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "book_advance"
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="advance_of_something"),
            models.CheckConstraint(
                condition=Q(recovered__gte=0, recovered__lte=F("amount")), name="advance_not_over_recovered"
            ),
        )
        indexes = (models.Index(fields=["lender_code", "state"], name="advance_lender"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.amount}"

    @property
    def outstanding(self) -> int:
        """What did not come back yet."""
        return self.amount - self.recovered if self.state == AdvanceState.PAID else 0


class AdvanceRecovery(models.Model):
    """Money that came back for the advances of a loan, from the customer or out of the car."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="advance_recoveries")
    amount = models.BigIntegerField()
    received_on = models.DateField()
    reference = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=120, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "book_advance_recovery"
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="advance_recovery_of_something"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.amount}"


class RecoveryPart(models.Model):
    """What of a recovery went to one advance. The parts of a recovery add up to it."""

    recovery = models.ForeignKey(AdvanceRecovery, models.PROTECT, related_name="parts")
    advance = models.ForeignKey(Advance, models.PROTECT, related_name="parts")
    amount = models.BigIntegerField()

    class Meta:
        db_table = "book_recovery_part"
        constraints = (
            models.UniqueConstraint(fields=["recovery", "advance"], name="recovery_part_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_part_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.recovery_id} {self.amount}"


class MarginMove(models.Model):
    """Margin put down at a bank or taken back (保证金). Append-only; the balance is their sum."""

    lender_code = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in MarginKind])
    amount = models.BigIntegerField()
    on = models.DateField()
    reference = models.CharField(max_length=80)
    key = models.CharField(max_length=120, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "book_margin_move"
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="margin_of_something"),)

    def __str__(self) -> str:
        return f"{self.lender_code} {self.kind} {self.amount}"
