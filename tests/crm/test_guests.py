"""Leads go on: a guest becomes a customer, a deal converts, a workbook brings new ones."""

from __future__ import annotations

import pytest

from chedai.crm.customers.models import Customer
from chedai.crm.reception.guests import Whom, guest_enroll, guest_of
from chedai.crm.reception.imports import lead_undo
from chedai.crm.reception.models import Lead
from chedai.crm.reception.states import LeadState
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.imports import running
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.imports.services import batch_write
from tests import cast
from tests.catalog.test_imports import NOTHING, checked, workbook
from tests.crm.test_reception import contact, house, lead, visit
from tests.deals.quoting import deal_for
from tests.house import House

pytestmark = pytest.mark.django_db
__all__ = ["house"]


def test_a_guest_becomes_a_customer_from_what_reception_wrote_down(house: House) -> None:
    came = visit(house, "13812342107", name="王女士", interest="启程 E5")
    guest = guest_of(Whom(visit_id=came.pk))
    assert guest is not None
    assert (guest.customer, guest.whom.lead_id, guest.interest) == (None, came.lead_id, "启程 E5")
    assert (str(guest.name), str(guest.phone)) == ("王**", "138****2107")
    owner = {"store_id": house.east.pk, "owner_id": house.officer.pk, "actor": cast.acting(house.officer)}
    made = guest_enroll(whom=Whom(visit_id=came.pk), name="王芳", **owner)
    assert (made.name.in_full(), made.phone and made.phone.in_full()) == ("王芳", "13812342107")
    came.refresh_from_db()
    assert came.lead is not None
    assert (came.customer, came.lead.customer) == (made, made)
    assert guest_enroll(whom=Whom(lead_id=came.lead_id), **owner) == made
    assert Customer.objects.count() == 1


def test_a_guest_without_a_telephone_is_asked_for_one(house: House) -> None:
    came, before = visit(house), Customer.objects.count()
    owner = {"store_id": house.east.pk, "owner_id": house.officer.pk, "actor": cast.acting(house.officer)}
    with pytest.raises(Refusal, match="phone-missing"):
        guest_enroll(whom=Whom(visit_id=came.pk), **owner)
    assert Customer.objects.count() == before
    assert guest_enroll(whom=Whom(visit_id=came.pk), phone="13812342107", **owner).name.in_full() == "王女士"


def test_a_deal_turns_every_lead_about_its_customer_into_a_conversion(house: House) -> None:
    mine, other = lead(house, "13812342107"), lead(house, "13800000009")
    deal_for(house, phone="13812342107")
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, mine.next_contact_on, mine.customer is not None) == (LeadState.CONVERTED, None, True)
    assert other.state == LeadState.OPEN


LEAD_HEADS = ["称呼", "电话", "渠道", "门店编号", "负责人工号", "下次联系", "成本", "车型"]


def test_leads_come_from_a_workbook_and_bad_rows_come_back(house: House) -> None:
    lead(house, "13800000001", owner=house.colleague)
    number, day = house.officer.number, "2026-11-25"
    rows_in = [
        ["赵先生", "13800000011", "短视频与社媒", "A1", number, day, "120.50", "启程 E5"],
        ["钱女士", "13800000012", "online", "A1", "", "", "", ""],
        ["孙先生", "13800000001", "来电", "A1", number, day, "", ""],
        ["李先生", "1380000", "来电", "A1", number, day, "", ""],
        ["周先生", "13800000013", "路过", "A1", number, day, "", ""],
        ["吴先生", "13800000014", "来电", "A1", number, "", "", ""],
    ]
    keeper = cast.acting(house.manager)
    batch = checked("leads", workbook(LEAD_HEADS, rows_in), keeper)
    states = BatchRow.objects.filter(batch=batch).order_by("number").values_list("state", flat=True)
    assert (list(states), Lead.objects.count()) == (["good", "good", *["bad"] * 4], 1)
    batch_write(batch_id=batch.pk, actor=keeper)
    running.write(Batch.objects.get(), keeper, NOTHING)
    came = Lead.objects.order_by("pk")[1:]
    told = [(one.phone.in_full(), one.state, one.source, one.cost, one.owner_id) for one in came]
    assert told == [
        ("13800000011", "open", "social", 12_050, house.officer.pk),
        ("13800000012", "pool", "online", 0, None),
    ]
    contact(house, came[0])
    with pytest.raises(Conflict, match="lead-touched"):
        lead_undo(f"lead:{came[0].pk}", keeper)
    lead_undo(f"lead:{came[1].pk}", keeper)
    assert Lead.objects.count() == 2
