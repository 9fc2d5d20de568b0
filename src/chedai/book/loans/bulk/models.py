"""The tables of direct debit and of the banks' lists. Amounts are fen."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.book.loans.bulk.states import DebitState, LineState
from chedai.book.loans.models import Loan, LoanEvent
from chedai.org.models import Store
from chedai.platform.files.models import Paper
from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class DebitMandate(models.Model):
    """What allows the house to take the instalments of a loan from an account (代扣授权). Replaced, never edited.

    `paper` is the signed mandate. `ended_on` and `ended_why`: taken back by the holder, replaced, or stopped because
    the bank said so.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="mandates")
    bank = models.CharField(max_length=60)
    holder = Sealed(Kind.NAME)
    account = Sealed(Kind.BANK_ACCOUNT)
    agreed_on = models.DateField()
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "book_debit_mandate"
        constraints = (models.UniqueConstraint(fields=["loan"], condition=Q(ended_on=None), name="one_mandate_a_loan"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.bank}"


class DebitBatch(models.Model):
    """What one store asks of the bank on one day: `count` lines of `total` fen."""

    number = models.CharField(max_length=40, unique=True)
    day = models.DateField()
    store = models.ForeignKey(Store, models.PROTECT, related_name="debit_batches")
    state = models.CharField(max_length=4, choices=[(s.value, s.value) for s in DebitState], default=DebitState.MADE)
    count = models.PositiveIntegerField()
    total = models.BigIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_debit_batch"
        constraints = (models.UniqueConstraint(fields=["day", "store"], name="one_debit_batch_a_day"),)

    def __str__(self) -> str:
        return self.number


class DebitLine(models.Model):
    """What a batch asks of one loan's account, and what the bank answered: `code` of `debit_codes.toml`."""

    batch = models.ForeignKey(DebitBatch, models.PROTECT, related_name="lines", db_index=False)
    n = models.PositiveIntegerField()
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="debit_lines")
    mandate = models.ForeignKey(DebitMandate, models.PROTECT, related_name="lines")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=7, choices=[(s.value, s.value) for s in LineState], default=LineState.WAITING)
    code = models.CharField(max_length=20, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    event = models.OneToOneField(LoanEvent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        db_table = "book_debit_line"
        constraints = (
            models.UniqueConstraint(fields=["batch", "n"], name="debit_line_once"),
            models.UniqueConstraint(fields=["loan"], condition=Q(state="waiting"), name="one_debit_under_way_a_loan"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="debit_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.n}"


class BankLine(models.Model):
    """How a bank's list has one of its loans at the end of `as_of`. The newest line that stands is how the loan is."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="bank_lines", db_index=False)
    as_of = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    overdue_days = models.PositiveSmallIntegerField()
    missed = models.PositiveSmallIntegerField()
    overdue = models.BigIntegerField()
    balance = models.BigIntegerField()
    taken_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_bank_line"
        indexes = (models.Index(fields=["loan", "as_of"], name="bank_line_of_loan"),)
        constraints = (
            models.CheckConstraint(condition=Q(overdue__gte=0, balance__gte=0), name="bank_line_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} {self.as_of}"
