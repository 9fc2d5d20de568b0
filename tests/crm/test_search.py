"""Customers are found by pinyin, by part of a name or of a number, and by nobody who may not see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import Q

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer
from chedai.crm.customers.services import customer_change, customer_register
from chedai.crm.search.models import SearchWord
from chedai.crm.search.selectors import customers_found
from chedai.platform import clock
from tests import cast
from tests.conftest import MOMENT
from tests.house import House, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Iterator[House]:
    with clock.frozen(MOMENT):
        yield build()


def known(house: House, name: str, phone: str = "", kind: CustomerKind = CustomerKind.PERSON) -> Customer:
    return customer_register(
        kind=kind,
        name=name,
        phone=phone,
        store_id=house.east.pk,
        owner_id=house.officer.pk,
        actor=cast.acting(house.officer),
    )


def found(typed: str, records: Q | None = None) -> list[str]:
    return sorted(c.name.in_full() for c in customers_found(typed, records if records is not None else Q()))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("wangjianguo", ["王建国"]),
        ("Wang Jian", ["王建国"]),
        ("wjg", ["王建国"]),
        ("wang", ["王建国", "王芳"]),
        ("建国", ["王建国"]),
        ("王建国", ["王建国"]),
        ("shanxiong", ["单雄"]),  # 单 as a surname
        ("danxiong", ["单雄"]),
        ("2107", ["王建国"]),
        ("8002107", ["王建国"]),
        ("138 0800 2107", ["王建国"]),
        ("210", []),  # too little to look for
        ("w", []),
        ("王国", []),
        ("9999", []),
        ("", []),
    ],
)
def test_a_customer_is_found_as_people_ask(house: House, typed: str, names: list[str]) -> None:
    known(house, "王建国", "13808002107")
    known(house, "王芳", "13905556666")
    known(house, "单雄")
    assert found(typed) == names


def test_what_is_on_file_no_longer_is_no_longer_found(house: House) -> None:
    customer = known(house, "王建国", "13808002107")
    customer_change(customer_id=customer.pk, phone="13905556666", reason="换号", actor=cast.acting(house.officer))
    assert (found("2107"), found("6666")) == ([], ["王建国"])


def test_nobody_finds_what_they_may_not_see(house: House) -> None:
    known(house, "王建国")
    assert found("wjg", Q(owner=house.colleague.pk)) == []


def test_the_words_rest_sealed(house: House) -> None:
    known(house, "王建国", "13808002107")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT word FROM {SearchWord._meta.db_table}")
        raw = b"".join(bytes(word) for (word,) in cursor.fetchall())
    assert b"wang" not in raw
    assert b"2107" not in raw
