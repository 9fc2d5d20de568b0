"""Statements asked on the driver itself: what they answer, what they refuse, who hears them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from chedai.platform.days.models import BusinessDay
from chedai.platform.statements import ask, day_answered

_INSERT = 'INSERT INTO platform_business_day (id, "on") VALUES (%s, %s) RETURNING id'
_DAYS = 'SELECT id, "on" FROM platform_business_day WHERE id > %s ORDER BY id'


@pytest.mark.django_db
def test_values_are_bound_and_come_back_however_long_a_number_is() -> None:
    numbers = [7, 70_000, 7_000_000_000]  # two, four and eight bytes: to the database one and the same statement
    for number in numbers:
        assert ask(_INSERT, [number, "2026-03-04"]) == [(number,)]
    assert [(number, day_answered(day)) for number, day in ask(_DAYS, [1])] == [(n, date(2026, 3, 4)) for n in numbers]
    assert ask("UPDATE platform_business_day SET id = %s WHERE id = %s", [8, 7]) == []
    if connection.vendor == "postgresql":
        kept = ask("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT%%business_day%%'")
        assert kept == [(1,)]


@pytest.mark.django_db
def test_what_the_database_refuses_is_refused_as_django_says_it_and_nothing_goes_on_in_a_broken_transaction() -> None:
    BusinessDay.objects.create(pk=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        ask(_INSERT, [3, None])
    assert ask(_DAYS, [0]) == [(3, None)]
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            ask(_INSERT, [4, None])
    assert list(BusinessDay.objects.values_list("pk", flat=True)) == [3]


@pytest.mark.django_db
def test_who_counts_statements_hears_them() -> None:
    with CaptureQueriesContext(connection) as heard:
        ask(_INSERT, [5, None])
    assert len(heard) == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_opened_for_it_and_a_new_one_is_taken_up() -> None:
    for number in (5, 6):
        connection.close()
        assert ask(_DAYS, [number]) == []
        with transaction.atomic():
            assert ask(_INSERT, [number, None]) == [(number,)]
    assert BusinessDay.objects.count() == 2
