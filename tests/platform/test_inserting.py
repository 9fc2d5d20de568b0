"""Rows inserted by their columns stand as the models would have kept them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chedai.book.ledger.models import AccountDay
from chedai.crm.customers.models import Customer
from chedai.crm.search.models import SearchWord
from chedai.deals.pipeline.models import Deal, StageEntry
from chedai.deals.pipeline.states import Mode, Stage
from chedai.org.models import RoleGrant
from chedai.platform import clock, inserting
from chedai.platform.inserting import rows_add, rows_write, rows_write_numbered
from chedai.platform.jobs.models import Job
from chedai.platform.privacy.fields import columns_sealed
from tests.conftest import MOMENT
from tests.house import House, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    with clock.frozen(MOMENT):
        return build()


def customer(house: House, **given: object) -> Customer:
    usual = {"kind": "person", "store": house.east, "owner": house.officer, "registered_at": MOMENT}
    return Customer.objects.create(**usual | given)


@pytest.mark.parametrize("copied_from", [2, 100])
def test_what_is_not_named_takes_its_default_and_values_rest_sealed_and_found(
    house: House, monkeypatch: pytest.MonkeyPatch, copied_from: int
) -> None:
    monkeypatch.setattr(inserting, "_MANY", copied_from)
    by_model = customer(house, name="王 芳", phone="+86 13800138000")
    sealed = columns_sealed(Customer, {"name": ["王 芳", "李强"], "phone": ["+86 13800138000", None]})
    whose = {"store_id": house.east.pk, "owner_id": house.officer.pk, "registered_at": MOMENT, "kind": "person"}
    first, second = rows_write_numbered(Customer, {**whose, **sealed})
    names = [field.attname for field in Customer._meta.concrete_fields if not field.primary_key]
    rows = {one.pk: one for one in Customer.objects.all()}
    for name in names:
        assert getattr(rows[first], name) == getattr(rows[by_model.pk], name), name
    assert (rows[second].name.in_full(), rows[second].phone, rows[second].phone_index) == ("李强", None, None)
    assert sealed["phone"][0] != columns_sealed(Customer, {"phone": ["13800138000"]})["phone"][0]


@pytest.mark.parametrize("copied_from", [1, 100])
def test_days_moments_and_numbers_come_back_in_the_order_of_the_rows(
    house: House, monkeypatch: pytest.MonkeyPatch, copied_from: int
) -> None:
    monkeypatch.setattr(inserting, "_MANY", copied_from)
    monkeypatch.setattr(inserting, "_VALUES", 45)  # two deals to a statement
    of, since = customer(house, name="王芳"), [datetime(2025, 3, day, 9, tzinfo=UTC) for day in range(1, 8)]
    numbers = rows_write_numbered(
        Deal,
        {
            "number": [f"TZ-{day}" for day in range(1, 8)],
            "mode": Mode.OWN_BOOK.value,
            "store_id": house.east.pk,
            "officer_id": house.officer.pk,
            "owner_id": house.officer.pk,
            "customer_id": of.pk,
            "turn_since": MOMENT,
            "stage_since": MOMENT,
            "opened_at": since,
        },
    )
    deals = Deal.objects.in_bulk(numbers)
    assert [(deals[number].number, deals[number].opened_at) for number in numbers] == [
        (f"TZ-{day}", moment) for day, moment in enumerate(since, start=1)
    ]
    whole = deals[numbers[0]]
    assert (whole.state, whole.stage, whole.amount, whole.vehicle, whole.closed_at) == ("open", "quote", 0, "", None)
    stays = {"deal_id": numbers, "stage": Stage.QUOTE.value, "owner_id": house.officer.pk, "entered_at": since}
    assert rows_write(StageEntry, stays) == 7
    assert list(StageEntry.objects.order_by("pk").values_list("deal_id", flat=True)) == numbers
    tomorrow = MOMENT.date() + timedelta(days=1)
    rows_write(RoleGrant, {"staff_id": [house.officer.pk], "role": "manager", "since": tomorrow})
    assert RoleGrant.objects.latest("pk").since == tomorrow


def test_what_a_table_refuses_is_an_integrity_error_and_nothing_is_kept(house: House) -> None:
    taken = columns_sealed(Customer, {"name": ["王芳", "李强"], "id_number": ["330106199003070014"] * 2})
    whose = {"store_id": house.east.pk, "owner_id": house.officer.pk, "registered_at": MOMENT, "kind": "person"}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_write(Customer, {**whose, **taken})
    assert not Customer.objects.exists()
    of = customer(house, name="王芳")
    word = columns_sealed(SearchWord, {"word": ["wang"]})
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_write(SearchWord, {"customer_id": [of.pk], "word": [None], "word_index": word["word_index"]})
    assert not SearchWord.objects.exists()


def test_a_default_that_differs_from_row_to_row_must_be_given() -> None:
    with pytest.raises(TypeError, match="Job"):
        rows_write(Job, {"kind": ["import.check"]})


def test_a_row_that_is_there_already_gets_the_numbers_on_top() -> None:
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    AccountDay.objects.create(account="1002", day=first, debit=5, credit=7)
    onto, sums = ("account", "day"), {"debit": [10, 1, 2**40], "credit": [0, 2, 3]}
    rows_add(AccountDay, onto, {"account": ["1002", "1002", "1301"], "day": [first, second, first], **sums})
    rows_add(AccountDay, onto, {"account": ["1301"], "day": [first], "debit": [1], "credit": [1]})
    assert list(AccountDay.objects.order_by("account", "day").values_list("account", "day", "debit", "credit")) == [
        ("1002", first, 15, 7),
        ("1002", second, 1, 2),
        ("1301", first, 2**40 + 1, 4),
    ]
