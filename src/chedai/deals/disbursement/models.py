"""The tables of the payout."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.deals.contracts.models import Contract, PayeeAccount
from chedai.deals.disbursement.states import EvidenceState, PayoutState, Route
from chedai.deals.pipeline.models import Deal
from chedai.platform.files.models import Paper


class FundingItem(models.Model):
    """One thing of the checklist that is proved by a paper (`code` is of `Check`): the down payment.

    A paper that was returned leaves the line open.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="funding_items")
    code = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in EvidenceState])
    amount = models.BigIntegerField(default=0)  # fen, what the paper shows as paid
    note = models.CharField(max_length=200, blank=True)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    handed_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField()
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deals_funding_item"
        constraints = (
            models.UniqueConstraint(
                fields=["deal", "code"], condition=~Q(state="returned"), name="funding_item_proved_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deal_id} {self.code}"


class PayoutOrder(models.Model):
    """One payout of a deal. `digest` is the hash of what the second person sees: parts, accounts, checklist.

    Nobody in `requested_by`: the lender that pays said so itself, and one of us confirms it.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="payouts")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payouts")
    number = models.CharField(max_length=30, unique=True)
    route = models.CharField(max_length=6, choices=[(r.value, r.value) for r in Route])
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in PayoutState], default=PayoutState.REQUESTED
    )
    amount = models.BigIntegerField()
    agreed_on = models.DateField()
    paid_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    returned_for = models.CharField(max_length=200, blank=True)
    proof = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.CharField(max_length=60, blank=True)  # of the bank, or of the lender

    class Meta:
        db_table = "deals_payout_order"
        constraints = (
            models.UniqueConstraint(fields=["deal"], condition=~Q(state="returned"), name="one_payout_a_deal"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_of_something"),
        )
        indexes = (models.Index(fields=["state", "agreed_on"], name="payout_queue"),)

    def __str__(self) -> str:
        return self.number


class PayoutPart(models.Model):
    """What of a payout goes to which account of the contract."""

    payout = models.ForeignKey(PayoutOrder, models.PROTECT, related_name="parts")
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, related_name="+")
    amount = models.BigIntegerField()

    class Meta:
        db_table = "deals_payout_part"
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_part_of_something"),
            models.UniqueConstraint(fields=["payout", "payee"], name="payee_once_in_a_payout"),
        )

    def __str__(self) -> str:
        return f"{self.payout_id} {self.amount}"


class LenderNotice(models.Model):
    """A partner lender said that its money is out (放款回执): proof of a payout that is not ours. Append-only.

    By its channel it names the amount (fen), the day and its number; staff who write its word down name none.
    """

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="lender_notices")
    submission = models.BigIntegerField(unique=True)
    amount = models.BigIntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=60, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        db_table = "deals_lender_notice"

    def __str__(self) -> str:
        return f"{self.deal_id} {self.submission}"
