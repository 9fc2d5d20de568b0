"""The database as empty as before the first test, behind a test that commits.

Django's own way empties every table, though nearly all of them are empty, and writes each permission and kind of
content of its own anew: a third of a second each time. Here tables with rows are emptied; what Django writes stays.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

OF_DJANGO: Final = frozenset({"auth_permission", "django_content_type"})
"""Written with the tables, never by the house."""


def filled() -> list[str]:
    """The tables with rows, but those Django fills itself."""
    every = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(set(every) - OF_DJANGO)
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


def empty() -> None:
    """Empty them, whatever points at whatever; on PostgreSQL also where a trigger forbids it."""
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name in filled():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")
