"""Where a thing went stays: the database itself refuses to change or delete a movement."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chedai.platform.audit import triggers

TABLES = ("deals_custody_movement",)


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

    dependencies = (("deals", "0004_custody"), ("platform", "0002_append_only"))
    operations = (migrations.RunPython(protect, release),)
