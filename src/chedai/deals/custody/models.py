"""The tables of custody: the things, who holds each of them now, every hand-over, and counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from chedai.deals.custody.states import CountState, CustodyKind, FindingKind, FindingState, HolderKind, MoveAct
from chedai.deals.pipeline.models import Deal
from chedai.org.models import Staff, Store
from chedai.platform.privacy.fields import SealedOrNone
from chedai.platform.privacy.kinds import Kind

_HOLDERS = [(h.value, h.value) for h in HolderKind]
_NOBODY = Q(staff=None, store=None, party="", waybill="")
ONE_HOLDER = (
    Q(holder=HolderKind.SAFE, store__isnull=False, staff=None, party="", waybill="")
    | Q(holder=HolderKind.STAFF, staff__isnull=False, store=None, party="", waybill="")
    | (Q(holder=HolderKind.BANK, staff=None, store=None, waybill="") & ~Q(party=""))
    | (Q(holder=HolderKind.COURIER, staff=None, store=None) & ~Q(party="") & ~Q(waybill="") & ~Q(next_holder=""))
    | (Q(holder__in=[HolderKind.CUSTOMER, HolderKind.GONE]) & _NOBODY)
)
"""Exactly one holder, named by exactly the columns of its kind. A courier always carries it to somebody."""


class CustodyItem(models.Model):
    """One thing. `label` is stuck on it; `number` is its own: of the certificate, of the key."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="custody")
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in CustodyKind])
    label = models.CharField(max_length=40, unique=True)
    number = SealedOrNone(Kind.TEXT, null=True, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "deals_custody_item"

    def __str__(self) -> str:
        return self.label


class Position(models.Model):
    """Where a thing is: `holder` has it; `next_holder` is to take it over. Read as `rules.Place`."""

    seq = models.PositiveIntegerField()
    holder = models.CharField(max_length=8, choices=_HOLDERS)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")  # of the safe
    party = models.CharField(max_length=60, blank=True)  # code of the bank, company of the courier
    waybill = models.CharField(max_length=40, blank=True)
    shelf = models.CharField(max_length=40, blank=True)
    next_holder = models.CharField(max_length=8, choices=_HOLDERS, blank=True)
    next_staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    next_store = models.ForeignKey(Store, models.PROTECT, null=True, blank=True, related_name="+")
    next_party = models.CharField(max_length=60, blank=True)
    due_on = models.DateField(null=True, blank=True)
    back_by = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True


class Holding(Position):
    """Where a thing is now, one row a thing; `answers` is the store that answers for it."""

    item = models.OneToOneField(CustodyItem, models.PROTECT, primary_key=True, related_name="holding")
    answers = models.ForeignKey(Store, models.PROTECT, related_name="+")

    class Meta:
        db_table = "deals_custody_holding"
        constraints = (models.CheckConstraint(condition=ONE_HOLDER, name="custody_one_holder"),)
        indexes = (
            models.Index(fields=["due_on"], name="custody_due"),
            models.Index(fields=["holder", "store"], name="custody_safe"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.holder}"


class Movement(Position):
    """What happened to a thing, and where it was after that. Append-only; the last one equals its holding."""

    item = models.ForeignKey(CustodyItem, models.PROTECT, related_name="movements")
    act = models.CharField(max_length=9, choices=[(a.value, a.value) for a in MoveAct])

    class Meta:
        db_table = "deals_custody_movement"
        constraints = (
            models.UniqueConstraint(fields=["item", "seq"], name="custody_movement_once"),
            models.CheckConstraint(condition=ONE_HOLDER, name="custody_movement_one_holder"),
        )

    def __str__(self) -> str:
        return f"{self.item_id} {self.seq} {self.act}"


class CustodyProof(models.Model):
    """Who signed for a movement, or the number of a receipt. Beside the movement, so that privacy can delete it."""

    movement = models.OneToOneField(Movement, models.PROTECT, primary_key=True, related_name="proof")
    text = SealedOrNone(Kind.TEXT, null=True, blank=True)

    class Meta:
        db_table = "deals_custody_proof"

    def __str__(self) -> str:
        return str(self.movement_id)


class CustodyCount(models.Model):
    """A count of the safe of a store (盘点). `expected` and `seen` are counted when it is closed."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, choices=[(s.value, s.value) for s in CountState], default=CountState.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    expected = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "deals_custody_count"
        constraints = (
            models.UniqueConstraint(fields=["store"], condition=Q(state="open"), name="one_custody_count_open"),
        )

    def __str__(self) -> str:
        return f"{self.store_id} {self.state}"


class CountTick(models.Model):
    """A label that was seen in a count."""

    count = models.ForeignKey(CustodyCount, models.PROTECT, related_name="ticks")
    label = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "deals_custody_tick"
        constraints = (models.UniqueConstraint(fields=["count", "label"], name="custody_tick_once"),)

    def __str__(self) -> str:
        return self.label


class CountFinding(models.Model):
    """What a count found that should not be. It stays open until somebody answers for it."""

    count = models.ForeignKey(CustodyCount, models.PROTECT, related_name="findings")
    item = models.ForeignKey(CustodyItem, models.PROTECT, null=True, blank=True, related_name="findings")
    label = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in FindingKind])
    state = models.CharField(
        max_length=11, choices=[(s.value, s.value) for s in FindingState], default=FindingState.OPEN
    )
    reason = SealedOrNone(Kind.TEXT, null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deals_custody_finding"
        constraints = (
            models.UniqueConstraint(fields=["count", "label"], name="custody_finding_once"),
            models.CheckConstraint(
                condition=Q(kind="unexpected") | Q(item__isnull=False), name="custody_missing_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_by=None) | (~Q(state="open") & Q(ended_by__isnull=False)),
                name="custody_finding_answered",
            ),
        )
        indexes = (models.Index(fields=["state", "item"], name="custody_finding_open"),)

    def __str__(self) -> str:
        return f"{self.label} {self.kind}"
