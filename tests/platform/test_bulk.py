"""Columns come from the database as they are: in the order of the query, days as numbers, a NULL refused."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.platform.bulk import Blob, Day, Take, among, columns_read, is_postgres

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ROWS = (
    "FROM (SELECT 3 AS loan, {day} AS paid_on UNION ALL SELECT 1, NULL UNION ALL SELECT 7, NULL) held "
    "WHERE {among} ORDER BY loan DESC"
)
TAKES: dict[str, Take] = {"loan": "loan", "order": "loan * 2", "paid_on": Day("paid_on")}


def _rows(numbers: list[int]) -> tuple[str, list[str | int | list[int]]]:
    condition, parameter = among("loan", numbers)
    day = "DATE '2026-03-01'" if is_postgres() else "'2026-03-01'"
    return ROWS.format(day=day, among=condition), [parameter]


def test_columns_come_in_the_order_of_the_query() -> None:
    read = columns_read(TAKES, *_rows([3, 7, 9]))
    assert {name: column.tolist() for name, column in read.items()} == {
        "loan": [7, 3],
        "order": [14, 6],
        "paid_on": [0, date(2026, 3, 1).toordinal()],
    }


def test_of_no_rows_every_column_is_empty() -> None:
    read = columns_read(TAKES, *_rows([]))
    assert [(name, column.dtype.kind, column.size) for name, column in read.items()] == [
        ("loan", "i", 0),
        ("order", "i", 0),
        ("paid_on", "i", 0),
    ]


def test_bytes_of_one_length_stay_bytes() -> None:
    three = "decode('0a0b0c', 'hex')" if is_postgres() else "x'0a0b0c'"
    read = columns_read({"packed": Blob(three, 3)}, "FROM (SELECT 1 AS n UNION ALL SELECT 2) held")
    assert [bytes(one) for one in read["packed"]] == [b"\x0a\x0b\x0c"] * 2


def test_a_null_is_refused() -> None:
    with pytest.raises((ValueError, TypeError)):
        columns_read({"broken": "CASE WHEN loan = 3 THEN NULL ELSE loan END"}, *_rows([3, 7]))


def test_bytes_of_another_length_are_refused() -> None:
    two = "decode('0a0b', 'hex')" if is_postgres() else "x'0a0b'"
    with pytest.raises(ValueError, match="another size"):
        columns_read({"packed": Blob(two, 3)}, "FROM (SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3) held")
