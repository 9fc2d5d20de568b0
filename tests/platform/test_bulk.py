"""Columns come from the database as they are, and change rows there: in order, days as numbers, a NULL refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.db import DatabaseError, transaction

from chedai.platform.bulk import Blob, Codes, Day, Take, among, columns_read, columns_update, is_postgres
from chedai.platform.days.models import DayClose, DayStep
from tests.conftest import MOMENT

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


def _steps(day: date) -> list[DayStep]:
    close = DayClose.objects.create(day=day, began_at=MOMENT, actor="system:close")
    return [DayStep.objects.create(close=close, place=place, code=f"step{place}", looked=place) for place in range(3)]


def test_each_row_gets_its_own_numbers_and_words_and_the_rest_stay() -> None:
    first, left, last = (step.pk for step in _steps(date(2026, 3, 1)))
    columns = {"code": Codes(("bill", "age", "seal"), np.array([2, 0])), "looked": np.array([2**40, 7])}
    assert columns_update(DayStep, np.array([last, first]), columns | {"place": np.array([9, 8])}) == 2
    rows = DayStep.objects.order_by("pk").values_list("pk", "code", "looked", "place", "changed")
    assert list(rows) == [(first, "bill", 7, 8, 0), (left, "step1", 1, 1, 0), (last, "seal", 2**40, 9, 0)]


def test_days_are_given_by_their_numbers_and_of_no_rows_none_changes() -> None:
    closes = [_steps(date(2026, 3, day))[0].close_id for day in (1, 2)]
    days = np.array([date(2025, 12, 31).toordinal(), date(2028, 2, 29).toordinal()])
    columns_update(DayClose, np.array(closes), {"day": days})
    assert [DayClose.objects.get(pk=pk).day for pk in closes] == [date(2025, 12, 31), date(2028, 2, 29)]
    assert columns_update(DayClose, np.array([], dtype=np.int64), {"day": np.array([], dtype=np.int64)}) == 0


def test_what_the_table_refuses_is_an_error() -> None:
    first, second, _ = (step.pk for step in _steps(date(2026, 3, 1)))
    with pytest.raises(DatabaseError), transaction.atomic():
        columns_update(DayStep, np.array([first, second]), {"code": Codes(("seal",), np.array([0, 0]))})
    assert DayStep.objects.filter(code="seal").count() == 0
