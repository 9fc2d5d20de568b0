"""What goes beyond the telephone: visits, the court, the car."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.book.collection.models.cases import CollectionCase
from chedai.book.collection.states import Interruption, LegalStage, RecoveryState, VisitState
from chedai.org.models import Staff
from chedai.platform.files.models import Paper
from chedai.platform.privacy.fields import Sealed, SealedOrNone
from chedai.platform.privacy.kinds import Kind


class FieldVisit(models.Model):
    """A visit (外访) planned for a day, by at least two people, at its place in the route of that day."""

    case = models.ForeignKey(CollectionCase, models.PROTECT, related_name="visits")
    planned_on = models.DateField()
    position = models.PositiveSmallIntegerField(default=0)
    address = SealedOrNone(Kind.ADDRESS, null=True, blank=True)
    lead = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    second = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in VisitState], default=VisitState.PLANNED
    )

    class Meta:
        db_table = "book_field_visit"
        constraints = (
            models.CheckConstraint(condition=~Q(lead=models.F("second")), name="a_visit_takes_two"),
            models.UniqueConstraint(
                fields=["case", "planned_on"], condition=~Q(state="cancelled"), name="one_visit_a_case_and_day"
            ),
        )
        indexes = (models.Index(fields=["lead", "planned_on", "position"], name="visit_route"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.planned_on}"


class VisitReport(models.Model):
    """What one of the two wrote of a visit, on a telephone perhaps offline. Append-only, so that nothing conflicts.

    `client_id` is given by the telephone: the same report sent twice is one. `place` is latitude, longitude and
    accuracy in metres, as JSON and sealed. Photos are papers of `visit:<number>`.
    """

    visit = models.ForeignKey(FieldVisit, models.PROTECT, related_name="reports")
    client_id = models.CharField(max_length=60, unique=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    visited_at = models.DateTimeField()
    place = Sealed(Kind.TEXT)
    accuracy = models.PositiveIntegerField()  # metres
    result = models.CharField(max_length=20)
    statement = Sealed(Kind.TEXT)
    breach = models.CharField(max_length=60, blank=True)
    reported_at = models.DateTimeField()

    class Meta:
        db_table = "book_visit_report"

    def __str__(self) -> str:
        return f"{self.visit_id} {self.result}"


class LegalClaim(models.Model):
    """A claim before a court (诉讼) for one case. `costs` in fen, the sum of its steps."""

    case = models.ForeignKey(CollectionCase, models.PROTECT, related_name="claims")
    stage = models.CharField(max_length=12, choices=[(s.value, s.value) for s in LegalStage], default=LegalStage.DEMAND)
    court = models.CharField(max_length=80, blank=True)
    court_number = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField()
    costs = models.BigIntegerField(default=0)
    next_deadline = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        db_table = "book_legal_claim"
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=~Q(stage="closed"), name="one_open_claim_a_case"),
        )
        indexes = (models.Index(fields=["next_deadline"], name="claim_deadline"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage}"


class LegalStep(models.Model):
    """One step of a claim: the stage it reached, what it cost (fen), until when the next one must be taken."""

    claim = models.ForeignKey(LegalClaim, models.PROTECT, related_name="steps")
    stage = models.CharField(max_length=12, choices=[(s.value, s.value) for s in LegalStage])
    on = models.DateField()
    cost = models.BigIntegerField(default=0)
    deadline = models.DateField(null=True, blank=True)
    note = Sealed(Kind.TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "book_legal_step"

    def __str__(self) -> str:
        return f"{self.claim_id} {self.stage}"


class Interrupted(models.Model):
    """What let the limitation of a loan begin anew on a day (民法典 195), with the paper that proves it."""

    case = models.ForeignKey(CollectionCase, models.PROTECT, related_name="interruptions")
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in Interruption])
    on = models.DateField()
    note = models.CharField(max_length=120)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "book_interrupted"

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.on}"


class Recovery(models.Model):
    """The car taken back (收车) and sold. Money in fen; `net` of a sale goes on the loan in the order of the loan."""

    case = models.ForeignKey(CollectionCase, models.PROTECT, related_name="recoveries")
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in RecoveryState], default=RecoveryState.TAKEN
    )
    taken_on = models.DateField()
    place = models.CharField(max_length=120)
    condition = models.CharField(max_length=200)
    taken_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    second = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    valued = models.BigIntegerField(default=0)
    sold_on = models.DateField(null=True, blank=True)
    buyer = SealedOrNone(Kind.NAME, null=True, blank=True)
    price = models.BigIntegerField(default=0)
    costs = models.BigIntegerField(default=0)  # storage, transport, auction
    sold_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    receipt = models.BigIntegerField(null=True, blank=True)  # the event on the loan

    class Meta:
        db_table = "book_recovery"
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(state__in=("taken", "sold")), name="one_car_a_case"),
            models.CheckConstraint(condition=Q(costs__gte=0) & Q(price__gte=0), name="recovery_money_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"
