"""Rows of one table inserted by their columns, in one statement for hundreds of them.

The machinery of the models (an object a row, its fields prepared one by one) costs more than the database does; here a
row is plain values. What the tables hold is the same: columns that are not named take the default of their field,
constraints are the database's. PostgreSQL copies many rows in; few of them, and all in SQLite, go in long statements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import chain, repeat
from typing import Any, Final, TypeAlias

from django.db import connection, models

from chedai.platform.statements import ask

Plain: TypeAlias = str | int | bool | bytes | date | datetime | None
Column: TypeAlias = Plain | Sequence[Plain]
_WORD: Final = re.compile(r"[a-z0-9_-]*")
_VALUES: Final = 4_000
"""How many values a statement takes at most."""
_MANY: Final = 100
"""From how many rows on PostgreSQL copies them in; for fewer a copy is more ado than a statement."""
_MOMENTS: Final = 4_096
"""How many days and moments are kept in the form of the database: rows written together share theirs."""
_AGAIN: Final = 8
"""Up to how many rows a statement is likely to be asked again just so, and is kept prepared."""


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """What does not change from one insertion to the next: the columns that are given, the rest with their defaults.

    `adapted` are the places of days and moments that the database wants in a form of its own, with what makes it;
    `copied` are the types of the columns and the rest, where the database copies rows in; else there are none.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    rest: tuple[str, ...]
    defaults: tuple[Plain, ...]
    adapted: tuple[tuple[int, Callable[[Any], Plain]], ...]
    copied: tuple[str, ...]


def rows_write(model: type[models.Model], columns: Mapping[str, Column], *, unless: str = "") -> int:
    """Insert rows; how many were given.

    A list or tuple is a column of values, of which there is at least one; anything else is the value of every row.
    Columns go by their attribute (`store_id`), values as the database has them: an enumeration's value, sealed bytes,
    JSON as text. A row whose value in the unique column `unless` is there already is left out.
    Errors: `IntegrityError` where the tables refuse one; then none is there, once the transaction is rolled back.
    """
    table = _table(model, tuple(columns), numbered=False)
    count, rows = _rows(table, columns.values())
    if table.copied and count >= _MANY and not unless:
        _copy(table, (*table.columns, *table.rest), table.copied, (row + table.defaults for row in rows))
    else:
        _insert(table, count, rows, f' ON CONFLICT ("{unless}") DO NOTHING' if unless else "")
    return count


def rows_add(model: type[models.Model], onto: Sequence[str], columns: Mapping[str, Column]) -> None:
    """Insert rows, or add their numbers to those of the row that is there; `onto` are the columns unique together.

    Two rows of one call are never of one place: their sum is given.
    """
    table = _table(model, tuple(columns), numbered=False)
    count, rows = _rows(table, columns.values())
    names = dict(zip(columns, table.columns, strict=True))
    place = ", ".join(f'"{names[name]}"' for name in onto)
    added = (name for attribute, name in names.items() if attribute not in onto)
    sums = ", ".join(f'"{name}" = "{table.name}"."{name}" + excluded."{name}"' for name in added)
    _insert(table, count, rows, f" ON CONFLICT ({place}) DO UPDATE SET {sums}")


def rows_write_numbered(model: type[models.Model], columns: Mapping[str, Column]) -> list[int]:
    """The same, with the numbers (primary keys) the rows were given, in their order."""
    table = _table(model, tuple(columns), numbered=True)
    count, rows = _rows(table, columns.values())
    if not (table.copied and count >= _MANY):
        return _insert(table, count, rows, f' RETURNING "{table.key}"')
    with connection.cursor() as cursor:
        take = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
        cursor.execute(take, [table.name, table.key, count])
        numbers = [number for (number,) in cursor.fetchall()]
    numbered = ((number, *row, *table.defaults) for number, row in zip(numbers, rows, strict=True))
    _copy(table, (table.key, *table.columns, *table.rest), ("bigint", *table.copied), numbered)
    return numbers


@cache
def _table(model: type[models.Model], named: tuple[str, ...], *, numbered: bool) -> _Table:
    by_name = {field.attname: field for field in model._meta.local_concrete_fields}
    fields = [by_name[name] for name in named]
    rest = [field for name, field in by_name.items() if name not in named and not (numbered and field.primary_key)]
    rest = [field for field in rest if not isinstance(field, models.AutoField)]
    if any(field.has_default() and callable(field.default) for field in rest):
        raise TypeError(f"{model.__name__}: a default that is worked out for each row must be given")
    postgres, own_form = connection.vendor == "postgresql", connection.ops
    forms: dict[str, Callable[[Any], Plain]] = {
        "DateTimeField": lru_cache(_MOMENTS)(own_form.adapt_datetimefield_value),
        "DateField": lru_cache(_MOMENTS)(own_form.adapt_datefield_value),
    }
    types = [field.get_internal_type() for field in fields]
    copied = tuple(str(field.db_type(connection)).partition("(")[0] for field in (*fields, *rest))
    return _Table(
        name=model._meta.db_table,
        key=str(model._meta.pk.column),
        columns=tuple(str(field.column) for field in fields),
        rest=tuple(str(field.column) for field in rest),
        defaults=tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest),
        adapted=() if postgres else tuple((at, forms[type_]) for at, type_ in enumerate(types) if type_ in forms),
        copied=copied if postgres else (),
    )


def _rows(table: _Table, given: Iterable[Column]) -> tuple[int, Iterator[tuple[Plain, ...]]]:
    """How many rows, and the rows, with days and moments as this database takes them.

    They are made one by one as they are taken: a list of a hundred thousand keeps the collector of garbage busy.
    """
    made: list[Column] = list(given)
    count = next(len(column) for column in made if isinstance(column, (list, tuple)))
    for at, adapt in table.adapted:
        column = made[at]
        made[at] = [adapt(value) for value in column] if isinstance(column, (list, tuple)) else adapt(column)
    whole = [column if isinstance(column, (list, tuple)) else repeat(column, count) for column in made]
    return count, zip(*whole, strict=True)


def _copy(table: _Table, columns: Sequence[str], types: Sequence[str], rows: Iterable[tuple[Plain, ...]]) -> None:
    """Copy rows in: in the binary format, which neither side has to spell out, unless there is JSON among them."""
    names = ", ".join(f'"{name}"' for name in columns)
    form = "" if "jsonb" in types else " (FORMAT BINARY)"
    copying = f'COPY "{table.name}" ({names}) FROM STDIN{form}'
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
        if form:
            copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _insert(table: _Table, count: int, rows: Iterator[tuple[Plain, ...]], ending: str) -> list[int]:
    """Insert, some hundreds of rows a statement; the numbers they were given, where the ending asks for them."""
    width = len(table.columns)
    values, most = list(chain.from_iterable(rows)), max(1, _VALUES // width)
    numbers: list[int] = []
    for first in range(0, count, most):
        last = min(first + most, count)
        statement = _statement(table, last - first, ending)
        told = ask(statement, values[first * width : last * width], again=last - first <= _AGAIN)
        numbers += [number for (number,) in told]
    return numbers


@lru_cache(maxsize=256)
def _statement(table: _Table, rows: int, ending: str) -> str:
    """An insertion of so many rows. Defaults stand in its text: they are the code's own, and need not be bound."""
    names = ", ".join(f'"{name}"' for name in (*table.columns, *table.rest))
    row = ", ".join((*repeat("%s", len(table.columns)), *(_literal(value) for value in table.defaults)))
    return f'INSERT INTO "{table.name}" ({names}) VALUES {", ".join([f"({row})"] * rows)}{ending}'


def _literal(value: Plain) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int)):
        return str(value).upper()
    if isinstance(value, str) and _WORD.fullmatch(value):
        return f"'{value}'"
    raise TypeError(f"the default of a column is a number, a word or nothing: {value!r}")
