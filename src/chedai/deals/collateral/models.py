"""The tables of the car as security."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from chedai.deals.collateral.states import Cover, ItemKind, ItemState
from chedai.deals.pipeline.models import Deal
from chedai.org.models import Staff
from chedai.platform.files.models import Paper
from chedai.platform.privacy.fields import Sealed, SealedOrNone
from chedai.platform.privacy.kinds import Kind


class CollateralItem(models.Model):
    """One thing owed for the security of a deal, with who sees to it and until when.

    `due_on` is None while the clock has not begun; `days` after the payout it ends. `reference` is what proves it:
    the plate, the number of the registration, of the certificate or of the device.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="collateral")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in ItemKind])
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in ItemState], default=ItemState.WAITING)
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    before_payout = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    reference = SealedOrNone(Kind.TEXT, null=True, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    done_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "deals_collateral_item"
        constraints = (models.UniqueConstraint(fields=["deal", "kind"], name="collateral_item_once"),)
        indexes = (models.Index(fields=["state", "due_on"], name="collateral_due"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.kind}"


class InsurancePolicy(models.Model):
    """One policy on the car. Sums in fen; `first_beneficiary` is the code of the lender it names, or nothing."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="insurance")
    cover = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Cover])
    insurer = models.CharField(max_length=60)
    number = Sealed(Kind.TEXT)
    starts = models.DateField()
    ends = models.DateField()  # the last day
    damage = models.BigIntegerField(default=0)  # 车损险保额
    third_party = models.BigIntegerField(default=0)  # 三者险保额
    first_beneficiary = models.CharField(max_length=40, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # entered wrongly, or cancelled

    class Meta:
        db_table = "deals_insurance_policy"
        constraints = (models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="policy_ends_after_it_starts"),)
        indexes = (models.Index(fields=["ends"], name="insurance_ends"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.cover}"
