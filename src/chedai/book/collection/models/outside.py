"""Outside collectors (委外机构): their contract, their yearly review, the cases placed with them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.book.collection.states import PlacementState


class Agency(models.Model):
    """A firm that collects for us under a contract. `fee_rate` is its share of what it collects, in 1e-8."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    contract_from = models.DateField()
    contract_until = models.DateField()
    fee_rate = models.BigIntegerField(default=0)
    listed = models.BooleanField(default=False)  # on the published list of outside collectors
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "book_agency"
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name


class AgencyReview(models.Model):
    """One review of an agency: points of 100 for what is lawful, for what it recovers, for complaints."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="reviews")
    on = models.DateField()
    conduct = models.PositiveSmallIntegerField()
    recovery = models.PositiveSmallIntegerField()
    complaints = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    conclusion = models.CharField(max_length=200)
    breaches = models.PositiveIntegerField(default=0)  # counted from its own log, of the year before
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "book_agency_review"
        constraints = (models.UniqueConstraint(fields=["agency", "on"], name="one_review_a_day"),)

    def __str__(self) -> str:
        return f"{self.agency_id} {self.on}"


class Placement(models.Model):
    """A case given to an agency until a day, with what it had then (fen)."""

    case = models.ForeignKey("book.CollectionCase", models.PROTECT, related_name="placements")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="placements")
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in PlacementState], default=PlacementState.PLACED
    )
    placed_on = models.DateField()
    until = models.DateField()
    overdue = models.BigIntegerField()
    recalled_on = models.DateField(null=True, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        db_table = "book_placement"
        constraints = (
            models.UniqueConstraint(fields=["case"], condition=Q(state="placed"), name="a_case_with_one_agency"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.agency_id}"
