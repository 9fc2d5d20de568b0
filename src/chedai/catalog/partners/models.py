"""The tables of partners. The secret of a channel and everything about a contact person is sealed."""

from __future__ import annotations

from django.db import models

from chedai.catalog.partners.states import Channel, LenderState
from chedai.engine.compare import LenderKind
from chedai.platform.privacy.fields import Sealed, SealedOrNone
from chedai.platform.privacy.kinds import Kind


class Lender(models.Model):
    """Who lends. `own_book` is the house itself: it decides and pays out on its own."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in LenderKind])
    own_book = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in LenderState], default=LenderState.OPEN)
    blocked_reason = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel], default=Channel.MANUAL)
    endpoint = models.URLField(max_length=300, blank=True)
    secret = SealedOrNone(Kind.TEXT, null=True, blank=True)  # signs what goes to the lender and what comes from it
    filing_number = models.CharField(max_length=80, blank=True)  # 备案编号 or licence
    filing_paper = models.ForeignKey("platform.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    registered_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_lender"
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(channel="manual") | ~models.Q(endpoint=""), name="a_channel_has_an_address"
            ),
        )

    def __str__(self) -> str:
        return self.name


class LenderContact(models.Model):
    """Somebody at a lender who is asked about a matter: rates, admission (准入), papers, payout."""

    lender = models.ForeignKey(Lender, models.CASCADE, related_name="contacts")
    name = Sealed(Kind.NAME)
    phone = Sealed(Kind.PHONE)
    matter = models.CharField(max_length=60)

    class Meta:
        db_table = "catalog_lender_contact"

    def __str__(self) -> str:
        return self.matter


class Agreement(models.Model):
    """A cooperation agreement (合作协议): both days inclusive. Ended early, `ends` is the last day it held."""

    lender = models.ForeignKey(Lender, models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=60)
    starts = models.DateField()
    ends = models.DateField()
    paper = models.ForeignKey("platform.Paper", models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "catalog_agreement"
        constraints = (
            models.UniqueConstraint(fields=["lender", "number"], name="agreement_number_once_a_lender"),
            models.CheckConstraint(condition=models.Q(ends__gte=models.F("starts")), name="agreement_days_in_order"),
        )
        indexes = (models.Index(fields=["lender", "ends"], name="agreement_in_force"),)

    def __str__(self) -> str:
        return self.number
