"""Rows of one table changed by their columns: each row its own values, in one statement for all of them.

PostgreSQL joins the table to the columns, SQLite runs one prepared statement down them; the machinery of the models
would make a branch of SQL for every row and every field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, models

from chedai.platform.bulk import is_postgres
from chedai.platform.inserting import Plain

_BATCH: Final = 5_000


def rows_update(model: type[models.Model], keys: Sequence[int], columns: Mapping[str, Sequence[Plain]]) -> int:
    """Give the rows of `keys` (primary keys) the values of `columns`, which are as long; how many rows that are.

    Columns go by their attribute (`store_id`), values as the database has them. Lock the rows first where somebody
    else may write them: they are written in no order. Errors: `IntegrityError` where the tables refuse one.
    """
    by_name = {field.attname: field for field in model._meta.local_concrete_fields}
    fields = [model._meta.pk, *(by_name[name] for name in columns)]
    lists: list[list[Plain]] = [list(keys), *map(list, columns.values())]
    statement = _joined(model, fields) if is_postgres() else _prepared(model, fields)
    with connection.cursor() as cursor:
        for at in range(0, len(keys), _BATCH):
            part = [one[at : at + _BATCH] for one in lists]
            if is_postgres():
                cursor.execute(statement, part)
            else:
                cursor.executemany(statement, [(*map(_plain, row[1:]), row[0]) for row in zip(*part, strict=True)])
    return len(keys)


def _joined(model: type[models.Model], fields: Sequence[models.Field[Any, Any]]) -> str:
    table, key = model._meta.db_table, fields[0].column
    names = ", ".join(f'"{field.column}"' for field in fields)
    given = ", ".join(f"CAST(%s AS {field.rel_db_type(connection)}[])" for field in fields)
    sets = ", ".join(f'"{field.column}" = given."{field.column}"' for field in fields[1:])
    return f'UPDATE "{table}" SET {sets} FROM unnest({given}) given({names}) WHERE "{table}"."{key}" = given."{key}"'


def _prepared(model: type[models.Model], fields: Sequence[models.Field[Any, Any]]) -> str:
    sets = ", ".join(f'"{field.column}" = %s' for field in fields[1:])
    return f'UPDATE "{model._meta.db_table}" SET {sets} WHERE "{fields[0].column}" = %s'


def _plain(value: Plain) -> Plain:
    """A value as SQLite takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.isoformat() if isinstance(value, date) else value
