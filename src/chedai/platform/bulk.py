"""Many rows as columns, in and out of the database: for work that touches tens of thousands of rows at once.

PostgreSQL gives and takes its binary format, which NumPy reads and writes without a step a row; SQLite gets lists. A
column is whole numbers (int64) or days (`date.toordinal`); a table of the rooms keeps its constraints either way.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any, Final, TypeAlias

import numpy as np
from django.db import DatabaseError, connection, models
from django.db.models.expressions import RawSQL
from numpy.typing import NDArray
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from chedai.engine.money import FenColumn

_HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">II", 0, 0)
_TRAILER: Final = struct.pack(">h", -1)
_ARRAY_HEAD: Final = 20  # dimensions, whether any is NULL, type, count, lower bound
_EPOCH: Final = date(2000, 1, 1).toordinal()
_JULIAN: Final = 1721424.5
_NUMBER_TYPE: Final = 20  # int8
_NUMBERS_TYPE: Final = 1016  # an array of them
_WIDTHS: Final = {"bigint": 8, "integer": 4, "smallint": 2, "date": 4}
_NUMBERS: Final = {
    "BigIntegerField": "bigint",
    "BigAutoField": "bigint",
    "ForeignKey": "bigint",
    "OneToOneField": "bigint",
    "IntegerField": "integer",
    "PositiveIntegerField": "integer",
    "PositiveSmallIntegerField": "smallint",
    "DateField": "date",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A column of days in a query, by its expression; it comes back as day numbers, 0 where there is none."""

    expression: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A column of bytes, all `size` long, by its expression."""

    expression: str
    size: int


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of words the code itself knows, few of them: their places among `codes`, one a row."""

    codes: tuple[str, ...]
    places: FenColumn


Take: TypeAlias = str | Day | Blob
Parameter: TypeAlias = str | int | Sequence[int] | FenColumn


def is_postgres() -> bool:
    """Whether the database is PostgreSQL; the other one is SQLite."""
    return connection.vendor == "postgresql"


def among(expression: str, numbers: Sequence[int] | FenColumn) -> tuple[str, Parameter]:
    """A condition that a number is one of these, and its one parameter, whatever their count."""
    if is_postgres():
        return f"{expression} = ANY(%s)", numbers
    plain = numbers if isinstance(numbers, Sequence) else numbers.tolist()
    return f"{expression} IN (SELECT value FROM json_each(%s))", f"[{','.join(map(str, plain))}]"


def rows_among(column: str, numbers: Sequence[int]) -> RawSQL:
    """The same for a query of the models: `IN` with a parameter a number costs them more than the rows do."""
    condition, parameter = among(column, list(numbers))
    return RawSQL(condition, [parameter], output_field=models.BooleanField())


def columns_read(takes: Mapping[str, Take], rest: str, parameters: Sequence[Parameter] = ()) -> dict[str, NDArray[Any]]:
    """`SELECT <takes> <rest>` as columns; numbers must not be NULL.

    A number is named by its SQL expression. `rest` is the query from FROM on, with `%s` for its parameters.
    """
    expressions = ", ".join(f'{_expression(take)} AS "{name}"' for name, take in takes.items())
    query = f"SELECT {expressions} {rest}"
    return _aggregated(takes, query, parameters) if is_postgres() else _listed(takes, query, parameters)


def _expression(take: str | Day | Blob) -> str:
    if isinstance(take, Blob):
        return take.expression
    if isinstance(take, str):
        return f"CAST({take} AS bigint)"
    if is_postgres():
        return f"CAST(coalesce({take.expression} - DATE '0001-01-01' + 1, 0) AS bigint)"
    return f"CAST(coalesce(julianday({take.expression}) - {_JULIAN}, 0) AS integer)"


def _aggregated(takes: Mapping[str, Take], query: str, parameters: Sequence[Parameter]) -> dict[str, NDArray[Any]]:
    """Every column as one array in the database's binary form, straight from the client library: no step a row.

    The rows of an ordered query are gathered in its order.
    """
    gathered = ", ".join(f'array_agg("{name}")' for name in takes)
    answer = _executed(f"SELECT {gathered} FROM ({query}) gathered", parameters)
    return {name: _array(answer.get_value(0, place), take) for place, (name, take) in enumerate(takes.items())}


def _executed(query: str, parameters: Sequence[Parameter]) -> PGresult:
    """What a statement answers in binary; lists of numbers go there as they lie in memory. Errors: `DatabaseError`."""
    connection.ensure_connection()
    head, *rest = query.split("%s")
    marked = head + "".join(f"${place}{text}" for place, text in enumerate(rest, 1))
    plain = [isinstance(one, (str, int)) for one in parameters]
    answer: PGresult = connection.connection.pgconn.exec_params(
        marked.encode(),
        [str(one).encode() if isinstance(one, (str, int)) else _packed(one) for one in parameters],
        [0 if one else _NUMBERS_TYPE for one in plain],
        [Format.TEXT if one else Format.BINARY for one in plain],
        Format.BINARY,
    )
    if answer.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise DatabaseError(answer.get_error_message())
    return answer


def _packed(numbers: Sequence[int] | FenColumn) -> bytes:
    """Numbers as an array of the database."""
    column = np.asarray(numbers, dtype=np.int64)
    elements = np.empty(column.size, dtype=np.dtype([("size", ">i4"), ("value", ">i8")]))
    elements["size"], elements["value"] = 8, column
    dimensions = ((column.size, 1),) if column.size else ()
    head = struct.pack(">iii", len(dimensions), 0, _NUMBER_TYPE)
    return head + b"".join(struct.pack(">ii", *one) for one in dimensions) + elements.tobytes()


def _array(data: bytes | None, take: Take) -> NDArray[Any]:
    """The elements of an array: a head, then the length and the bytes of each."""
    kind = f"V{take.size}" if isinstance(take, Blob) else ">i8"
    element = np.dtype([("size", ">i4"), ("value", kind)])
    count = int.from_bytes(data[12:16], "big") if data is not None else 0
    if data is not None and len(data) != _ARRAY_HEAD + count * element.itemsize:
        raise ValueError("a column held NULL, or bytes of another size")
    values = np.frombuffer(data or b"", dtype=element, offset=_ARRAY_HEAD if count else 0, count=count)["value"]
    return values if isinstance(take, Blob) else values.astype(np.int64)


def _listed(takes: Mapping[str, Take], query: str, parameters: Sequence[Parameter]) -> dict[str, NDArray[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [one for one in parameters if isinstance(one, (str, int))])
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(takes)
    made: dict[str, NDArray[Any]] = {}
    for (name, take), column in zip(takes.items(), columns, strict=True):
        if isinstance(take, Blob):
            data = b"".join(column)
            if len(data) != take.size * len(column):
                raise ValueError("a column held bytes of another size")
            made[name] = np.frombuffer(data, dtype=f"V{take.size}")
        else:
            made[name] = np.array(column, dtype=np.int64)
    return made


def columns_insert(model: type[models.Model], columns: Mapping[str, FenColumn | int]) -> int:
    """Insert rows; a number stands for a column of the same. Fields not named must have a default in the database.

    Days are day numbers. Returns how many rows were inserted.
    """
    count = next(column.size for column in columns.values() if not isinstance(column, int))
    if not count:
        return 0
    fields = [model._meta.get_field(name) for name in columns]
    named = [field.column for field in fields if isinstance(field, models.Field)]
    kinds = [_NUMBERS[field.get_internal_type()] for field in fields]
    names = ", ".join(f'"{name}"' for name in named)
    table = model._meta.db_table
    if is_postgres():
        data = _binary(kinds, list(columns.values()), count)
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)") as copy:
            copy.write(data)
        return count
    marks = ", ".join("%s" for _ in fields)
    with connection.cursor() as cursor:
        lists = [_plain(kind, column) for kind, column in zip(kinds, columns.values(), strict=True)]
        rows = list(zip(*(repeat(one, count) if isinstance(one, (int, str)) else one for one in lists), strict=True))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    return count


def columns_update(model: type[models.Model], keys: FenColumn, columns: Mapping[str, FenColumn | Codes]) -> int:
    """Give the rows of `keys` (primary keys) the values of `columns`; how many rows that are.

    Days are day numbers. Lock the rows first where somebody else may write them: they are written in no order.
    """
    key = model._meta.pk.column
    fields = [model._meta.get_field(name) for name in columns]
    named = [field.column for field in fields if isinstance(field, models.Field)]
    table, days = model._meta.db_table, [field.get_internal_type() == "DateField" for field in fields]
    given = [one.places if isinstance(one, Codes) else one for one in columns.values()]
    if is_postgres():
        values = [_given(f"c{at}", one, day) for at, (one, day) in enumerate(zip(columns.values(), days, strict=True))]
        sets = ", ".join(f'"{name}" = {value}' for name, value in zip(named, values, strict=True))
        arrays = ", ".join("CAST(%s AS bigint[])" for _ in (keys, *given))
        names = ", ".join(("key", *(f"c{at}" for at, _ in enumerate(given))))
        _executed(
            f'UPDATE "{table}" SET {sets} FROM unnest({arrays}) given({names}) WHERE "{table}"."{key}" = given.key',
            [keys, *given],
        )
        return keys.size
    sets = ", ".join(f'"{name}" = %s' for name in named)
    lists = [
        [one.codes[place] for place in one.places.tolist()]
        if isinstance(one, Codes)
        else _plain("date" if day else "bigint", one)
        for one, day in zip(columns.values(), days, strict=True)
    ]
    with connection.cursor() as cursor:
        rows = zip(*lists, keys.tolist(), strict=True)
        cursor.executemany(f'UPDATE "{table}" SET {sets} WHERE "{key}" = %s', list(rows))
    return keys.size


def _given(name: str, column: FenColumn | Codes, is_day: bool) -> str:
    """A value of `columns_update` as the column of the table takes it."""
    if isinstance(column, Codes):
        texts = ", ".join(f"'{code}'" for code in column.codes)
        return f"(ARRAY[{texts}])[given.{name} + 1]"
    return f"DATE '0001-01-01' + CAST(given.{name} - 1 AS integer)" if is_day else f"given.{name}"


def _plain(kind: str, column: FenColumn | int) -> Any:
    if kind != "date":
        return column if isinstance(column, int) else column.tolist()
    if isinstance(column, int):
        return date.fromordinal(column).isoformat()
    days = {day: date.fromordinal(day).isoformat() for day in np.unique(column).tolist()}
    return [days[day] for day in column.tolist()]


def _binary(kinds: list[str], columns: list[FenColumn | int], count: int) -> bytes:
    layout: list[tuple[str, str]] = [("fields", ">i2")]
    for place, kind in enumerate(kinds):
        layout += [(f"size{place}", ">i4"), (f"value{place}", f">i{_WIDTHS[kind]}")]
    rows = np.empty(count, dtype=np.dtype(layout))
    rows["fields"] = len(kinds)
    for place, (kind, column) in enumerate(zip(kinds, columns, strict=True)):
        rows[f"size{place}"] = _WIDTHS[kind]
        rows[f"value{place}"] = column - _EPOCH if kind == "date" else column
    return _HEADER + rows.tobytes() + _TRAILER
