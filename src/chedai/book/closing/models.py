"""The tables of the end of a loan. Amounts are fen."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from chedai.book.closing.states import AskState, ClosingItem, ClosingItemState, ClosureState
from chedai.book.loans.models import Loan
from chedai.platform.files.models import Paper
from chedai.platform.privacy.fields import SealedOrNone
from chedai.platform.privacy.kinds import Kind


class LoanLink(models.Model):
    """A customer's link to their own loan, made by staff until a day. Only the hash of its token is kept."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # last
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "book_loan_link"

    def __str__(self) -> str:
        return f"{self.loan_id} until {self.expires_at:%Y-%m-%d}"


class SettlementAsk(models.Model):
    """The customer wants to settle on `settle_on`; `quoted` is what they were shown, good through `good_through`."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="asks")
    link = models.ForeignKey(LoanLink, models.PROTECT, related_name="+")
    settle_on = models.DateField()
    good_through = models.DateField()
    quoted = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=[(s.value, s.value) for s in AskState], default=AskState.OPEN)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "book_settlement_ask"
        constraints = (
            models.UniqueConstraint(fields=["loan"], condition=Q(state="open"), name="one_ask_open_a_loan"),
            models.CheckConstraint(condition=Q(quoted__gt=0), name="ask_of_something"),
        )

    def __str__(self) -> str:
        return f"{self.loan_id} {self.settle_on}"


class Closure(models.Model):
    """The end of a loan. `number` is of the certificate once it is issued, `certificate` its PDF."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="closures")
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in ClosureState], default=ClosureState.OPEN
    )
    settled_on = models.DateField()
    opened_at = models.DateTimeField()
    number = models.CharField(max_length=60, unique=True, null=True, blank=True)
    certificate = models.ForeignKey(Paper, models.PROTECT, null=True, blank=True, related_name="+")
    released_on = models.DateField(null=True, blank=True)  # the lien
    ended_on = models.DateField(null=True, blank=True)  # complete, or void
    ended_by = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "book_closure"
        constraints = (
            models.UniqueConstraint(fields=["loan"], condition=~Q(state="void"), name="one_closure_a_loan"),
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None) | (~Q(state="open") & Q(ended_on__isnull=False)),
                name="closure_ended_on_a_day",
            ),
        )
        indexes = (models.Index(fields=["state", "settled_on"], name="closure_state"),)

    def __str__(self) -> str:
        return f"{self.loan_id} {self.state}"


class ClosureItem(models.Model):
    """One thing owed to the customer, on its own clock. `reference` is what proves it; of none: why there is none."""

    closure = models.ForeignKey(Closure, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=11, choices=[(k.value, k.value) for k in ClosingItem])
    state = models.CharField(
        max_length=4, choices=[(s.value, s.value) for s in ClosingItemState], default=ClosingItemState.OPEN
    )
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True)
    reference = SealedOrNone(Kind.TEXT, null=True, blank=True)

    class Meta:
        db_table = "book_closure_item"
        constraints = (models.UniqueConstraint(fields=["closure", "kind"], name="closure_item_once"),)
        indexes = (models.Index(fields=["state", "due_on"], name="closure_item_due"),)

    def __str__(self) -> str:
        return f"{self.closure_id} {self.kind}"
