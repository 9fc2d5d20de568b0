"""One timeline of a customer: visits, leads and deals, each once, newest first, only what one may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from chedai.book.collection.services.dialling import contact_begin, contact_result
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.crm.customers.timeline import page, told
from chedai.crm.reception.services import visit_register
from chedai.crm.reception.states import Purpose, Source
from chedai.deals.pipeline.services import deal_advance, deal_lose, deal_open
from chedai.deals.pipeline.states import LostReason, Mode, Stage, Turn
from chedai.org.access import access_of
from chedai.org.models import Staff
from chedai.platform import clock
from tests import cast
from tests.book.collection import book
from tests.conftest import MOMENT
from tests.house import build

pytestmark = pytest.mark.django_db


def titles(staff: Staff, customer_id: int) -> list[tuple[str, int]]:
    with clock.frozen(MOMENT + timedelta(days=9)):
        shown = page(told([customer_id], access_of(staff.user_id))).moments
        return [(str(one.title), (one.at - MOMENT).days) for one in shown]


def test_everything_is_told_once_and_in_order() -> None:
    with clock.frozen(MOMENT):
        house = build()
        actor = cast.acting(house.officer)
        customer = customer_register(
            kind=CustomerKind.PERSON,
            name="王建国",
            phone="13808002107",
            store_id=house.east.pk,
            owner_id=house.officer.pk,
            actor=actor,
        )
        visit_register(
            store_id=house.east.pk,
            staff_id=house.officer.pk,
            name="王建国",
            phone="13808002107",
            purpose=Purpose.LOOK,
            source=Source.WALK_IN,
            interest="海豚",
            next_contact_on=clock.business_date(),
            actor=actor,
        )
    with clock.frozen(MOMENT + timedelta(days=1)):
        deal = deal_open(
            customer_id=customer.pk,
            store_id=house.east.pk,
            mode=Mode.OWN_BOOK,
            officer_id=house.officer.pk,
            vehicle="海豚",
            actor=actor,
        )
    with clock.frozen(MOMENT + timedelta(days=2)):
        deal_advance(deal_id=deal.pk, to=Stage.APPLICATION, owner_id=None, turn=Turn.OFFICER, next_step="", actor=actor)
    with clock.frozen(MOMENT + timedelta(days=3)):
        deal_lose(deal_id=deal.pk, reason=LostReason.PAID_CASH, note="", actor=actor)
    assert titles(house.officer, customer.pk) == [
        ("关闭案卷", 3),
        ("进件", 2),
        ("建立案卷", 1),
        ("线索", 0),
        ("到店", 0),
    ]
    assert titles(house.colleague, customer.pk) == [("到店", 0)]
    assert titles(house.nobody, customer.pk) == []


def test_collection_tells_whom_it_reached_masked_and_what_was_promised() -> None:
    with clock.frozen(book.MORNING):
        desk = book.desk()
        case = book.planned(book.late_loan(desk))
        number = book.own_number(case)
        made = contact_begin(case_id=case.pk, number_id=number.pk, actor=cast.acting(desk.collector))
        due = clock.business_date() + timedelta(3)
        contact_result(
            contact_id=made.pk,
            result="promise",
            promise_amount=303_676,
            promise_on=due,
            seconds=95,
            note="工程款周一到",
            actor=cast.acting(desk.collector),
        )

    def lines(staff: Staff, language: str) -> list[tuple[str, str]]:
        with translation.override(language):
            moments = page(told([case.customer_id], access_of(staff.user_id))).moments
            return [(str(one.title), str(one.text)) for one in moments]

    assert lines(desk.collector, "zh-hans") == [
        ("催收电话", "债务人本人 · 138****0001 · 承诺还款"),
        ("承诺还款", "2026-11-23 前还 3,036.76 元，到账 0.00 元"),
    ]
    assert lines(desk.manager, "en") == [
        ("Collection call", "debtor · 138****0001 · Promises to pay"),
        ("Promise to pay", "3,036.76 by 2026-11-23, 0.00 received"),
    ]
    assert lines(desk.officer, "zh-hans") == []
