"""The checklist of papers, bank statements line by line, and what does not fit together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.deals.applications.models.application import Application, Party
from chedai.deals.applications.states import FlagKind, FlagState, ItemState
from chedai.platform.privacy.fields import Sealed, SealedOrNone
from chedai.platform.privacy.kinds import Kind


class CheckItem(models.Model):
    """One paper the application needs, of one party or (none) of the deal.

    The papers themselves rest in platform files under `deal:<id>`, purpose `check:<pk>`. `round` counts how often it
    was handed in: accepted in round 1 is a first pass.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="items")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="items")
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ItemState], default=ItemState.MISSING)
    is_required = models.BooleanField(default=True)
    is_wanted = models.BooleanField(default=True)  # a changed answer may do away with it; what was handed in stays
    expires_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["application", "code"], condition=Q(party=None), name="check_item_of_the_deal_once"
            ),
            models.UniqueConstraint(
                fields=["party", "code"], condition=Q(party__isnull=False), name="check_item_of_a_party_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class CheckStep(models.Model):
    """One thing that happened to a paper: handed in, accepted, returned with its reason, expired. Append-only."""

    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ItemState])
    round = models.PositiveSmallIntegerField()
    paper_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"


class Statement(models.Model):
    """A bank statement (流水) of one party, typed or read from CSV. Money in fen."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="statements")
    bank = models.CharField(max_length=60)
    account = Sealed(Kind.BANK_ACCOUNT)
    opening = models.BigIntegerField()
    since = models.DateField()
    until = models.DateField()
    wrong_line = models.PositiveIntegerField(null=True, blank=True)  # the first whose balance does not follow
    written_by = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.party_id} {self.since}"


class StatementLine(models.Model):
    """One line of a statement; `number` as on the paper, from 1. Money in fen, both sides positive."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    day = models.DateField()
    money_in = models.BigIntegerField(default=0)
    money_out = models.BigIntegerField(default=0)
    balance = models.BigIntegerField()
    words = Sealed(Kind.TEXT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["statement", "number"], name="statement_line_once"),)

    def __str__(self) -> str:
        return f"{self.statement_id} {self.number}"


class Flag(models.Model):
    """Something that does not fit, or is found in other deals too. Written explanation before the file goes out.

    `key` tells the same finding again; `others` are the numbers of the other deals.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="flags")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="flags")
    kind = models.CharField(max_length=14, choices=[(k.value, k.value) for k in FlagKind])
    key = models.CharField(max_length=80)
    question = models.CharField(max_length=40, blank=True)  # the answer that is the same elsewhere
    others = models.JSONField(default=list)
    line = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in FlagState], default=FlagState.OPEN)
    resolution = SealedOrNone(Kind.TEXT, null=True, blank=True)
    resolved_by = models.CharField(max_length=80, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)  # no longer so: the answer or paper was changed

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["application", "key"], condition=Q(gone_at=None), name="flag_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
