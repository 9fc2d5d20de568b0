"""Refunds of a settled loan's credit: their table, and the line they are on its account."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from chedai.platform.privacy.fields import EncryptedField
from chedai.platform.privacy.kinds import Kind
from chedai.platform.tables import CreateTables

KINDS = (
    "disbursement",
    "repayment",
    "prepayment",
    "payoff",
    "charge",
    "rate_change",
    "due_date_shift",
    "term_extension",
    "interest_pause",
    "reamortise",
    "reage",
    "restructure",
    "waiver",
    "write_off",
    "refund",
    "reversal",
)
STATES = ("asked", "paid", "refused", "lapsed")
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    """One table; the kinds of an event are choices only."""

    dependencies = (
        ("book", "0003_change_kinds"),
        ("platform", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )
    operations = (
        migrations.AlterField("loanevent", "kind", models.CharField(max_length=14, choices=[(k, k) for k in KINDS])),
        CreateTables(
            [
                migrations.CreateModel(
                    name="CreditRefund",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("number", models.CharField(max_length=60, unique=True)),
                        ("amount", models.BigIntegerField()),
                        ("bank", models.CharField(max_length=60)),
                        ("holder", EncryptedField(Kind.NAME)),
                        ("account", EncryptedField(Kind.BANK_ACCOUNT)),
                        (
                            "state",
                            models.CharField(max_length=7, choices=[(s, s) for s in STATES], default="asked"),
                        ),
                        ("key", models.CharField(max_length=120, unique=True)),
                        ("at", models.DateTimeField()),
                        (
                            "approval",
                            models.OneToOneField(on_delete=PROTECT, related_name="+", to="platform.approval"),
                        ),
                        ("by", models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        (
                            "event",
                            models.OneToOneField(
                                blank=True, null=True, on_delete=PROTECT, related_name="+", to="book.loanevent"
                            ),
                        ),
                        ("loan", models.ForeignKey(on_delete=PROTECT, related_name="refunds", to="book.loan")),
                    ],
                    options={
                        "db_table": "book_credit_refund",
                        "constraints": [
                            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
                            models.UniqueConstraint(
                                fields=["loan"], condition=Q(state="asked"), name="one_refund_asked_a_loan"
                            ),
                            models.CheckConstraint(
                                condition=Q(state="paid", event__isnull=False) | (~Q(state="paid") & Q(event=None)),
                                name="refund_paid_stands_on_the_account",
                            ),
                        ],
                    },
                ),
            ]
        ),
    )
