"""Customers on the screen: known before they are saved, masked, corrected, related, merged, on one timeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from chedai.crm.customers.kinds import CustomerKind, RelationKind, Trade
from chedai.crm.customers.models import Customer, Former, Relation
from chedai.crm.customers.services import customer_register, relation_add
from chedai.org.models import Staff
from chedai.platform.audit.models import AuditEntry
from chedai.platform.privacy.models import Consent
from tests import cast
from tests.browser.customers import FIRM, LI, PHONE, PNG, WANG
from tests.house import House

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

Browse = Callable[[Staff], Client]


def register(house: House, name: str = "王建国", owner: Staff | None = None, **other: Any) -> Customer:
    owner = owner or house.officer
    given: dict[str, Any] = {"kind": CustomerKind.PERSON, "store_id": owner.home_id, "owner_id": owner.pk} | other
    return customer_register(name=name, actor=cast.acting(owner), **given)


def far(house: House) -> Staff:
    """An officer of the other store."""
    return cast.person("he", "何远", house.west, "officer")


def new(house: House, **changed: str) -> dict[str, str]:
    given = {"kind": "person", "name": "王建国", "id_number": WANG, "phone": PHONE, "trade": "freight"}
    return given | {"store": str(house.east.pk), "owner": str(house.officer.pk)} | changed


def counted() -> tuple[int, int, int, int]:
    return (Customer.objects.count(), Relation.objects.count(), Former.objects.count(), AuditEntry.objects.count())


def test_a_customer_in_a_special_trade_is_registered_and_shown_masked(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    answer = client.post("/customers/new/", new(house))
    made = Customer.objects.get()
    assert answer["Location"] == f"/customers/{made.pk}/"
    assert (made.trade, made.owner_id, made.store_id) == (Trade.FREIGHT, house.officer.pk, house.east.pk)
    page = client.get(f"/customers/{made.pk}/").content.decode()
    for shown in ("王**", "138****8000", "110***********0011", "货运物流", "36 岁", "登记客户"):
        assert shown in page
    for hidden in ("王建国", PHONE, WANG, "1990-03-07"):
        assert hidden not in page


def test_a_firm_is_registered_by_its_credit_code_and_called_by_its_name(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    name = "杭州顺达物流有限公司"
    client.post("/customers/new/", new(house, kind="firm", name=name, id_number=FIRM, trade=""))
    made = Customer.objects.get()
    assert (made.kind, str(made.id_number)) == ("firm", "911***********341L")
    assert name in client.get("/customers/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"id_number": "110101199003070012"}, "id_number", "身份证号校验不通过"),
        ({"id_number": "1101011990030700"}, "id_number", "应为 18 位，现为 16 位"),
        ({"kind": "firm", "id_number": "91110000600037341X"}, "id_number", "统一社会信用代码校验不通过"),
        ({"phone": "12345"}, "phone", "电话号码不正确"),
        ({"name": ""}, "name", "id_name_error"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    house: House, browse: Browse, wrong: dict[str, str], field: str, said: str
) -> None:
    before = counted()
    answer = browse(house.officer).post("/customers/new/", new(house, **wrong))
    page = answer.content.decode().replace(",", "，")
    assert (answer.status_code, f'id="id_{field}_error"' in page, said in page) == (422, True, True)
    assert counted() == before


def test_a_known_identity_is_not_registered_twice_in_any_store(house: House, browse: Browse) -> None:
    register(house, id_number=WANG)
    officer, before = far(house), counted()
    given = new(house, store=str(house.west.pk), owner=str(officer.pk))
    answer = browse(officer).post("/customers/new/", given)
    assert (answer.status_code, 'id="id_id_number_error"' in answer.content.decode()) == (409, True)
    assert counted() == before


def test_an_officer_registers_for_nobody_else_and_for_no_other_store(house: House, browse: Browse) -> None:
    before = counted()
    for wrong in ({"owner": str(house.colleague.pk)}, {"store": str(house.west.pk)}):
        assert browse(house.officer).post("/customers/new/", new(house, **wrong)).status_code == 422
    assert counted() == before


def known(client: Client, of: str, typed: str, kind: str = "person") -> str:
    return client.post("/customers/known/", {"of": of, of: typed, "kind": kind}).content.decode()


def test_who_is_known_is_shown_while_typing_across_stores_as_far_as_the_rights_go(house: House, browse: Browse) -> None:
    made = register(house, phone=PHONE, id_number=WANG)
    mine, other = browse(house.officer), browse(far(house))
    for of, typed in (("phone", "138 0013 8000"), ("phone", "+8613800138000"), ("id_number", WANG.lower())):
        own, foreign = known(mine, of, typed), known(other, of, typed)
        assert f"/customers/{made.pk}/" in own
        for shown in ("王**", "城东店", "林晓"):
            assert shown in foreign
        for hidden in (f"/customers/{made.pk}/", "138****8000", "王建国", PHONE):
            assert hidden not in foreign
    assert known(mine, "phone", "13800138009").strip() == ""


def test_an_identity_number_says_birthday_and_sex_while_it_is_typed(house: House, browse: Browse) -> None:
    client = browse(house.officer)
    assert "1990-03-07 · 男 · 36 岁" in known(client, "id_number", WANG)
    assert "1990-03-07 · 女 · 36 岁" in known(client, "id_number", LI)
    assert "校验不通过" in known(client, "id_number", "110101199003070012")
    assert known(client, "id_number", "1101011990").strip() == ""
    assert "代码校验通过" in known(client, "id_number", FIRM, "firm")
    assert "校验不通过" in known(client, "id_number", FIRM, "person")


def find(client: Client, typed: str) -> str:
    return client.post("/customers/find/", {"q": typed}).content.decode()


def test_a_customer_is_found_by_what_is_known_of_them_and_only_in_reach(house: House, browse: Browse) -> None:
    made = register(house, phone=PHONE, id_number=WANG)
    mine, other = browse(house.officer), browse(far(house))
    for typed in ("王建国", "建国", "wangjianguo", "wjg", PHONE, "8000", WANG, "0011"):
        assert f"/customers/{made.pk}/" in find(mine, typed), typed
    assert f"/customers/{made.pk}/" in find(mine, str(made.pk))
    assert "王**" not in find(other, "王建国")  # a name alone finds nobody beyond one's reach
    assert "王**" not in find(other, str(made.pk))
    assert "请联系负责人" in find(other, PHONE)
    assert "没有找到" in find(mine, "王小") and "没有找到" in find(other, "8000")


def test_the_list_shows_masks_and_the_workbook_the_same(house: House, browse: Browse) -> None:
    register(house, phone=PHONE, id_number=WANG)
    register(house, "李秀英", owner=far(house), phone="13900139001")
    client = browse(house.officer)
    page = client.get("/customers/").content.decode()
    assert "138****8000" in page and "139****9001" not in page and PHONE not in page
    book = CalamineWorkbook.from_filelike(BytesIO(client.post("/customers/", {"act": "export"}).content))
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row if cell]
    assert "138****8000" in cells and "110***********0011" in cells
    assert not [cell for cell in cells if PHONE in cell or WANG in cell or "王建国" in cell]


def test_views_and_chips_of_the_list(house: House, browse: Browse) -> None:
    register(house, trade=Trade.TAXI)
    register(house, "杭州顺达物流有限公司", kind=CustomerKind.FIRM)
    client = browse(house.officer)
    rows = {
        query: client.get(f"/customers/?{query}").content.decode().count("data-row")
        for query in (
            "",
            "kind=person",
            "kind=firm",
            "trade=any",
            "trade=farming",
            f"owner={house.officer.pk}",
            "owner=x",
        )
    }
    assert list(rows.values()) == [2, 1, 1, 1, 0, 2, 0]


def change(client: Client, customer: Customer, **given: Any) -> Any:
    return client.post(f"/customers/{customer.pk}/change/", {"reason": "客户更正", "trade": customer.trade} | given)


def test_a_correction_keeps_what_was_before_with_reason_and_name(house: House, browse: Browse) -> None:
    customer, client = register(house, phone=PHONE), browse(house.officer)
    form = client.get(f"/customers/{customer.pk}/change/").content.decode()
    assert "138****8000" in form and PHONE not in form
    assert change(client, customer, phone="13900139001", trade="taxi").status_code == 302
    customer.refresh_from_db()
    assert (str(customer.phone), str(customer.name), customer.trade) == ("139****9001", "王**", "taxi")
    former = Former.objects.get()
    assert former.phone is not None and former.name is None
    assert (former.phone.in_full(), former.fields, former.reason.in_full()) == (PHONE, "phone", "客户更正")
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "更正前的资料" in page and "138****8000" in page and "139****9001" in page


def test_a_value_is_taken_away_only_where_that_is_ticked(house: House, browse: Browse) -> None:
    customer, client = register(house, phone=PHONE), browse(house.officer)
    assert change(client, customer, gone=["phone"]).status_code == 302
    customer.refresh_from_db()
    assert (customer.phone, str(customer.name)) == (None, "王**")


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"id_number": "110101199003070012"}, {"reason": f"改 {PHONE}"}])
def test_a_correction_without_reason_or_with_a_wrong_value_changes_nothing(
    house: House, browse: Browse, wrong: dict[str, str]
) -> None:
    customer = register(house, phone=PHONE)
    before = counted()
    answer = change(browse(house.officer), customer, address="文三路 478 号", **wrong)
    assert (answer.status_code, counted()) == (422, before)
    customer.refresh_from_db()
    assert customer.address is None


def test_relations_are_added_by_telephone_or_identity_of_any_store_and_ended(house: House, browse: Browse) -> None:
    one = register(house, id_number=WANG)
    two = register(house, "李秀英", owner=far(house), id_number=LI, phone="13900139001")
    client = browse(house.officer)
    address = f"/customers/{one.pk}/relations/new/"
    assert client.post(address, {"kind": "spouse", "other": "13900139001"}).status_code == 302
    assert client.post(address, {"kind": "guarantor", "other": LI}).status_code == 302
    assert {(r.customer_id, r.other_id, r.kind) for r in Relation.objects.all()} == {
        (one.pk, two.pk, "spouse"),
        (two.pk, one.pk, "spouse"),
        (one.pk, two.pk, "guarantor"),
    }
    page = client.get(f"/customers/{one.pk}/").content.decode()
    assert "配偶" in page and "李**" in page and f"/customers/{two.pk}/" not in page
    held = Relation.objects.get(kind="guarantor")
    assert client.post(f"/customers/relations/{held.pk}/end/").status_code == 302
    held.refresh_from_db()
    assert held.ended_at is not None
    assert "以前的关系" in client.get(f"/customers/{one.pk}/").content.decode()
    assert client.post(f"/customers/relations/{held.pk}/end/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "other", "field", "said"),
    [
        ("spouse", "13911111111", "other", "没有这位客户"),
        ("spouse", FIRM, "kind", "亲属关系只存在于个人之间"),
        ("legal_representative", LI, "kind", "法定代表人"),
        ("guarantor", PHONE, "other", "多位客户用这个电话"),
        ("guarantor", WANG, "other", "不能与本人建立关系"),
    ],
)
def test_a_relation_that_cannot_be_is_refused_at_its_field(
    house: House, browse: Browse, kind: str, other: str, field: str, said: str
) -> None:
    one = register(house, id_number=WANG, phone=PHONE)
    register(house, "李秀英", id_number=LI, phone=PHONE)
    register(house, "杭州顺达物流有限公司", kind=CustomerKind.FIRM, id_number=FIRM)
    before = counted()
    answer = browse(house.officer).post(f"/customers/{one.pk}/relations/new/", {"kind": kind, "other": other})
    page = answer.content.decode()
    assert (answer.status_code, said in page, f'id="id_{field}_error"' in page) == (422, True, True)
    assert counted() == before


def test_a_record_number_out_of_reach_makes_no_relation(house: House, browse: Browse) -> None:
    one, two = register(house), register(house, "李秀英", owner=far(house))
    answer = browse(house.officer).post(
        f"/customers/{one.pk}/relations/new/", {"kind": "guarantor", "other": str(two.pk)}
    )
    assert (answer.status_code, Relation.objects.count()) == (422, 0)


def test_two_records_become_one_with_both_histories_and_relations(house: House, browse: Browse) -> None:
    keep, gone = register(house, id_number=WANG), register(house, phone=PHONE)
    spouse = register(house, "李秀英", id_number=LI)
    of = {"kind": RelationKind.SPOUSE, "actor": cast.acting(house.officer)}
    relation_add(customer_id=gone.pk, other_id=spouse.pk, **of)  # type: ignore[arg-type]
    change(browse(house.officer), gone, address="文三路 478 号")
    client = browse(house.manager)
    assert f"?other={gone.pk}" in client.get(f"/customers/{keep.pk}/merge/").content.decode()
    beside = client.get(f"/customers/{keep.pk}/merge/?other={gone.pk}").content.decode()
    assert "138****8000" in beside and PHONE not in beside
    address = f"/customers/{keep.pk}/merge/?other={gone.pk}"
    assert client.post(address, {"reason": "重复建档"}).status_code == 422  # not confirmed
    assert client.post(address, {"reason": "重复建档", "sure": "on"})["Location"] == f"/customers/{keep.pk}/"
    assert client.get(f"/customers/{gone.pk}/")["Location"] == f"/customers/{keep.pk}/"
    page = client.get(f"/customers/{keep.pk}/").content.decode()
    assert page.count("<h3>登记客户</h3>") == 2  # both records tell where they came from
    for shown in ("138****8000", "李**", "更正前的资料", f"客户号 {gone.pk} 并入"):
        assert shown in page


def test_two_people_are_not_merged(house: House, browse: Browse) -> None:
    one, two = register(house, id_number=WANG), register(house, "李秀英", id_number=LI)
    before = counted()
    given = {"reason": "看错了", "sure": "on"}
    answer = browse(house.manager).post(f"/customers/{one.pk}/merge/?other={two.pk}", given)
    assert (answer.status_code, "证件号不同" in answer.content.decode(), counted()) == (422, True, before)


def test_a_consent_is_given_with_a_photograph_seen_and_withdrawn(house: House, browse: Browse) -> None:
    customer, client = register(house), browse(house.officer)
    address = f"/customers/{customer.pk}/consents/new/"
    file = SimpleUploadedFile("王建国授权书.png", PNG, content_type="image/png")
    given = {"purpose": "credit_bureau", "wording": "ZX-2026-10", "file": file}
    assert client.post(address, given).status_code == 302
    consent = Consent.objects.get()
    assert re.fullmatch(r"paper:\d+", consent.evidence)
    paper = consent.evidence.removeprefix("paper:")
    shown = client.get(f"/customers/{customer.pk}/papers/{paper}/")
    assert (shown.status_code, shown["Content-Type"], b"".join(shown) == PNG) == (200, "image/png", True)
    other = register(house, "李秀英")
    assert client.get(f"/customers/{other.pk}/papers/{paper}/").status_code == 404
    assert "已同意" in client.get(f"/customers/{customer.pk}/").content.decode()
    away = f"/customers/{customer.pk}/consents/credit_bureau/withdraw/"
    assert client.post(away).status_code == 302
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert "已同意" not in page and "以前的授权" in page
    assert client.post(away).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"filed": ""}, "file"),
        ({"filed": "王建国的授权书"}, "filed"),
        ({"filed": f"A-{PHONE}"}, "filed"),
        ({"wording": f"版本 {PHONE}"}, "wording"),
        ({"purpose": "resale"}, "purpose"),
    ],
)
def test_a_consent_without_proof_or_with_a_person_in_its_number_is_refused(
    house: House, browse: Browse, wrong: dict[str, str], field: str
) -> None:
    customer = register(house)
    given = {"purpose": "marketing", "wording": "YX-2026-01", "filed": "A-2026-031"}
    answer = browse(house.officer).post(f"/customers/{customer.pk}/consents/new/", given | wrong)
    assert (answer.status_code, f'id="id_{field}_error"' in answer.content.decode()) == (422, True)
    assert not Consent.objects.exists()


def test_others_of_the_store_and_those_without_the_right_see_nothing(house: House, browse: Browse) -> None:
    customer = register(house, phone=PHONE)
    for staff, status in ((house.colleague, 404), (far(house), 404), (house.nobody, 403), (house.admin, 403)):
        assert browse(staff).get(f"/customers/{customer.pk}/").status_code == status
    for staff in (house.manager, house.approver, house.auditor):
        assert browse(staff).get(f"/customers/{customer.pk}/").status_code == 200
    assert browse(house.manager).get(f"/customers/{customer.pk}/change/").status_code == 200
    assert browse(house.approver).get(f"/customers/{customer.pk}/change/").status_code == 403
