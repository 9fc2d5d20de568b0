"""What two people agreed on is taken back by two, and so is what leaves a loan without a plan: two kinds of change."""

from __future__ import annotations

from django.db import migrations, models

KINDS = (
    "restructure",
    "extension",
    "due_date",
    "reamortisation",
    "rate",
    "waiver",
    "write_off",
    "reversal",
    "void",
)


class Migration(migrations.Migration):
    """Choices only: no table changes."""

    dependencies = (("book", "0002_append_only"),)
    operations = (
        migrations.AlterField("loanchange", "kind", models.CharField(max_length=14, choices=[(k, k) for k in KINDS])),
    )
