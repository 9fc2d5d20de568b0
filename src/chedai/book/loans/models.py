"""The tables of the loans. Truth is the form, the loan's own figures and its events; the rest follows from them.

What the close writes by the thousand has no foreign key in the database: checking one locks and writes the loan's own
row. No loan is ever deleted, and `prove-book` compares every one of these rows with its loan.

Amounts are fen, rates 1e-8 a year. One loan is one row here, one in `Plan` and a row for each thing that happened.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.book.loans.states import BookKind, ChangeKind, ChangeState, Channel, EventKind, LoanStatus
from chedai.catalog.vehicles.models import Vehicle
from chedai.crm.models import Customer
from chedai.deals.pipeline.models import Deal
from chedai.org.models import Staff, Store
from chedai.platform.approvals.models import Approval


class LoanForm(models.Model):
    """What many loans have in common: terms without the loan's own figures, conventions, the fee for leaving early.

    `body` is canonical JSON (`loans.forms`), `digest` its SHA-256. Never edited.
    """

    digest = models.CharField(max_length=64, unique=True)
    body = models.BinaryField()

    class Meta:
        db_table = "book_loan_form"

    def __str__(self) -> str:
        return self.digest[:12]


class Loan(models.Model):
    """One loan. `number` is printed on every receipt.

    Agreed at the start and never changed: `principal`, `annual_rate`, `periods`, `disbursed_on`, `first_due`, `form`.
    Worked out from the events and kept for speed: `due_day` (the day of the month on which everything still to come
    falls due; the last day of a shorter month; 0: no such day, look every day), `owed` (principal not repaid by what
    has fallen due), `credit` (money held: paid ahead of its due day, or beyond everything), `plan_version`, `last_seq`,
    `worked_on` (the day on which `loan_rebuild` last worked all this out: the close bills what falls due after it).
    `restructured_until` is the last day of observation after a restructure. `suspended_since`: interest counts off the
    balance sheet from that day. `quarantine` says why the events make no plan; empty: they do.
    """

    number = models.CharField(max_length=40, unique=True)
    deal = models.OneToOneField(Deal, models.PROTECT, null=True, blank=True, related_name="loan")
    book = models.CharField(max_length=4, choices=[(b.value, b.value) for b in BookKind], default=BookKind.OWN)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="loans")
    store = models.ForeignKey(Store, models.PROTECT, related_name="loans")
    officer = models.ForeignKey(Staff, models.PROTECT, related_name="loans")
    lender_code = models.CharField(max_length=40)
    product_code = models.CharField(max_length=60, blank=True)
    product_version = models.BigIntegerField(default=0)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True, related_name="loans")
    form = models.ForeignKey(LoanForm, models.PROTECT, related_name="loans", db_index=False)
    principal = models.BigIntegerField()
    annual_rate = models.BigIntegerField()
    periods = models.PositiveSmallIntegerField()
    disbursed_on = models.DateField()
    first_due = models.DateField()
    due_day = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=11, choices=[(s.value, s.value) for s in LoanStatus], default=LoanStatus.ACTIVE)
    owed = models.BigIntegerField()
    credit = models.BigIntegerField(default=0)
    plan_version = models.PositiveSmallIntegerField(default=1)
    last_seq = models.PositiveIntegerField(default=0)
    worked_on = models.DateField(null=True, blank=True)
    restructured_until = models.DateField(null=True, blank=True)
    suspended_since = models.DateField(null=True, blank=True)
    quarantine = models.CharField(max_length=300, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    written_off_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "book_loan"
        indexes = (
            models.Index(fields=["due_day", "worked_on"], name="loan_due_day"),
            models.Index(fields=["quarantine"], name="loan_quarantined", condition=~Q(quarantine="")),
            models.Index(
                fields=["restructured_until"], name="loan_observed", condition=Q(restructured_until__isnull=False)
            ),
        )
        constraints = (
            models.CheckConstraint(condition=Q(principal__gt=0), name="loan_of_something"),
            models.CheckConstraint(condition=Q(owed__gte=0, credit__gte=0), name="loan_balance_not_negative"),
            models.CheckConstraint(
                condition=Q(state="settled", settled_on__isnull=False) | (~Q(state="settled") & Q(settled_on=None)),
                name="loan_settled_on_a_day",
            ),
        )

    def __str__(self) -> str:
        return self.number


class Plan(models.Model):
    """One version of the schedule, packed by `loans.plans`; in force from `from_day`. Never edited.

    `due_day` is the day of the month on which all of it falls due that was to come when it was made (0: no such day). A
    payment writes its loan, never its plan: which loans may owe something on a day is read here, from the index alone.
    """

    pk = models.CompositePrimaryKey("loan", "version")
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="plans", db_index=False)
    version = models.PositiveSmallIntegerField()
    due_day = models.PositiveSmallIntegerField()
    from_day = models.DateField()
    packed = models.BinaryField()

    class Meta:
        db_table = "book_plan"
        indexes = (models.Index(fields=["due_day", "loan"], name="plan_due_day"),)

    def __str__(self) -> str:
        return f"{self.loan_id} v{self.version}"


class LoanEvent(models.Model):
    """One thing that happened, append-only: `on` is the value date, `recorded_on` the day the books learnt of it.

    `amount` is the money (0: none moved), `body` what the engine's event says beside it, as JSON; `of` is what a
    reversal takes back. `key` makes a retry one event, `reference` is the bank's number.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=14, choices=[(k.value, k.value) for k in EventKind])
    on = models.DateField()
    recorded_on = models.DateField()
    sequence = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)
    body = models.BinaryField(default=b"", blank=True)
    of = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal")
    channel = models.CharField(max_length=9, choices=[(c.value, c.value) for c in Channel])
    reference = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=120, unique=True, null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "book_loan_event"
        constraints = (
            models.UniqueConstraint(fields=["loan", "seq"], name="loan_event_seq_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="loan_event_not_negative"),
            models.CheckConstraint(
                condition=Q(kind="reversal", of__isnull=False) | (~Q(kind="reversal") & Q(of=None)),
                name="loan_reversal_of_something",
            ),
        )
        indexes = (models.Index(fields=["recorded_on", "kind"], name="loan_event_day"),)

    def __str__(self) -> str:
        return f"{self.loan_id}/{self.seq} {self.kind}"


class ParkedMoney(models.Model):
    """Money for a loan in quarantine: received, not yet applied. Gone when the loan is healed (`applied_on`)."""

    event = models.OneToOneField(LoanEvent, models.PROTECT, related_name="parked")
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="parked")
    amount = models.BigIntegerField()
    since = models.DateField()
    applied_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "book_parked_money"
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="parked_something"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.amount}"


class OpenItem(models.Model):
    """What of instalment `n` has fallen due and is not paid: unpaid parts. A row lives while anything of it is open.

    `late_principal`, `late_interest` are daily products (fen times days) of the parts that were paid late, so that the
    penalty of any day is closed: `(late + unpaid * days since due_on)` a component, times the rate, once rounded.
    `penalty_levied` is charged as such, `penalty_paid` what was paid of either.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="open_items", db_index=False, db_constraint=False)
    n = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    principal = models.BigIntegerField(default=0)
    interest = models.BigIntegerField(default=0)
    fee = models.BigIntegerField(default=0)
    late_principal = models.BigIntegerField(default=0)
    late_interest = models.BigIntegerField(default=0)
    penalty_levied = models.BigIntegerField(default=0)
    penalty_paid = models.BigIntegerField(default=0)

    class Meta:
        db_table = "book_open_item"
        constraints = (
            models.UniqueConstraint(fields=["loan", "n"], name="open_item_once"),
            models.CheckConstraint(
                condition=Q(principal__gte=0, interest__gte=0, fee__gte=0, penalty_paid__gte=0, penalty_levied__gte=0),
                name="open_item_not_negative",
            ),
        )
        indexes = (models.Index(fields=["due_on"], name="open_item_due"),)

    def __str__(self) -> str:
        return f"{self.loan_id}/{self.n}"


class Delinquency(models.Model):
    """How late a loan is. Lives only while it is.

    `balance` is the loan's `owed`, kept beside it so that the snapshot of the overdue reads this table alone.
    `stands_from` is the close from which on it stands so at the latest; empty for a loan of a bank, whose lists tell.
    """

    loan = models.OneToOneField(Loan, models.PROTECT, primary_key=True, related_name="delinquency", db_constraint=False)
    since = models.DateField()  # the oldest unpaid due date
    bucket = models.CharField(max_length=8)
    missed = models.PositiveSmallIntegerField()
    overdue = models.BigIntegerField()
    balance = models.BigIntegerField(default=0)
    stands_from = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "book_delinquency"
        indexes = (models.Index(fields=["since"], name="delinquent_since"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.bucket}"


class BucketMove(models.Model):
    """A loan went from one bucket to another. Append-only."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="bucket_moves", db_constraint=False)
    day = models.DateField()
    was = models.CharField(max_length=8)
    now = models.CharField(max_length=8)
    overdue = models.BigIntegerField()
    balance = models.BigIntegerField()
    missed = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "book_bucket_move"
        indexes = (models.Index(fields=["day"], name="bucket_move_day"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.day} {self.was} {self.now}"


class OverdueStanding(models.Model):
    """How an overdue loan stood at the close of `day` and at every close after it, until its next row.

    `since` is the oldest unpaid due date, which tells the days past due on any day; empty: it is overdue no more. So
    the snapshot of the overdue is told of every day and kept of those that changed. Of our own book a row is never
    rewritten; a bank corrects its own.
    """

    pk = models.CompositePrimaryKey("day", "loan")
    day = models.DateField()
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="standings", db_index=False, db_constraint=False)
    since = models.DateField(null=True, blank=True)
    bucket = models.CharField(max_length=8)
    overdue = models.BigIntegerField()
    balance = models.BigIntegerField()

    class Meta:
        db_table = "book_overdue_standing"

    def __str__(self) -> str:
        return f"{self.loan_id} {self.day}"


class LoanChange(models.Model):
    """A change somebody asked for and another person approves: what was previewed, and what came of it.

    `body` is what is to happen (JSON of `loans.changes`), `digest` covers it and the events it was previewed on: if the
    loan has moved on since, the change lapses. `event` is the event it became.
    """

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=14, choices=[(k.value, k.value) for k in ChangeKind])
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in ChangeState], default=ChangeState.ASKED)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, blank=True, related_name="+")
    event = models.OneToOneField(LoanEvent, models.PROTECT, null=True, blank=True, related_name="change")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_loan_change"
        constraints = (
            models.UniqueConstraint(fields=["loan"], condition=Q(state="asked"), name="one_change_asked_a_loan"),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} {self.kind}"
