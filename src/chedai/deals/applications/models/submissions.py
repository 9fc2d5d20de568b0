"""One file before several lenders: every round that was sent, every message that came back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.deals.applications.models.application import Application
from chedai.deals.applications.models.papers import CheckItem
from chedai.deals.applications.states import Heard, SubmissionState


class Submission(models.Model):
    """The file before one lender, and where that lender stands now. Money in fen, rates in 1e-8 a year.

    `amount`, `annual_rate`, `periods`, `conditions` are what the lender last offered; empty until it did.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    lender_code = models.CharField(max_length=40)
    lender_name = models.CharField(max_length=80)
    channel = models.CharField(max_length=8)  # http: by machine; manual: staff answer on screen
    product_code = models.CharField(max_length=40, blank=True)
    product_version = models.BigIntegerField(default=0)
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in SubmissionState], default=SubmissionState.SENDING
    )
    round = models.PositiveSmallIntegerField(default=1)
    amount = models.BigIntegerField(null=True, blank=True)
    annual_rate = models.BigIntegerField(null=True, blank=True)
    periods = models.PositiveSmallIntegerField(null=True, blank=True)
    conditions = models.JSONField(default=list)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "lender_code"], name="one_file_one_lender"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(state__in=("won", "funded")), name="one_lender_wins"
            ),
        )

    def __str__(self) -> str:
        return f"{self.lender_code} {self.state}"


class SubmissionRound(models.Model):
    """One sending of the file to one lender and how it ended; never changed once it has ended.

    `key` is the idempotency key of the sending, `digest` of the very bytes that were sent. `seq` is the highest
    number among the lender's messages so far.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60, unique=True)
    asked_amount = models.BigIntegerField()
    asked_rate = models.BigIntegerField()
    asked_periods = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=60, blank=True)  # the lender's own number
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in SubmissionState])
    amount = models.BigIntegerField(null=True, blank=True)
    annual_rate = models.BigIntegerField(null=True, blank=True)
    periods = models.PositiveSmallIntegerField(null=True, blank=True)
    conditions = models.JSONField(default=list)
    reason = models.CharField(max_length=200, blank=True)
    seq = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["submission", "number"], name="submission_round_once"),)

    def __str__(self) -> str:
        return f"{self.submission_id} #{self.number} {self.state}"


class LenderAnswer(models.Model):
    """One message of a lender, as it was understood, and what became of it. Append-only.

    `message` is the lender's number of the message: the same number is the same message. `signature` tells a replay
    of captured bytes from an honest second sending.
    """

    round = models.ForeignKey(SubmissionRound, models.PROTECT, related_name="answers")
    message = models.CharField(max_length=80)
    seq = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in SubmissionState])
    amount = models.BigIntegerField(null=True, blank=True)
    annual_rate = models.BigIntegerField(null=True, blank=True)
    periods = models.PositiveSmallIntegerField(null=True, blank=True)
    conditions = models.JSONField(default=list)
    papers = models.JSONField(default=list)  # codes of the papers asked for
    reason = models.CharField(max_length=200, blank=True)
    heard = models.CharField(max_length=12, choices=[(h.value, h.value) for h in Heard])
    signature = models.CharField(max_length=120, blank=True)  # empty where staff typed it
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["round", "message"], name="lender_message_once"),)

    def __str__(self) -> str:
        return f"{self.message} {self.heard}"


class PaperAsk(models.Model):
    """A paper that a lender wants beside (要求补件), in one of its rounds. Append-only.

    `reason` is the lender's own word, which the officer and the customer read.
    """

    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="asks")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="asks")
    round = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["item", "submission", "round"], name="paper_asked_once_a_round"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.submission_id} #{self.round}"
