"""What was posted and what happened stays: the database itself refuses to change or delete it."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chedai.platform.audit import triggers

TABLES = (
    "book_journal_entry",
    "book_posting",
    "book_period_move",
    "book_loan_form",
    "book_plan",
    "book_loan_event",
    "book_bucket_move",
    "book_month_end",
    "book_alert_note",
    "book_watch_review",
    "book_class_override",
)


def protect(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    for table in TABLES:
        triggers.protect(editor, table)


def release(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take them off."""
    for table in TABLES:
        triggers.release(editor, table)


class Migration(migrations.Migration):
    """Append-only tables. Their function on PostgreSQL is the one of the audit log."""

    dependencies = (("book", "0001_initial"), ("platform", "0002_append_only"))
    operations = (migrations.RunPython(protect, release),)
