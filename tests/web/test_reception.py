"""The showroom on the screen: six fields, a queue, leads that need a next date; and who may do what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.crm.reception.leads import lead_register
from chedai.crm.reception.models import Lead, LeadContact, Need, Visit
from chedai.crm.reception.states import LeadState, Source
from chedai.org.models import Staff
from chedai.platform import clock
from tests import cast
from tests.conftest import MOMENT
from tests.house import House, chief

Browse = Callable[[Staff], Client]


def sent(client: Client, address: str, status: int = 302, **fields: str) -> str:
    answer = client.post(address, {"form_key": str(uuid4()), **fields})
    assert answer.status_code == status
    return answer.content.decode()


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


VISIT = {
    "name": "王女士",
    "phone": "13808002107",
    "purpose": "finance",
    "source": "walk_in",
    "interest": "海豚",
    "next_contact_on": "2026-11-22",
}


def lead(house: House, phone: str = "13800000001", owner: Staff | None = None) -> Lead:
    return lead_register(
        store_id=house.east.pk,
        owner_id=owner.pk if owner else None,
        name="赵先生",
        phone=phone,
        source=Source.ONLINE,
        interest="",
        next_contact_on=date(2026, 11, 21) if owner else None,
        actor=cast.acting(house.officer),
    )


def test_a_visit_is_six_fields_and_stands_in_the_queue_at_once(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    said = page(client, "/reception/")
    form = said[said.index('aria-labelledby="new-title"') :]
    form = form[: form.index("</form>")]
    visible = [part for part in form.split("<") if part.startswith(("input", "select")) and 'type="hidden"' not in part]
    assert len(visible) == 6
    sent(client, "/reception/", **VISIT)
    said = page(client, "/reception/")
    assert "1 号 王**" in said
    assert "138****2107" in said
    assert "13808002107" not in said


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(house: House, browse: Browse) -> None:
    said = sent(browse(house.officer), "/reception/", 422, **{**VISIT, "next_contact_on": ""})
    assert "请选下次联系日期" in said
    assert 'value="王女士"' in said
    assert (Visit.objects.count(), Lead.objects.count()) == (0, 0)


def test_the_next_one_is_called_and_leaves(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    sent(client, "/reception/", **VISIT)
    client.post("/reception/next/")
    visit = Visit.objects.get()
    assert (visit.officer, Lead.objects.get().owner) == (house.officer, house.officer)
    client.post(f"/reception/{visit.pk}/leave/")
    assert client.post(f"/reception/{visit.pk}/leave/").status_code == 409
    client.post("/reception/next/")
    assert "没有人在等候" in page(client, "/reception/")


def test_a_long_wait_is_red(house: House, browse: Browse) -> None:
    with clock.frozen(MOMENT - timedelta(minutes=25)):
        sent(browse(house.officer), "/reception/", **VISIT)
    said = page(browse(house.manager), "/reception/")
    assert "1 人等候过久" in said
    assert "25 分" in said


def test_another_store_stays_closed(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    page(client, f"/reception/?store={house.west.pk}", 403)
    page(client, "/reception/?store=x", 404)
    page(browse(house.nobody), "/reception/", 403)
    sent(client, "/reception/", 403, **VISIT, store=str(house.west.pk))
    assert Visit.objects.count() == 0


def test_a_contact_without_a_next_date_is_not_kept(house: House, browse: Browse) -> None:
    found, client = lead(house, owner=house.officer), browse(house.officer)
    fields = {"channel": "call", "outcome": "reached", "note": "周末试驾"}
    assert "请选下次联系日期" in sent(client, f"/leads/{found.pk}/", 422, **fields)
    assert LeadContact.objects.count() == 0
    sent(client, f"/leads/{found.pk}/", **fields, next_contact_on="2026-11-28")
    assert "周末试驾" in page(client, f"/leads/{found.pk}/")


@pytest.mark.parametrize("who", ["colleague", "nobody"])
def test_a_lead_of_somebody_else_stays_closed(house: House, browse: Browse, who: str) -> None:
    found = lead(house, owner=house.officer)
    client = browse(getattr(house, who))
    for address in ("", "lose/"):
        page(client, f"/leads/{found.pk}/{address}", 403)
    sent(client, f"/leads/{found.pk}/", 403, channel="call", outcome="reached", next_contact_on="2026-11-28")
    assert LeadContact.objects.count() == 0


def test_a_lead_in_the_pool_is_taken_once(house: House, browse: Browse) -> None:
    found = lead(house)
    first, second = browse(house.officer), browse(house.colleague)
    assert "赵**" in page(first, "/leads/?state=pool")
    sent(first, f"/leads/{found.pk}/take/", next_contact_on="2026-11-22")
    assert "正在跟进" in sent(second, f"/leads/{found.pk}/take/", 409, next_contact_on="2026-11-22")
    assert Lead.objects.get().owner == house.officer


def test_who_sees_every_lead_sees_more_than_the_pool(house: House, browse: Browse) -> None:
    first, second = lead(house, owner=house.officer), lead(house, "13800000002")
    Lead.objects.filter(pk=second.pk).update(state="pool", owner=None, next_contact_on=None)
    everything = page(browse(chief(house)), "/leads/")
    assert [f"/leads/{one.pk}/" in everything for one in (first, second)] == [True, True]


def test_a_lead_is_registered_and_lost(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    fields = {"name": "钱", "phone": "13800000005", "source": "online", "cost": "120", "next_contact_on": "2026-11-22"}
    sent(client, "/leads/new/", **fields)
    found = Lead.objects.get()
    assert found.cost == 12_000
    assert "撞单" in sent(browse(house.colleague), "/leads/new/", 409, **fields)
    sent(client, f"/leads/{found.pk}/lose/", reason="no_interest")
    found.refresh_from_db()
    assert found.state == LeadState.LOST


def test_needs_keep_every_version(house: House, browse: Browse) -> None:
    customer = customer_register(
        kind=CustomerKind.PERSON,
        name="王建国",
        store_id=house.east.pk,
        owner_id=house.officer.pk,
        actor=cast.acting(house.officer),
    )
    client, address = browse(house.officer), f"/customers/{customer.pk}/needs/"
    sent(client, address, budget="150000", tags="七座，智驾")
    assert "请写明需求变化的原因" in sent(client, address, 422, budget="180000")
    sent(client, address, budget="180000", reason="补贴到账")
    assert [(n.version, n.budget, n.tags) for n in Need.objects.order_by("version")] == [
        (1, 15_000_000, sorted(["七座", "智驾"])),
        (2, 18_000_000, []),
    ]
    page(browse(house.colleague), address, 403)


def test_what_becomes_of_leads(house: House, browse: Browse) -> None:
    lead(house, owner=house.officer)
    said = page(browse(house.manager), "/leads/figures/")
    assert "垂直网站" in said
    assert "林晓" in said
    page(browse(house.officer), "/leads/figures/", 403)
