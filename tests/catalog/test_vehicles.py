"""Cars: a VIN that can be one, one live loan a VIN, and what a car is worth by whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chedai.catalog.models import Vehicle, VehicleBinding
from chedai.catalog.vehicles import rules, selectors, services
from chedai.catalog.vehicles.states import Energy, ValuationSource
from chedai.engine.compare import VehicleKind
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from tests.catalog.shelf import SYSTEM
from tests.support.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("held_clock")]
TODAY = date(2026, 11, 20)


def car(vin: str = "1M8GDM9AXKP042788", **given: Any) -> Vehicle:
    if not selectors.vehicle_models().exists():
        services.model_list(
            code="xyd",
            brand="云帆",
            series="轩逸达",
            trim="1.5T",
            year=2026,
            kind=VehicleKind.OWN_ICE,
            energy=Energy.PETROL,
            guide_price=11_980_000,
            actor=SYSTEM,
        )
    return services.vehicle_register(vin=vin, model_code="xyd", actor=SYSTEM, **given)


@pytest.mark.parametrize(
    ("vin", "digit"), [("1M8GDM9AXKP042788", "X"), ("11111111111111111", "1"), ("5GZCZ43D13S812715", "1")]
)
def test_the_check_digit_of_known_numbers(vin: str, digit: str) -> None:
    assert rules.check_digit(vin) == digit
    assert rules.vin_refusal(vin) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [("1M8GDM9AXKP04278", "vin-length"), ("1M8GDM9AXKPO42788", "vin-signs"), ("1M8GDM9A0KP042788", "vin-check")],
)
def test_what_is_no_vin_is_refused_and_says_what_it_should_be(typed: str, code: str) -> None:
    with pytest.raises(Refusals) as refused:
        car(typed)
    assert (refused.value.code, refused.value.field, Vehicle.objects.count()) == (code, "vin", 0)


def test_a_vin_is_one_car_however_it_is_typed() -> None:
    made = car("1m8gd m9axk-p042788")
    assert made.vin == "1M8GDM9AXKP042788"
    with pytest.raises(Conflict):
        car("１Ｍ８ＧＤＭ９ＡＸＫＰ０４２７８８")
    assert selectors.vehicle_of_vin(" 1M8GDM9AXKP042788 ") == made


def test_a_plate_is_checked_and_found_by_a_part() -> None:
    with pytest.raises(Refusals) as refused:
        car("1M8GDM9AXKP042788", plate="A12345")
    assert refused.value.field == "plate"
    made = car("1M8GDM9AXKP042788", plate="沪A·D12345")
    assert (made.plate, list(selectors.vehicles_of_plate("d123"))) == ("沪AD12345", [made])


def test_of_sixteen_deals_at_once_one_has_the_car() -> None:
    made = car("1M8GDM9AXKP042788")
    results = race(lambda deal: services.vehicle_bind(vehicle_id=made.pk, deal_id=deal + 1, actor=SYSTEM), 16)
    assert sum(isinstance(one, VehicleBinding) for one in results) == 1
    refused = [one for one in results if isinstance(one, Conflict)]
    assert (len(refused), {one.code for one in refused}) == (15, {"vin-in-another-loan"})
    assert VehicleBinding.objects.filter(released_at=None).count() == 1


def test_a_car_is_free_again_once_its_deal_lets_go_and_not_by_another() -> None:
    made = car("1M8GDM9AXKP042788")
    bound = services.vehicle_bind(vehicle_id=made.pk, deal_id=7, actor=SYSTEM)
    assert services.vehicle_bind(vehicle_id=made.pk, deal_id=7, actor=SYSTEM) == bound
    assert services.vehicle_release(vehicle_id=made.pk, deal_id=8, actor=SYSTEM) is False
    with pytest.raises(Conflict) as refused:
        services.vehicle_bind(vehicle_id=made.pk, deal_id=8, actor=SYSTEM)
    assert made.vin in refused.value.zh
    assert list(selectors.vehicles_bound(7)) == [made]
    assert services.vehicle_release(vehicle_id=made.pk, deal_id=7, actor=SYSTEM, reason="客户放弃") is True
    assert services.vehicle_bind(vehicle_id=made.pk, deal_id=8, actor=SYSTEM).deal_id == 8


def test_a_new_car_is_worth_its_invoice_less_what_is_bundled() -> None:
    made = car("1M8GDM9AXKP042788")
    with pytest.raises(Refusal) as refused:
        selectors.vehicle_value(made, TODAY)
    assert refused.value.field == "invoice_price"
    made = services.vehicle_change(vehicle_id=made.pk, invoice_price=12_500_000, actor=SYSTEM)
    services.bundled_item_add(vehicle_id=made.pk, name="脚垫", amount=300_000, actor=SYSTEM)
    assert selectors.vehicle_value(made, TODAY).amount == 12_200_000
    with pytest.raises(Refusal):
        services.bundled_item_add(vehicle_id=made.pk, name="终身保养", amount=12_200_000, actor=SYSTEM)
    assert made.bundled.count() == 1


def value(made: Vehicle, valuer: str, amount: int, on: date = TODAY) -> None:
    services.valuation_add(
        vehicle_id=made.pk, source=ValuationSource.VALUER, valuer=valuer, amount=amount, valued_on=on, actor=SYSTEM
    )


def test_a_used_car_takes_two_sources_and_the_lower_counts() -> None:
    made = car("1M8GDM9AXKP042788", is_used=True, first_registered=date(2022, 5, 1), mileage=41_000)
    value(made, "甲评估", 8_000_000)
    value(made, "甲评估", 8_200_000)
    with pytest.raises(Refusal) as refused:
        selectors.vehicle_value(made, TODAY)
    assert "现有 1 个" in refused.value.zh
    value(made, "乙评估", 8_610_000)
    found = selectors.vehicle_value(made, TODAY)
    assert (found.amount, found.highest, found.spread) == (8_200_000, 8_610_000, 5_000_000)
    assert (found.sources, made.kind) == (("甲评估", "乙评估"), VehicleKind.USED)


def test_an_old_valuation_no_longer_counts() -> None:
    made = car("1M8GDM9AXKP042788", is_used=True, first_registered=date(2022, 5, 1))
    value(made, "甲评估", 8_000_000, date(2026, 8, 21))
    value(made, "乙评估", 8_000_000, date(2026, 8, 22))
    with pytest.raises(Refusal):
        selectors.vehicle_value(made, TODAY)
    value(made, "甲评估", 7_900_000, TODAY)
    assert selectors.vehicle_value(made, TODAY).amount == 7_900_000


def test_a_used_car_says_since_when_it_runs_and_its_mileage_never_falls() -> None:
    with pytest.raises(Refusals) as refused:
        car("1M8GDM9AXKP042788", is_used=True)
    assert refused.value.field == "first_registered"
    made = car("1M8GDM9AXKP042788", is_used=True, first_registered=date(2022, 5, 1), mileage=41_000)
    with pytest.raises(Refusal):
        services.vehicle_change(vehicle_id=made.pk, mileage=40_999, actor=SYSTEM)
    made.refresh_from_db()
    assert made.mileage == 41_000


def test_a_model_says_what_drives_it_without_contradiction_and_can_be_searched() -> None:
    car("1M8GDM9AXKP042788")
    with pytest.raises(Refusals) as refused:
        services.model_list(
            code="x",
            brand="云帆",
            series="A",
            trim="",
            year=2026,
            kind=VehicleKind.OWN_ICE,
            energy=Energy.ELECTRIC,
            guide_price=1,
            actor=SYSTEM,
        )
    assert refused.value.field == "energy"
    assert [m.code for m in selectors.models_found("云帆 2026")] == ["xyd"]
    services.model_change(code="xyd", guide_price=11_500_000, is_sold=False, actor=SYSTEM)
    assert not selectors.models_found("云帆").exists()
    with pytest.raises(NotFound):
        services.vehicle_register(vin="1M8GDM9AXKP042788", model_code="nothing", actor=SYSTEM)
