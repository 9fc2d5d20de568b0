"""Rows changed by their columns stand as the models would have kept them, and nobody else's moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from chedai.crm.customers.models import Customer
from chedai.org.models import Staff
from chedai.platform import clock, updating
from chedai.platform.updating import rows_update
from tests.house import House, build
from tests.support.ground import MOMENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    with clock.frozen(MOMENT):
        return build()


def customers(house: House, count: int) -> list[int]:
    usual = {"kind": "person", "store": house.east, "owner": house.officer, "registered_at": MOMENT}
    return [Customer.objects.create(name=f"客户{n}", **usual).pk for n in range(count)]


def test_each_row_gets_its_own_values_batch_by_batch_and_the_rest_stay(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "_BATCH", 2)
    first, second, third, left = customers(house, 4)
    moments = [MOMENT + timedelta(hours=n) for n in range(3)]
    stores, before = [house.west.pk, house.east.pk, house.west.pk], Customer.objects.get(pk=left)
    given = {"store_id": stores, "registered_at": moments, "phone_index": [b"\x01" * 16, None, b"\xff" * 16]}
    assert rows_update(Customer, [third, first, second], given) == 3
    names = ("store_id", "registered_at", "phone_index")
    kept = {pk: rest for pk, *rest in Customer.objects.values_list("pk", *names)}
    assert [kept[pk][:2] for pk in (third, first, second)] == [list(row) for row in zip(stores, moments, strict=True)]
    assert [kept[pk][2] and bytes(kept[pk][2]) for pk in (third, first, second)] == given["phone_index"]
    assert kept[left] == [before.store_id, before.registered_at, None]


def test_days_come_and_go_and_no_rows_are_none(house: House) -> None:
    staff = [house.officer.pk, house.manager.pk]
    rows_update(Staff, staff, {"left_on": [date(2026, 3, 1), None]})
    assert [Staff.objects.get(pk=pk).left_on for pk in staff] == [date(2026, 3, 1), None]
    assert rows_update(Staff, [], {"left_on": []}) == 0


def test_what_the_table_refuses_changes_nothing(house: House) -> None:
    staff = [house.officer.pk, house.manager.pk]
    numbers = list(Staff.objects.filter(pk__in=staff).order_by("pk").values_list("number", flat=True))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_update(Staff, staff, {"number": ["同号", "同号"]})
    assert list(Staff.objects.filter(pk__in=staff).order_by("pk").values_list("number", flat=True)) == numbers
