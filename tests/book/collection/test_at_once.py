"""Two who dial at once: the limit holds on the row that is locked, not on what each has read. For PostgreSQL too."""

from __future__ import annotations

import pytest
from django.db import connection

from chedai.book.collection.models import Contact, DebtorDay, NumberDay
from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.platform import clock
from chedai.platform.errors import Refusals
from tests.book.collection import book
from tests.book.collection.book import MORNING
from tests.cast import acting
from tests.support.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
RUNNERS = 8 if connection.vendor == "postgresql" else 2


def test_of_many_who_dial_one_debtor_at_once_one_gets_through() -> None:
    with clock.frozen(MORNING):
        desk = book.desk()
        case = book.planned(book.late_loan(desk))
        other = book.planned(book.late_loan(desk, 2, customer=case.customer))
        number = book.own_number(case)
        for _ in range(2):
            made = contact_begin(case_id=case.pk, number_id=number.pk, actor=acting(desk.collector))
            contact_result(contact_id=made.pk, result="call_back", actor=acting(desk.collector))

    def dial(runner: int) -> Contact:
        who = desk.collector if runner % 2 else desk.colleague
        with clock.frozen(MORNING):
            mine = case if runner % 2 else other
            return contact_begin(case_id=mine.pk, number_id=number.pk, actor=acting(who))

    came = race(dial, RUNNERS)
    begun = [one for one in came if isinstance(one, Contact)]
    refused = [one for one in came if isinstance(one, Refusals)]
    assert (len(begun), len(refused)) == (1, RUNNERS - 1), came
    assert {one.refusals[0].code for one in refused} == {"conduct-open-call"}
    assert NumberDay.objects.get().dials == 3
    with clock.frozen(MORNING):
        contact_result(contact_id=begun[0].pk, result="call_back", actor=acting(desk.collector))
        last = race(dial, 2)
    assert [type(one) for one in last] == [Refusals, Refusals]
    assert DebtorDay.objects.get().effective == 3
