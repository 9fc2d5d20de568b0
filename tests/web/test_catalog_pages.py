"""The catalogue on the screen: seen by who may, kept by who keeps it, published by a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chedai.catalog.models import AddOn, Lender, Product, ProductVersion, Promotion, Vehicle, VehicleBinding
from chedai.catalog.products.selectors import catalogue_on, product_version
from chedai.catalog.starter.proof import proof
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.approvals.models import Approval
from tests import cast
from tests.browser import catalog_rooms
from tests.deals.quoting import deal_for, shelf
from tests.house import House, chief
from tests.support.ground import begins_with

pytestmark = [pytest.mark.django_db, begins_with(shelf)]
Browse = Callable[[Staff], Client]
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def addresses(house: House) -> list[str]:
    return catalog_rooms.furnish(house)


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content


def fields(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send of a form that nobody touched."""
    form, sent = client.get(address).context["form"], {}
    for bound in form:
        value = bound.value()
        if value is None or value is False:
            continue
        sent[bound.html_name] = "on" if value is True else value
    return sent


def test_every_page_opens_in_both_languages(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(chief(house))
    menu = [f"/catalog/{room}/" for room in ("lenders", "products", "promotions", "models", "vehicles", "add-ons")]
    for language in ("zh-hans", "en"):
        client.post("/language/", {"language": language})
        assert {a: client.get(a).status_code for a in (*addresses, *menu)} == dict.fromkeys((*addresses, *menu), 200)


def test_who_only_reads_sees_no_act_and_no_cost(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(house.officer)
    page = text(client.get("/catalog/lenders/jianghe/"))
    assert "江河银行（样例）" in page and "登记协议" not in page
    assert client.get("/catalog/add-ons/film/").status_code == 403
    assert "760.00" not in text(client.get("/catalog/add-ons/"))
    assert client.post("/catalog/lenders/jianghe/block/", {"reason": "x"}).status_code == 403


def test_a_lender_is_registered_with_its_proof_and_its_secret_is_never_shown(house: House, browse: Browse) -> None:
    client = browse(house.manager)
    sent = {
        "name": "新桥银行",
        "code": "xinqiao",
        "kind": "bank",
        "channel": "http",
        "endpoint": "https://lender.example/in",
        "secret": "never-to-be-seen",
        "filing_number": "备-9",
        "filing": SimpleUploadedFile("备案.pdf", proof("FILING", "x"), "application/pdf"),
    }
    answer = client.post("/catalog/lenders/new/", sent)
    assert answer["Location"] == "/catalog/lenders/xinqiao/"
    made = Lender.objects.get(code="xinqiao")
    assert made.filing_paper_id is not None
    for address in ("/catalog/lenders/xinqiao/", "/catalog/lenders/xinqiao/change/"):
        assert "never-to-be-seen" not in text(client.get(address))
    opened = client.get(f"/catalog/lenders/xinqiao/papers/{made.filing_paper_id}/")
    assert opened["Content-Type"] == "application/pdf"


@begins_with()
def test_what_is_wrong_with_a_lender_stands_at_its_field(house: House, browse: Browse) -> None:
    answer = browse(house.manager).post(
        "/catalog/lenders/new/", {"name": "新桥银行", "code": "新桥", "kind": "bank", "channel": "http"}
    )
    assert answer.status_code == 422
    assert [name in answer.context["form"].errors for name in ("code", "endpoint", "secret")] == [True] * 3
    assert not Lender.objects.exists()


def test_a_version_saved_untouched_says_exactly_what_it_was_begun_with(
    house: House, browse: Browse, addresses: list[str]
) -> None:
    client = browse(house.manager)
    for product in Product.objects.exclude(code__in=("jianghe-auto", "haiyue-auto")):
        address = f"/catalog/products/{product.code}/write/"
        answer = client.post(address, fields(client, address) | {"starts": "2026-12-01"})
        assert answer.status_code == 302, (product.code, answer.context["form"].errors)
        old, new = product.versions.order_by("number")
        now = {p.code: p for p in catalogue_on(DECEMBER).products}[product.code]
        assert engine_of(new.pk) == (now.rates, now.fees, now.repayments, now.settlement, now.max_ltv, now.min_down)
        assert {p.paper: p for p in new.requirements.papers} == {p.paper: p for p in old.requirements.papers}
        assert new.needs | {"papers": []} == old.needs | {"papers": []}


def test_a_version_takes_more_fees_and_tiers_than_stand_ready(
    house: House, browse: Browse, addresses: list[str]
) -> None:
    client, address = browse(house.manager), "/catalog/products/jianghe-auto/write/"
    rows = {"tier_3_months": "18", "tier_3_share": "2", "tier_5_months": "30", "tier_5_share": "1"}
    for row in range(7):
        rows |= {f"fee_{row}_name": f"费用{row}", f"fee_{row}_measure": str(100 + row)}
        rows |= {f"fee_{row}_when": "upfront", f"fee_{row}_payee": "lender", f"fee_{row}_in": "on"}
    answer = client.post(address, fields(client, address) | {"starts": "2026-12-01"} | rows)
    assert answer.status_code == 302, answer.context["form"].errors
    new = Product.objects.get(code="jianghe-auto").versions.latest("number")
    assert new.terms["fees"] == [f"费用{row}:{100 + row}:upfront:lender:in" for row in range(7)]
    assert {"18": "2", "30": "1"}.items() <= new.terms["settlement"]["tiers"].items()
    page = text(client.get(f"/catalog/products/versions/{new.pk}/write/"))
    assert 'name="fee_6_name"' in page


def engine_of(pk: int) -> tuple[Any, ...]:
    from_form = product_version(pk)
    ProductVersion.objects.filter(pk=pk).update(state="published")
    found = next(p for p in catalogue_on(from_form.starts).products if p.version == str(pk))
    ProductVersion.objects.filter(pk=pk).update(state="draft")
    return found.rates, found.fees, found.repayments, found.settlement, found.max_ltv, found.min_down


def test_a_figure_over_a_limit_comes_back_with_the_limit(house: House, browse: Browse, addresses: list[str]) -> None:
    client, address = browse(house.manager), "/catalog/products/jianghe-used/write/"
    answer = client.post(address, fields(client, address) | {"starts": "2026-12-01", "max_ltv": "80"})
    assert answer.status_code == 422
    assert "贷款成数 80% 超过上限 70%" in text(answer)
    assert Product.objects.get(code="jianghe-used").versions.count() == 1


def test_a_version_is_published_by_a_second_person_who_sees_what_differs(house: House, browse: Browse) -> None:
    catalog_rooms.furnish(house)
    approval = Approval.objects.get(action="product.publish")
    publisher = cast.person("gu", "顾清", house.east, "compliance", everywhere=True)
    client = browse(publisher)
    page = text(client.get(f"/approvals/{approval.pk}/"))
    assert all(said in page for said in ("3 处与现行版不同", "5.58%", "5.88%"))
    sent = {"verdict": "approve", "digest": approval.digest, "opinion": ""}
    assert client.post(f"/approvals/{approval.pk}/", sent).status_code == 302
    version = ProductVersion.objects.get(approval=approval)
    assert (version.state, version.published_by_id) == ("published", publisher.user_id)
    assert "待发布" not in text(client.get("/catalog/products/jianghe-auto/"))


def test_the_writer_submits_and_takes_back_a_draft(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(house.manager)
    draft = ProductVersion.objects.get(state="draft")
    assert client.post(f"/catalog/products/versions/{draft.pk}/submit/").status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.approval_id is None) == ("pending", False)
    assert client.post(f"/catalog/products/versions/{draft.pk}/withdraw/").status_code == 302
    draft.refresh_from_db()
    assert draft.state == "withdrawn"
    assert draft.approval is not None and draft.approval.state == "withdrawn"


def test_a_promotion_is_opened_from_what_people_type(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(house.manager)
    sent = {
        "name": "双旦贴息",
        "code": "shuangdan",
        "products": ["jianghe-auto"],
        "starts": "2026-12-20",
        "ends": "2027-01-05",
        "quota": "30",
        "rates": "12=1.88，36=2.88",
        "subsidies": "厂家=60, 经销商=40",
        "priority": "5",
    }
    assert client.post("/catalog/promotions/new/", sent)["Location"] == "/catalog/promotions/shuangdan/"
    made = Promotion.objects.get(code="shuangdan")
    assert (made.terms["rates"], made.terms["subsidies"]) == (
        {"12": "1.88", "36": "2.88"},
        {"厂家": "60", "经销商": "40"},
    )
    wrong = client.post("/catalog/promotions/new/", sent | {"code": "again", "rates": "36 2.88"})
    assert (wrong.status_code, "rates" in wrong.context["form"].errors) == (422, True)
    stopped = client.post("/catalog/promotions/shuangdan/stop/", {"reason": "预算调整"})
    assert stopped.status_code == 302 and "已停止" in text(client.get("/catalog/promotions/shuangdan/"))


def test_the_rule_of_the_shelf_is_set(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(house.manager)
    assert (
        client.post("/catalog/promotions/rule/", {"conflict": "priority", "cash_discount": "2,500"}).status_code == 302
    )
    shelf = catalogue_on(date(2026, 11, 20))
    assert (shelf.conflict, shelf.cash_discount) == ("priority", 250_000)


def test_a_vin_is_checked_while_it_is_typed(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(house.officer)
    check = "/catalog/vehicles/check/"
    assert "第 9 位应为 X" in text(client.get(check, {"vin": "1M8GDM9A0KP042788"}))
    assert "已登记" in text(client.get(check, {"vin": catalog_rooms.NEW.lower()}))
    assert "校验位相符" in text(client.get(check, {"vin": "11111111111111111"}))
    assert text(client.get(check, {"vin": ""})).strip() == ""


def test_a_car_is_registered_valued_and_changed_from_the_screen(
    house: House, browse: Browse, addresses: list[str]
) -> None:
    client = browse(house.officer)
    sent = {"vin": "11111111111111111", "model": "jg-a1-305", "invoice_price": "70,000", "mileage": "8"}
    address = client.post("/catalog/vehicles/new/", sent)["Location"]
    again = client.post("/catalog/vehicles/new/", sent)
    assert (again.status_code, "vin" in again.context["form"].errors) == (409, True)
    assert client.post(f"{address}bundled/", {"name": "脚垫", "amount": "1,280"}).status_code == 302
    assert "68,720.00" in text(client.get(address))
    assert client.post(f"{address}change/", {"plate": "沪ad12345", "mileage": "9"}).status_code == 302
    assert Vehicle.objects.get(vin="11111111111111111").plate == "沪AD12345"
    used = Vehicle.objects.get(vin=catalog_rooms.USED)
    assert "98,600.00" in text(client.get(f"/catalog/vehicles/{used.pk}/"))
    value = {"source": "auction", "valuer": "拍卖行", "amount": "95,000", "valued_on": "2026-11-19"}
    assert client.post(f"/catalog/vehicles/{used.pk}/value/", value).status_code == 302
    assert "95,000.00" in text(client.get(f"/catalog/vehicles/{used.pk}/"))


def test_a_car_leads_to_its_deal_for_who_may_see_it(house: House, browse: Browse, addresses: list[str]) -> None:
    found, deal = Vehicle.objects.order_by("pk")[0], deal_for(house)
    VehicleBinding.objects.create(vehicle=found, deal_id=deal.pk, bound_at=clock.now(), released_at=clock.now())
    where = f"/catalog/vehicles/{found.pk}/"
    assert f'href="/deals/{deal.number}/"' in text(browse(house.officer).get(where))
    theirs = text(browse(house.colleague).get(where))
    assert ("其他案卷" in theirs, deal.number in theirs) == (True, False)


def test_an_add_on_is_registered_and_changed(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(house.manager)
    sent = {"kind": "service", "name": "道路救援", "code": "rescue", "price": "299", "cost": "120", "payee": "other"}
    assert client.post("/catalog/add-ons/new/", sent | {"payee_name": "驰援"}).status_code == 302
    assert client.post("/catalog/add-ons/rescue/", {"price": "350", "cost": "150"}).status_code == 302
    made = AddOn.objects.get(code="rescue")
    assert (made.price, made.costing.cost, made.is_offered) == (35_000, 15_000, False)


def test_the_lists_say_what_stands_where(house: House, browse: Browse, addresses: list[str]) -> None:
    client = browse(house.officer)
    page = text(client.get("/catalog/lenders/"))
    until = (date(2026, 11, 20) + timedelta(days=20)).isoformat()
    assert 'class="amber"' in page and until in page
    assert "4.88% – 6.28%" in text(client.get("/catalog/products/"))
    assert "名额" in text(client.get("/catalog/promotions/"))
