"""The application of a deal and the people in it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.crm.models import Customer
from chedai.deals.applications.states import ApplicationState, Liability, Role
from chedai.deals.pipeline.models import Deal


class Application(models.Model):
    """One deal has one application; another accepted quote reopens it, so that nothing is typed twice.

    `quote_id` is the accepted quote, `lenders` the codes of the lenders it is meant for: their products say which
    answers and papers it needs. `round` counts the submissions: 1 until the first return.
    """

    deal = models.OneToOneField(Deal, models.PROTECT, related_name="application")
    quote_id = models.BigIntegerField()
    lenders = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in ApplicationState], default=ApplicationState.FILLING
    )
    round = models.PositiveSmallIntegerField(default=1)
    down_payment_payer = models.CharField(max_length=12, blank=True)  # self spouse parent third_party
    title_moved_on = models.DateField(null=True, blank=True)  # 过户日, of a used car
    return_reason = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.deal.number} {self.state}"


class Party(models.Model):
    """Somebody of the application. `liability_amount` (fen) belongs to a limited guarantee only."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="parties")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="parties")
    role = models.CharField(max_length=12, choices=[(r.value, r.value) for r in Role])
    liability = models.CharField(max_length=20, choices=[(x.value, x.value) for x in Liability])
    liability_amount = models.BigIntegerField(null=True, blank=True)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "customer"], condition=Q(removed_at=None), name="party_once"
            ),
            models.UniqueConstraint(
                fields=["application", "role"],
                condition=Q(removed_at=None, role__in=("applicant", "spouse")),
                name="one_applicant_one_spouse",
            ),
            models.CheckConstraint(
                condition=Q(liability="limited_guarantee", liability_amount__gt=0)
                | (~Q(liability="limited_guarantee") & Q(liability_amount=None)),
                name="limited_guarantee_has_an_amount",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.customer_id}"
