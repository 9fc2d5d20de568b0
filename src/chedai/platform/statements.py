"""The few statements that nearly every piece of work asks, at a third of what they cost through Django's cursor.

The end of the log, its new entries, the business date, a handful of new rows: always the same text, few values. They go
to the driver of the database itself, which keeps them prepared, so that PostgreSQL neither reads nor plans them again.
What Django sees to stays: its errors are raised, a transaction that is broken takes nothing more, and where somebody
listens to what is asked (a test that counts, the debugger) it goes through Django's cursor, as it does outside a
transaction, where a connection may have to be opened first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.numeric import Int8Dumper

_cursors: Final[WeakKeyDictionary[BaseDatabaseWrapper, psycopg.Cursor[Any]]] = WeakKeyDictionary()


def ask(sql: str, values: Sequence[Any] = (), *, again: bool = True) -> list[tuple[Any, ...]]:
    """What a statement answers, with a `%s` for each of its values; nothing where it answers none.

    `again` says that the very same text will be asked many times, which is worth keeping it prepared. Values are plain
    ones, as the database has them. Errors: those of `django.db`.
    """
    database = connections[DEFAULT_DB_ALIAS]
    open_ = database.in_atomic_block and not database.needs_rollback
    if not open_ or database.execute_wrappers or database.queries_logged:
        with database.cursor() as listened:
            listened.execute(sql, values)
            return listened.fetchall() if listened.description else []
    with database.wrap_database_errors:
        if database.vendor != "postgresql":
            answered: list[tuple[Any, ...]] = database.connection.execute(_marked(sql), values).fetchall()
            return answered
        cursor = _cursor(database)
        cursor.execute(sql, values, prepare=again)
        return [] if cursor.rownumber is None else cursor.fetchall()


def day_answered(value: str | date | None) -> date | None:
    """A day as `ask` has it: SQLite knows no days and answers their text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def moment_asked(value: datetime) -> datetime | str:
    """A moment as `ask` takes it: SQLite knows no moments and keeps their text."""
    database = connections[DEFAULT_DB_ALIAS]
    return value if database.vendor == "postgresql" else str(database.ops.adapt_datetimefield_value(value))


@lru_cache(maxsize=256)
def _marked(sql: str) -> str:
    """The statement as SQLite marks values."""
    return sql.replace("%s", "?")


def _cursor(database: BaseDatabaseWrapper) -> psycopg.Cursor[Any]:
    """The cursor of a connection that has its values bound by the server.

    Every whole number goes as eight bytes: sent as short as it is, a statement would be another one for each length.
    """
    cursor = _cursors.get(database)
    if cursor is None or cursor.connection is not database.connection:
        cursor = _cursors[database] = psycopg.Cursor(database.connection)
        cursor.adapters.register_dumper(int, Int8Dumper)
    return cursor
