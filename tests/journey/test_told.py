"""One timeline of a customer: visits, leads and deals, each once, newest first, only what one may see."""

from __future__ import annotations

from datetime import timedelta

import pytest

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
