"""A value in full for a reason and half a minute; deletion that respects what a law holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer, Former
from chedai.crm.customers.services import customer_change, customer_register
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.selectors import reasons
from chedai.platform.privacy import registry
from chedai.platform.privacy.models import Consent, Erasure
from chedai.platform.privacy.registry import Hold, Holder
from chedai.platform.privacy.services import consent_give
from tests import cast
from tests.browser.customers import PHONE, WANG
from tests.conftest import MOMENT
from tests.house import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

Browse = Callable[[Staff], Client]
RULE = "retention.aml"


@pytest.fixture
def wang(house: House) -> Customer:
    of = {"store_id": house.east.pk, "owner_id": house.officer.pk, "actor": cast.acting(house.officer)}
    kind = CustomerKind.PERSON
    return customer_register(kind=kind, name="王建国", phone=PHONE, id_number=WANG, **of)  # type: ignore[arg-type]


@pytest.fixture
def officer_of_compliance(house: House) -> Staff:
    return cast.person("zheng", "郑合", house.east, "compliance")


def there(customer: Customer, field: str = "phone") -> str:
    return f"/privacy/reveal/customer/{customer.pk}/{field}/"


def revealed() -> list[dict[str, Any]]:
    """What the log says of values seen in full."""
    rows = list(AuditEntry.objects.filter(action="personal.revealed").order_by("seq"))
    given = reasons(row.seq for row in rows)
    return [{**json.loads(bytes(row.body)), "reason": given.get(row.seq)} for row in rows]


def test_the_page_shows_an_eye_to_who_may_see_and_to_nobody_else(house: House, browse: Browse, wang: Customer) -> None:
    for staff, eyes in ((house.officer, 3), (house.approver, 3), (house.manager, 0), (house.auditor, 0)):
        page = browse(staff).get(f"/customers/{wang.pk}/").content.decode()
        assert (page.count("btn-eye"), "138****8000" in page, PHONE in page) == (eyes, True, False)


def test_a_value_is_shown_for_a_reason_and_goes_on_record_without_itself(
    house: House, browse: Browse, wang: Customer
) -> None:
    client = browse(house.officer)
    asking = client.get(f"{there(wang)}?ask=1").content.decode()
    assert 'name="reason"' in asking and PHONE not in asking
    answer = client.post(there(wang), {"reason": "联系客户"})
    page = answer.content.decode()
    assert (PHONE in page, 'data-countdown="30"' in page) == (True, True)
    assert answer["Cache-Control"] == "private, no-store"
    (entry,) = revealed()
    assert (entry["subject"], entry["facts"], entry["reason"]) == (
        f"customer:{wang.pk}",
        {"field": "phone", "kind": "phone"},
        "联系客户",
    )
    assert entry["actor"] == cast.acting(house.officer).key
    masked = client.get(there(wang)).content.decode()
    assert "138****8000" in masked and PHONE not in masked
    assert "查看完整信息" in client.get(f"/customers/{wang.pk}/").content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "看看", f"打 {PHONE}"])
def test_without_a_reason_or_with_a_number_in_it_nothing_is_shown(
    house: House, browse: Browse, wang: Customer, reason: str
) -> None:
    answer = browse(house.officer).post(there(wang), {"reason": reason})
    assert (answer.status_code, 'aria-invalid="true"' in answer.content.decode()) == (422, True)
    assert (revealed(), "reveal-full" in answer.content.decode()) == ([], False)


def test_who_may_not_see_gets_nothing_and_no_value_is_no_value(house: House, browse: Browse, wang: Customer) -> None:
    far = cast.person("he", "何远", house.west, "officer")
    for staff in (house.colleague, house.manager, house.auditor, house.admin, far):
        for answer in (browse(staff).get(there(wang)), browse(staff).post(there(wang), {"reason": "联系客户"})):
            assert (answer.status_code, PHONE in answer.content.decode()) == (403, False)
    client = browse(house.officer)
    for address in (there(wang, "address"), there(wang, "store"), there(wang).replace("customer/", "staff/")):
        assert client.post(address, {"reason": "联系客户"}).status_code == 404
    assert revealed() == []


@pytest.fixture
def law() -> Iterator[dict[str, date]]:
    """A law that holds every customer until `until`, where the test says one."""
    said: dict[str, date] = {}
    purposes, holders = dict(registry.purposes()), dict(registry.holders())
    real = holders["customer"]

    def hold(number: int, on: date) -> Hold | None:
        until = said.get("until")
        return Hold(until, RULE) if until is not None and until >= on else None

    registry.install(purposes, {**holders, "customer": Holder(hold, real.restrict, real.erase, real.expired)})
    yield said
    registry.install(purposes, holders)


def ask(client: Client, customer: Customer, **given: str) -> Any:
    return client.post(f"/privacy/erase/customer/{customer.pk}/", {"reason": "本人到店书面申请", "sure": "on"} | given)


def test_what_no_law_holds_is_deleted_at_once_with_old_values_and_consents(
    house: House, browse: Browse, wang: Customer, law: dict[str, date], officer_of_compliance: Staff
) -> None:
    actor = cast.acting(house.officer)
    customer_change(customer_id=wang.pk, reason="换号", actor=actor, phone="13900139001")
    subject = f"customer:{wang.pk}"
    consent_give(subject=subject, purpose="marketing", wording="YX-1", evidence="filed:A-1", actor=actor)
    client = browse(officer_of_compliance)
    assert "没有法律要求保存" in client.get(f"/privacy/erase/customer/{wang.pk}/").content.decode()
    assert ask(client, wang, sure="").status_code == 422
    answer = ask(client, wang)
    erasure = Erasure.objects.get()
    assert (answer["Location"], erasure.state) == (f"/privacy/{erasure.pk}/", "erased")
    wang.refresh_from_db()
    assert (wang.state, wang.phone, wang.id_number, str(wang.name)) == ("erased", None, None, "")
    assert not Former.objects.exists()
    assert not Consent.objects.filter(withdrawn_at=None).exists()
    assert client.get(f"/customers/{wang.pk}/").status_code == 404
    assert "个人信息已全部删除" in client.get(f"/privacy/{erasure.pk}/").content.decode()


def test_what_a_law_holds_is_out_of_sight_until_the_day_and_then_deleted_by_hand(
    house: House, browse: Browse, wang: Customer, law: dict[str, date], officer_of_compliance: Staff
) -> None:
    law["until"] = date(2031, 11, 20)
    client = browse(officer_of_compliance)
    page = client.get(f"/privacy/erase/customer/{wang.pk}/").content.decode()
    assert "法律要求保存至 2031-11-20" in page and RULE in page
    ask(client, wang)
    erasure = Erasure.objects.get()
    wang.refresh_from_db()
    assert (erasure.state, erasure.hold, erasure.held_until, wang.state) == (
        "restricted",
        RULE,
        date(2031, 11, 20),
        "restricted",
    )
    assert str(wang.phone) == "138****8000"
    for staff in (house.officer, house.manager, officer_of_compliance):
        assert browse(staff).get(f"/customers/{wang.pk}/").status_code == 404
        assert "138****8000" not in browse(staff).get("/customers/").content.decode()
    assert browse(house.officer).post(there(wang), {"reason": "联系客户"}).status_code == 404
    assert "2031-11-20 之后才能删除" in client.get(f"/privacy/{erasure.pk}/").content.decode()
    early = client.post(f"/privacy/{erasure.pk}/carry-out/")
    wang.refresh_from_db()
    assert (early.status_code, wang.state, RULE in early.content.decode()) == (422, "restricted", True)
    with clock.frozen(MOMENT.replace(year=2031, day=21)):
        client = browse(officer_of_compliance)
        assert "data-row" in client.get("/privacy/?state=over").content.decode()
        assert client.post(f"/privacy/{erasure.pk}/carry-out/").status_code == 302
        assert client.post(f"/privacy/{erasure.pk}/carry-out/").status_code == 409
    wang.refresh_from_db()
    assert (wang.state, wang.phone) == ("erased", None)


def test_a_request_is_made_once_and_needs_to_say_how_it_came(
    browse: Browse, wang: Customer, law: dict[str, date], officer_of_compliance: Staff
) -> None:
    law["until"] = date(2031, 11, 20)
    client = browse(officer_of_compliance)
    for reason in ("", f"来电 {PHONE}"):
        assert ask(client, wang, reason=reason).status_code == 422
    assert not Erasure.objects.exists()
    assert ask(client, wang).status_code == 302
    assert ask(client, wang).status_code == 404  # out of sight already
    assert Erasure.objects.count() == 1


def test_only_compliance_of_the_store_deletes(
    house: House, browse: Browse, wang: Customer, law: dict[str, date], officer_of_compliance: Staff
) -> None:
    far = cast.person("tang", "唐合", house.west, "compliance")
    for staff, status in ((house.officer, 403), (house.manager, 403), (house.auditor, 403), (far, 404)):
        assert ask(browse(staff), wang).status_code == status
    assert not Erasure.objects.exists()
    ask(browse(officer_of_compliance), wang)
    erasure = Erasure.objects.get()
    assert browse(far).get(f"/privacy/{erasure.pk}/").status_code == 404
    assert "data-row" not in browse(far).get("/privacy/").content.decode()
    assert "data-row" in browse(officer_of_compliance).get("/privacy/").content.decode()


def test_every_page_with_personal_data_carries_the_watermark(
    browse: Browse, wang: Customer, officer_of_compliance: Staff
) -> None:
    client = browse(officer_of_compliance)
    for address in ("/customers/", f"/customers/{wang.pk}/", "/privacy/", f"/privacy/erase/customer/{wang.pk}/"):
        page = client.get(address).content.decode()
        assert 'class="watermark"' in page and "郑合 2026-11-20 10:00" in page
