"""The tables of the ledger. Entries, postings and moves of the lock refuse UPDATE and DELETE by trigger."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from chedai.book.ledger.kinds import EntryKind

APPEND_ONLY: Final = ("book_journal_entry", "book_posting", "book_period_move")
"""What a migration puts the triggers on."""


class JournalEntry(models.Model):
    """One entry (记账凭证) as it was hashed. The other columns are copies for finding it; verifying compares them.

    `day` is the day of the books, `value_on` the day the fact is of: earlier where its period was locked. `link` is
    SHA-256 over the link of the entry before and `body`.
    """

    seq = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    value_on = models.DateField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in EntryKind])
    subject = models.CharField(max_length=80)
    actor = models.CharField(max_length=80)
    body = models.BinaryField()
    link = models.BinaryField(max_length=32)

    class Meta:
        db_table = "book_journal_entry"
        indexes = (
            models.Index(fields=["subject", "seq"], name="journal_subject"),
            models.Index(fields=["day", "seq"], name="journal_day"),
            models.Index(fields=["kind", "seq"], name="journal_kind"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(value_on__lte=F("day")), name="a_fact_is_not_booked_before_its_day"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class Posting(models.Model):
    """One transfer of an entry: `amount` fen from the account credited to the account debited. It cannot but balance.

    The key grows with the entry, so that the order of a statement is that of the index.
    """

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="postings")
    day = models.DateField()
    debit = models.CharField(max_length=8)
    credit = models.CharField(max_length=8)
    amount = models.BigIntegerField()  # fen

    class Meta:
        db_table = "book_posting"
        indexes = (
            models.Index(fields=["debit", "day", "id"], name="posting_debit"),
            models.Index(fields=["credit", "day", "id"], name="posting_credit"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="a_posting_moves_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="a_posting_has_two_accounts"),
            models.CheckConstraint(
                condition=Q(debit__lt="9", credit__lt="9") | Q(debit__gte="9", credit__gte="9"),
                name="a_posting_stays_on_its_side_of_the_balance_sheet",
            ),
        )

    def __str__(self) -> str:
        return f"{self.debit} {self.credit} {self.amount}"


class AccountMonth(models.Model):
    """What moved on an account in a month, kept so that no balance is summed over postings."""

    account = models.CharField(max_length=8)
    month = models.DateField()  # its first day
    debit = models.BigIntegerField(default=0)  # fen
    credit = models.BigIntegerField(default=0)  # fen

    class Meta:
        db_table = "book_account_month"
        constraints = (models.UniqueConstraint(fields=["account", "month"], name="one_row_an_account_and_month"),)

    def __str__(self) -> str:
        return f"{self.account} {self.month}"


class AccountDay(models.Model):
    """What moved on an account on a day."""

    account = models.CharField(max_length=8)
    day = models.DateField()
    debit = models.BigIntegerField(default=0)  # fen
    credit = models.BigIntegerField(default=0)  # fen

    class Meta:
        db_table = "book_account_day"
        indexes = (models.Index(fields=["day"], name="account_day_day"),)
        constraints = (models.UniqueConstraint(fields=["account", "day"], name="one_row_an_account_and_day"),)

    def __str__(self) -> str:
        return f"{self.account} {self.day}"


class JournalHead(models.Model):
    """The one row that says where the chain ends; locking it lets one transaction at a time append."""

    size = models.BigIntegerField(default=0)
    link = models.BinaryField(max_length=32)

    class Meta:
        db_table = "book_journal_head"

    def __str__(self) -> str:
        return str(self.size)


class PeriodMove(models.Model):
    """A move of the lock: every day up to `through` is locked from then on. The last row counts."""

    through = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approval = models.OneToOneField("platform.Approval", models.PROTECT, related_name="+")
    moved_at = models.DateTimeField()

    class Meta:
        db_table = "book_period_move"
        constraints = (
            models.CheckConstraint(condition=~Q(asked_by=F("released_by")), name="a_period_is_moved_by_two"),
        )

    def __str__(self) -> str:
        return str(self.through)
