"""The deal and the clock of each of its stages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.crm.models import Customer
from chedai.deals.pipeline.states import DealState, LostReason, Mode, Stage, Turn
from chedai.org.models import Staff, Store
from chedai.platform.privacy.fields import Sealed
from chedai.platform.privacy.kinds import Kind


class Deal(models.Model):
    """One financing of one car for one customer (案卷). The number is printed at every stage.

    `officer` brought it and keeps it; `owner` is who must act in the stage it is in. `amount` is the financed amount
    as it stands (fen), `lender_code` and `lender_name` are of the lender chosen, or won.
    """

    number = models.CharField(max_length=40, unique=True)
    mode = models.CharField(max_length=12, choices=[(m.value, m.value) for m in Mode])
    store = models.ForeignKey(Store, models.PROTECT, related_name="deals")
    officer = models.ForeignKey(Staff, models.PROTECT, related_name="deals")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="deals")
    vehicle = models.CharField(max_length=120, blank=True)  # as shown: 海豚 2026 款 荣耀版
    amount = models.BigIntegerField(default=0)
    lender_code = models.CharField(max_length=40, blank=True)
    lender_name = models.CharField(max_length=80, blank=True)
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in DealState], default=DealState.OPEN, db_index=True
    )
    stage = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Stage], default=Stage.QUOTE)
    turn = models.CharField(max_length=10, choices=[(t.value, t.value) for t in Turn], default=Turn.OFFICER)
    turn_since = models.DateTimeField()
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="deals_in_hand")
    stage_since = models.DateTimeField()
    next_step = models.CharField(max_length=120, blank=True)  # what the turn bar says, set with the turn
    lost_reason = models.CharField(max_length=12, choices=[(r.value, r.value) for r in LostReason], blank=True)
    opened_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["store", "stage", "-id"], name="deal_store_stage"),
            models.Index(fields=["owner", "state", "stage"], name="deal_owner"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(amount__gte=0), name="deal_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(state="lost", lost_reason__gt="") | (~Q(state="lost") & Q(lost_reason="")),
                name="deal_lost_for_a_reason",
            ),
        )

    def __str__(self) -> str:
        return self.number


class StageEntry(models.Model):
    """One stay of a deal in a stage. A hand-over changes the owner, not the clock."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="stages")
    stage = models.CharField(max_length=12, choices=[(s.value, s.value) for s in Stage])
    round = models.PositiveSmallIntegerField(default=1)  # the how-manieth time in this stage
    owner = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["deal"], condition=Q(left_at=None), name="deal_in_one_stage"),
            models.UniqueConstraint(fields=["deal", "stage", "round"], name="stage_round_once"),
        )
        indexes = (models.Index(fields=["stage", "entered_at"], name="stage_entered"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.stage}"


class DealNote(models.Model):
    """A line somebody wrote on a deal. Sealed: people quote telephone numbers in notes."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="notes")
    text = Sealed(Kind.TEXT)
    author = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    pinned = models.BooleanField(default=False)
    written_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["deal", "-written_at"], name="deal_notes"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.written_at}"
