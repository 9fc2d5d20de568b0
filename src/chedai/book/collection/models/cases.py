"""The case of an overdue loan, its plan of each morning, its promises, and whom one may reach."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.book.collection.states import Arm, CaseState, ClosedWhy, Group, NumberSource, PromiseState, Whom
from chedai.book.loans.models import Loan
from chedai.crm.models import Customer
from chedai.org.models import Staff, Store
from chedai.platform.privacy.fields import BlindIndexField, Sealed
from chedai.platform.privacy.kinds import Kind


class CollectionCase(models.Model):
    """One overdue loan being worked (催收案件), from the day it fell overdue until it is cured. One open case a loan.

    `overdue` in fen, `since` the oldest day unpaid, `missed` the instalments unpaid: as the loans room had them at the
    last plan. `segment`, `arm`, `action`, `script`, `priority` come from the strategy of `strategy` (row and hash).
    `next_on` is the day of the next contact; a case with a day ahead is in no queue before it.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="cases")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="collection_cases")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    collector = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="collection_cases")
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in CaseState], default=CaseState.OPEN)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    closed_why = models.CharField(max_length=12, blank=True, choices=[(w.value, w.value) for w in ClosedWhy])
    since = models.DateField()
    bucket = models.CharField(max_length=4)
    missed = models.PositiveSmallIntegerField(default=0)
    overdue = models.BigIntegerField(default=0)
    grade = models.CharField(max_length=4, blank=True)
    segment = models.CharField(max_length=30, blank=True)
    arm = models.CharField(max_length=10, blank=True, choices=[(a.value, a.value) for a in Arm])
    strategy = models.CharField(max_length=120, blank=True)
    action = models.CharField(max_length=10, blank=True)
    script = models.CharField(max_length=30, blank=True)
    priority = models.PositiveSmallIntegerField(default=0)
    next_on = models.DateField()
    last_result = models.CharField(max_length=20, blank=True)
    last_contact_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_collection_case"
        constraints = (
            models.UniqueConstraint(fields=["loan"], condition=Q(state="open"), name="one_open_case_a_loan"),
            models.CheckConstraint(
                condition=Q(state="open", closed_on=None) | Q(state="closed", closed_on__isnull=False),
                name="closed_case_has_its_day",
            ),
        )
        indexes = (
            models.Index(fields=["state", "collector", "next_on", "-priority"], name="case_morning"),
            models.Index(fields=["customer", "state"], name="case_debtor"),
            models.Index(fields=["store", "state"], name="case_store"),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} {self.bucket}"


class PlanLine(models.Model):
    """One case in the queue of one morning, and the strategy that put it there. What was done with it is noted once."""

    day = models.DateField()
    case = models.ForeignKey(CollectionCase, models.PROTECT, related_name="plan")
    collector = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    segment = models.CharField(max_length=30)
    arm = models.CharField(max_length=10, choices=[(a.value, a.value) for a in Arm])
    strategy = models.CharField(max_length=120)
    action = models.CharField(max_length=10)
    script = models.CharField(max_length=30, blank=True)
    priority = models.PositiveSmallIntegerField()
    bucket = models.CharField(max_length=4)
    overdue = models.BigIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_collection_plan"
        constraints = (models.UniqueConstraint(fields=["day", "case"], name="a_case_once_a_morning"),)
        indexes = (models.Index(fields=["collector", "day", "-priority"], name="plan_queue"),)

    def __str__(self) -> str:
        return f"{self.day} {self.case_id}"


class PromiseToPay(models.Model):
    """A promise (承诺还款): an amount in fen until a day. One is open at a time; the receipts judge it, nobody else."""

    case = models.ForeignKey(CollectionCase, models.PROTECT, related_name="promises")
    amount = models.BigIntegerField()
    made_on = models.DateField()
    due_on = models.DateField()
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in PromiseState], default=PromiseState.OPEN
    )
    received = models.BigIntegerField(default=0)
    judged_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "book_promise_to_pay"
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="one_open_promise_a_case"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_is_of_money"),
            models.CheckConstraint(condition=Q(due_on__gte=models.F("made_on")), name="promise_ends_after_it_was_made"),
        )
        indexes = (models.Index(fields=["state", "due_on"], name="promise_due"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.amount} {self.due_on}"


class DebtorNumber(models.Model):
    """A telephone number by which a debtor may be found: whose it is, where it comes from, whether it may be called.

    `consent_source` says on what ground a contact was named; `refused_at` that they do not want to be asked.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="collection_numbers")
    whom = models.CharField(max_length=10, choices=[(w.value, w.value) for w in Whom])
    relation = models.CharField(max_length=30, blank=True)
    name = Sealed(Kind.NAME)
    phone = Sealed(Kind.PHONE)
    phone_index = BlindIndexField("phone")
    source = models.CharField(max_length=12, choices=[(s.value, s.value) for s in NumberSource])
    consent_source = models.CharField(max_length=60, blank=True)
    added_on = models.DateField()
    invalid_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_debtor_number"
        constraints = (models.UniqueConstraint(fields=["customer", "phone_index"], name="a_number_once_a_debtor"),)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.whom}"


class PreDue(models.Model):
    """Somebody at risk of missing the next instalment, before it is due: called, or held out to compare with."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    listed_on = models.DateField()
    due_on = models.DateField()
    why = models.CharField(max_length=60)
    group = models.CharField(max_length=8, choices=[(g.value, g.value) for g in Group])
    result = models.CharField(max_length=20, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    called_by = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    paid_in_time = models.BooleanField(null=True, blank=True)

    class Meta:
        db_table = "book_pre_due"
        constraints = (models.UniqueConstraint(fields=["loan", "due_on"], name="listed_once_a_due_day"),)
        indexes = (models.Index(fields=["listed_on", "group"], name="pre_due_day"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.due_on} {self.group}"
