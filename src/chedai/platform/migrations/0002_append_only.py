"""What was written stays: the database itself refuses to change or delete it."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from chedai.platform.audit import triggers

TABLES = ("platform_audit_entry", "platform_audit_checkpoint", "platform_approval_decision", "platform_policy_edition")


def protect(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    for table in TABLES:
        triggers.protect(editor, table)


def release(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take them off."""
    for table in TABLES:
        triggers.release(editor, table)


class Migration(migrations.Migration):
    """Append-only tables."""

    dependencies = (("platform", "0001_initial"),)
    operations = (migrations.RunPython(protect, release),)
