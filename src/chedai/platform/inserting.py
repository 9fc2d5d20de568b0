"""Many rows of one table inserted by their columns, in one statement for hundreds of them.

The machinery of the models (an object a row, its fields prepared one by one) costs more than the database does; here a
row is plain values. What the tables hold is the same: columns that are not named take the default of their field,
constraints are the database's. PostgreSQL copies rows in, SQLite takes them in long statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import chain, repeat
from typing import Any, Final, TypeAlias

from django.db import connection, models

Plain: TypeAlias = str | int | bool | bytes | date | datetime | None
Column: TypeAlias = Plain | Sequence[Plain]
_VALUES: Final = 4_000
"""How many values a statement of SQLite takes at most."""


@dataclass(frozen=True, slots=True)
class _Table:
    """What does not change from one insertion to the next: names, defaults, and which columns hold days or moments."""

    name: str
    key: str
    columns: tuple[str, ...]
    defaults: tuple[Plain, ...]
    moments: frozenset[int]
    days: frozenset[int]


def rows_write(model: type[models.Model], columns: Mapping[str, Column]) -> int:
    """Insert rows; how many. A list or tuple is a column of values, of which there is at least one.

    Anything else stands for a column of the same.
    Columns go by their attribute (`store_id`), values as the database has them: an enumeration's value, sealed bytes.
    Errors: `IntegrityError` where the tables refuse one; then none is there, once the transaction is rolled back.
    """
    table = _table(model, tuple(columns), numbered=False)
    count, rows = _rows(table, list(columns.values()))
    if connection.vendor == "postgresql":
        _copy(table, table.columns, rows)
    else:
        _insert(table, count, rows)
    return count


def rows_write_numbered(model: type[models.Model], columns: Mapping[str, Column]) -> list[int]:
    """The same, with the numbers (primary keys) the rows were given, in their order."""
    table = _table(model, tuple(columns), numbered=True)
    count, rows = _rows(table, list(columns.values()))
    if connection.vendor != "postgresql":
        return _insert(table, count, rows, numbered=True)
    with connection.cursor() as cursor:
        take = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        cursor.execute(take, [table.name, table.key, count])
        numbers = [number for (number,) in cursor.fetchall()]
    _copy(table, (table.key, *table.columns), ((number, *row) for number, row in zip(numbers, rows, strict=True)))
    return numbers


@cache
def _table(model: type[models.Model], named: tuple[str, ...], *, numbered: bool) -> _Table:
    by_name = {field.attname: field for field in model._meta.local_concrete_fields}
    fields = [by_name[name] for name in named]
    rest = [field for name, field in by_name.items() if name not in named and not (numbered and field.primary_key)]
    rest = [field for field in rest if not isinstance(field, models.AutoField)]
    if any(field.has_default() and callable(field.default) for field in rest):
        raise TypeError(f"{model.__name__}: a default that is worked out for each row must be given")
    every = [*fields, *rest]
    return _Table(
        name=model._meta.db_table,
        key=str(model._meta.pk.column),
        columns=tuple(str(field.column) for field in every),
        defaults=tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest),
        moments=frozenset(at for at, field in enumerate(fields) if isinstance(field, models.DateTimeField)),
        days=frozenset(at for at, field in enumerate(fields) if field.get_internal_type() == "DateField"),
    )


def _rows(table: _Table, given: list[Column]) -> tuple[int, Iterator[tuple[Plain, ...]]]:
    """How many rows, and the rows, with the defaults and with days and moments as this database takes them.

    They are made one by one as they are taken: a list of a hundred thousand keeps the collector of garbage busy.
    """
    count = next(len(column) for column in given if isinstance(column, (list, tuple)))
    made = [_adapted(table, at, column) for at, column in enumerate((*given, *table.defaults))]
    whole = (column if isinstance(column, (list, tuple)) else repeat(column, count) for column in made)
    return count, zip(*whole, strict=True)


def _adapted(table: _Table, at: int, column: Column) -> Column:
    if connection.vendor == "postgresql" or (at not in table.moments and at not in table.days):
        return column
    operations = connection.ops
    adapt: Callable[[Any], Plain] = operations.adapt_datetimefield_value
    if at in table.days:
        adapt = operations.adapt_datefield_value
    if not isinstance(column, (list, tuple)):
        return adapt(column)
    known = {value: adapt(value) for value in set(column)}
    return [known[value] for value in column]


def _copy(table: _Table, columns: Sequence[str], rows: Iterable[tuple[Plain, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    copying = f'COPY "{table.name}" ({names}) FROM STDIN'
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(table: _Table, count: int, rows: Iterator[tuple[Plain, ...]], *, numbered: bool = False) -> list[int]:
    """Insert, some hundreds of rows a statement; the numbers they were given, where they are asked for."""
    width = len(table.columns)
    values, most = list(chain.from_iterable(rows)), _VALUES // width
    numbers: list[int] = []
    with connection.cursor() as cursor:
        for first in range(0, count, most):
            last = min(first + most, count)
            statement = _statement(table, last - first)
            if not numbered:
                cursor.execute(statement, values[first * width : last * width])
                continue
            cursor.execute(f'{statement} RETURNING "{table.key}"', values[first * width : last * width])
            numbers += [number for (number,) in cursor.fetchall()]
    return numbers


def _statement(table: _Table, rows: int) -> str:
    names = ", ".join(f'"{name}"' for name in table.columns)
    row = f"({', '.join(['%s'] * len(table.columns))})"
    return f'INSERT INTO "{table.name}" ({names}) VALUES {", ".join([row] * rows)}'
