"""What people say of themselves, append-only, and where it was changed after they had said it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.deals.applications.models.application import Application, Party
from chedai.deals.applications.states import DifferenceState, Source
from chedai.platform.privacy.fields import BlindIndexField, Sealed, SealedOrNone
from chedai.platform.privacy.kinds import Kind


class Answer(models.Model):
    """One answer of one party to one question of `questions.toml`, as it was written on a day.

    A new answer supersedes the old one, which stays. `value` is sealed whatever it is; `match` holds what is compared
    across deals (employer, address, telephone) in one form, so that its blind index finds it.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="answers")
    question = models.CharField(max_length=40)
    value = Sealed(Kind.TEXT)
    match = SealedOrNone(Kind.TEXT, null=True, blank=True)
    match_index = BlindIndexField("match")
    source = models.CharField(max_length=10, choices=[(s.value, s.value) for s in Source])
    as_of = models.DateField()  # the day the figure is of
    by_customer = models.BooleanField(default=False)  # typed by themselves, behind their link
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["party", "question"], condition=Q(superseded_at=None), name="one_answer_in_force"
            ),
        )
        indexes = (models.Index(fields=["question", "match_index"], name="answer_match"),)

    def __str__(self) -> str:
        return f"{self.party_id} {self.question}"


class Difference(models.Model):
    """The customer's own entry was changed by staff: `own` is theirs, `later` what it reads now.

    Open until the customer acknowledges it, behind their link (`evidence` link:<id>) or on a signed paper (paper:<id>).
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="differences")
    own = models.ForeignKey(Answer, models.PROTECT, related_name="+")
    later = models.ForeignKey(Answer, models.PROTECT, related_name="+")
    reason = Sealed(Kind.TEXT)
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in DifferenceState], default=DifferenceState.OPEN
    )
    evidence = models.CharField(max_length=40, blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["own"], condition=Q(state="open"), name="one_open_difference"),)

    def __str__(self) -> str:
        return f"{self.own_id} {self.state}"


class BureauReport(models.Model):
    """The summary of a credit report (征信) as it was typed or imported. Money in fen.

    `consent_id` is the consent of platform privacy under which it was asked for: no consent, no report.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="bureau_reports")
    consent_id = models.BigIntegerField()
    number = Sealed(Kind.TEXT)
    queried_on = models.DateField()
    open_loans = models.PositiveSmallIntegerField()
    balance = models.BigIntegerField()
    monthly = models.BigIntegerField()
    card_limit = models.BigIntegerField(default=0)
    card_used = models.BigIntegerField(default=0)
    overdue_now = models.BigIntegerField(default=0)
    overdue_accounts = models.PositiveSmallIntegerField(default=0)
    worst_run = models.PositiveSmallIntegerField(default=0)
    overdue_months = models.PositiveSmallIntegerField(default=0)
    queries_3_months = models.PositiveSmallIntegerField(default=0)
    queries_6_months = models.PositiveSmallIntegerField(default=0)
    guarantees = models.BigIntegerField(default=0)
    bad_debt = models.BooleanField(default=False)
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["party", "-id"], name="bureau_newest"),)

    def __str__(self) -> str:
        return f"{self.party_id} {self.queried_on}"
