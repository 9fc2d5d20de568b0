"""Append-only tables: the database itself refuses UPDATE and DELETE, whoever asks.

Called by migrations. The refusal names the table; who must correct a row appends one that reverses it.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL: Final = "append-only"

_SQLITE: Final = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{refusal}: {table}'); END
"""
_POSTGRES_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION platform_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{refusal}: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_POSTGRES: Final = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION platform_append_only()
"""


def protect(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Make `table` append-only."""
    if editor.connection.vendor == "postgresql":
        editor.execute(_POSTGRES_FUNCTION.format(refusal=REFUSAL), params=None)
        editor.execute(_POSTGRES.format(table=table), params=None)
        return
    for verb in ("UPDATE", "DELETE"):
        editor.execute(_SQLITE.format(table=table, verb=verb, refusal=REFUSAL), params=None)


def release(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the protection off again, for a migration that must change the table."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for verb in ("UPDATE", "DELETE"):
        editor.execute(f"DROP TRIGGER {table}_no_{verb}")
