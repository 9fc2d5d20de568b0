"""The tables of watching. Amounts are fen, shares 1e-8."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.book.loans.models import Loan
from chedai.book.risk.states import AlertState, Outcome, RunState, WatchReason
from chedai.org.models import Staff, Store


class Alert(models.Model):
    """A limit was passed. One stands for an indicator and a subject until a scan finds the breach gone (`cleared_on`).

    `subject` is `store:3`, `staff:7`, `product:EV-36`, `month:2026-03` or `loan:12`; `value` and `limit` are in the
    unit of the indicator (share 1e-8, fen, or a count), `policy` names the row that held the limit, `evidence` is what
    anybody can check: the figures behind the value and the numbers of the loans.
    """

    indicator = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")  # of an officer's figures
    state = models.CharField(max_length=6, choices=[(s.value, s.value) for s in AlertState], default=AlertState.OPEN)
    value = models.BigIntegerField()
    limit = models.BigIntegerField()
    policy = models.CharField(max_length=80)
    evidence = models.JSONField()
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    acted_at = models.DateTimeField(null=True, blank=True)  # the first thing a person did
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=11, choices=[(o.value, o.value) for o in Outcome], blank=True)
    cleared_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "book_alert"
        constraints = (
            models.UniqueConstraint(
                fields=["indicator", "subject"], condition=Q(cleared_on=None), name="one_alert_a_breach"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_by__isnull=False, closed_at__isnull=False, outcome__gt="")
                | (~Q(state="closed") & Q(closed_by=None, closed_at=None, outcome="")),
                name="alert_closed_by_a_person",
            ),
        )
        indexes = (models.Index(fields=["state", "-opened_on"], name="alert_queue"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.subject}"


class AlertNote(models.Model):
    """What a person did about an alert. Append-only."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "book_alert_note"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.alert_id} {self.at}"


class PlaybookRun(models.Model):
    """A playbook being carried out: for an alert, or as a drill. `version` is the row of policy it was taken from."""

    alert = models.OneToOneField(Alert, models.PROTECT, null=True, blank=True, related_name="run")
    playbook = models.CharField(max_length=40)
    version = models.CharField(max_length=80)
    is_drill = models.BooleanField(default=False)
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=[(s.value, s.value) for s in RunState], default=RunState.RUNNING)
    began_on = models.DateField()
    began_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_playbook_run"
        constraints = (
            models.CheckConstraint(
                condition=Q(is_drill=True, alert=None) | Q(is_drill=False, alert__isnull=False),
                name="run_for_an_alert_or_a_drill",
            ),
        )

    def __str__(self) -> str:
        return f"{self.playbook} {self.began_on}"


class PlaybookStep(models.Model):
    """One step of a run: what, by whom, until when."""

    run = models.ForeignKey(PlaybookRun, models.PROTECT, related_name="steps")
    place = models.PositiveSmallIntegerField()
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    role = models.CharField(max_length=20)
    owner = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")  # None: nobody holds it
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "book_playbook_step"
        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=["run", "place"], name="playbook_step_once"),)
        indexes = (models.Index(fields=["owner", "done_on", "due_on"], name="playbook_step_owner"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.place}"


class WatchItem(models.Model):
    """A loan somebody looks at regularly; `review_due` moves on with each review."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="watched")
    reason = models.CharField(max_length=12, choices=[(r.value, r.value) for r in WatchReason])
    since = models.DateField()
    review_due = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "book_watch_item"
        constraints = (
            models.UniqueConstraint(fields=["loan", "reason"], condition=Q(ended_on=None), name="watched_once"),
        )
        indexes = (models.Index(fields=["review_due"], name="watch_due", condition=Q(ended_on=None)),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.reason}"


class WatchReview(models.Model):
    """One look at a watched loan. Append-only."""

    item = models.ForeignKey(WatchItem, models.PROTECT, related_name="reviews")
    text = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    next_due = models.DateField()

    class Meta:
        db_table = "book_watch_review"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.item_id} {self.at}"


class ClassOverride(models.Model):
    """A person set a worse class than the floor. The newest row counts; `cls` 0 takes it back. Append-only."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="class_overrides")
    cls = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "book_class_override"
        indexes = (models.Index(fields=["loan", "-id"], name="class_override_newest"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.cls}"


class MonthEnd(models.Model):
    """How a stretch of the own book stood at the end of a month, packed by `risk.monthends`. Append-only.

    `part` counts the stretches of one month, by key of the loan.
    """

    month_end = models.DateField()
    part = models.PositiveIntegerField()
    loans = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    packed = models.BinaryField()

    class Meta:
        db_table = "book_month_end"
        constraints = (models.UniqueConstraint(fields=["month_end", "part"], name="month_end_part_once"),)

    def __str__(self) -> str:
        return f"{self.month_end} {self.part}"
