"""The catalogue over the interface: what is sold by whom, and a car registered by its VIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chedai.catalog.models import ProductVersion, Vehicle
from chedai.catalog.vehicles.services import vehicle_bind
from chedai.platform.actors import system
from tests.api.conftest import Caller, body
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf),
    pytest.mark.usefixtures("held_clock"),
]
SYSTEM = system("test")
VIN = "1M8GDM9AXKP042788"


@pytest.fixture
def officer(calling: Callable[..., Caller]) -> Caller:
    given(shelf)
    return calling("lin", "officer", everywhere=False)


def by_code(caller: Caller, path: str) -> dict[str, Any]:
    return {one["code"]: one for one in body(caller.get(path))["items"]}


def test_lenders_say_until_when_their_agreement_holds_and_no_secret(officer: Caller) -> None:
    lenders = by_code(officer, "/lenders")
    assert len(lenders) == 7
    assert lenders["tongzhou"] | {"id": 0} == {
        "id": 0,
        "code": "tongzhou",
        "name": lenders["tongzhou"]["name"],
        "name_en": "Tongzhou Micro-loans (sample, own book)",
        "kind": "micro_loan",
        "own_book": True,
        "state": "open",
        "channel": "manual",
        "filing_number": "样例-备-2026-007",
        "agreed_until": "2027-12-31",
    }
    assert body(officer.get("/lenders/jianghe"))["kind"] == "bank"
    assert officer.get("/lenders/nobody").status_code == 404


def test_a_product_says_its_terms_as_the_file_does(officer: Caller) -> None:
    version = ProductVersion.objects.get(product__code="jianghe-used")
    assert by_code(officer, "/products")["jianghe-used"]["version"] == version.pk
    said = body(officer.get("/products/jianghe-used"))
    assert (said["id"], said["lender"], said["terms"]["max_ltv"]) == (version.pk, "jianghe", 70)
    assert said["terms"]["rates"] == {"12": "6.2", "24": "6.6", "36": "6.98"}
    assert said["requirements"]["gps"] is True
    assert body(officer.get(f"/product-versions/{version.pk}")) == said


def test_promotions_and_the_menu_without_its_cost(officer: Caller) -> None:
    promotion = by_code(officer, "/promotions")["yuanda-299"]
    assert (promotion["quota"], promotion["used"], promotion["stopped"]) == (200, 0, False)
    menu = {one["code"]: one for one in body(officer.get("/add-ons"))}
    assert menu["film"]["price"] == 198_000
    assert not any("cost" in name for name in menu["film"])


def test_models_are_found_by_words(officer: Caller) -> None:
    found = body(officer.get("/vehicle-models?words=极光 A5 2026"))["items"]
    assert sorted(one["code"] for one in found) == ["jg-a5-520", "jg-a5-650", "jg-a5-awd"]


def test_a_car_is_registered_once_for_one_key_and_its_vin_is_known_then(officer: Caller) -> None:
    checked = body(officer.get(f"/vins/{VIN.lower()}"))
    assert (checked["vin"], checked["is_valid"], checked["vehicle"]) == (VIN, True, None)
    given = {"vin": VIN, "model": "jg-a5-520", "invoice_price": 15_680_000}
    first, again = (officer.post("/vehicles", given, key="register-car-1") for _ in range(2))
    assert (first.status_code, body(again)["id"], Vehicle.objects.count()) == (201, body(first)["id"], 1)
    assert body(officer.get(f"/vehicles/{body(first)['id']}"))["kind"] == "own_nev"
    assert officer.post("/vehicles", given).status_code == 409
    vehicle_bind(vehicle_id=body(first)["id"], deal_id=1, actor=SYSTEM)
    assert body(officer.get(f"/vins/{VIN}"))["in_live_loan"] is True


def test_a_wrong_vin_is_refused_in_both_languages_and_nothing_is_registered(officer: Caller) -> None:
    wrong = body(officer.get("/vins/1M8GDM9A0KP042788"))
    assert (wrong["is_valid"], "应为 X" in wrong["reason_zh"], "should be X" in wrong["reason_en"]) == (
        False,
        True,
        True,
    )
    answer = officer.post("/vehicles", {"vin": "1M8GDM9A0KP042788", "model": "jg-a5-520"})
    assert (answer.status_code, Vehicle.objects.count()) == (422, 0)


def test_who_only_collects_does_not_register_cars(calling: Callable[..., Caller]) -> None:
    caller = calling("wang", "collector")
    assert caller.post("/vehicles", {"vin": VIN, "model": "x"}).status_code == 403
