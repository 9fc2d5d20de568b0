"""Reading vehicle models, cars, what they are worth and where they are bound."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from chedai.catalog.vehicles import rules
from chedai.catalog.vehicles.models import Valuation, Vehicle, VehicleBinding, VehicleModel
from chedai.catalog.vehicles.rules import Seen, Value, Valuing
from chedai.catalog.vehicles.states import ValuationSource
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.policies.selectors import book_in_force


def vehicle_models() -> QuerySet[VehicleModel]:
    """Every model, by brand and series."""
    return VehicleModel.objects.order_by("brand", "series", "-year", "guide_price")


def models_found(words: str) -> QuerySet[VehicleModel]:
    """Models that are sold and have every word of `words` in brand, series, trim or year: for a search while typing."""
    found = vehicle_models().filter(is_sold=True)
    for word in words.split():
        match = Q(brand__icontains=word) | Q(series__icontains=word) | Q(trim__icontains=word)
        found = found.filter(match | Q(code__icontains=word) | Q(year=int(word) if word.isdecimal() else 0))
    return found


def vehicle_model(code: str) -> VehicleModel:
    """The model of a code. Errors: `NotFound`."""
    found = VehicleModel.objects.filter(code=code).first()
    if found is None:
        raise NotFound("no-such-model", "没有这个车型", "there is no such model", field="model")
    return found


def model_lock(code: str) -> VehicleModel:
    """The same, locked until the transaction ends. Errors: `NotFound`."""
    found = VehicleModel.objects.select_for_update(no_key=True).filter(code=code).first()
    if found is None:
        raise NotFound("no-such-model", "没有这个车型", "there is no such model", field="model")
    return found


def model_number_lock(model_id: int) -> VehicleModel:
    """The model of a number, locked. Errors: `NotFound`."""
    found = VehicleModel.objects.select_for_update(no_key=True).filter(pk=model_id).first()
    if found is None:
        raise NotFound("no-such-model", "没有这个车型", "there is no such model")
    return found


def vehicles() -> QuerySet[Vehicle]:
    """Every car, newest first, with its model."""
    return Vehicle.objects.select_related("model").order_by("-pk")


def vehicle_read(vehicle_id: int) -> Vehicle:
    """One car with its model. Errors: `NotFound`."""
    found = vehicles().filter(pk=vehicle_id).first()
    if found is None:
        raise _no_vehicle()
    return found


def vehicle_lock(vehicle_id: int) -> Vehicle:
    """The same, locked until the transaction ends. Errors: `NotFound`."""
    found = Vehicle.objects.select_for_update(no_key=True).filter(pk=vehicle_id).first()
    if found is None:
        raise _no_vehicle()
    return found


def vehicle_of_vin(typed: str) -> Vehicle | None:
    """The car of a VIN, however it was typed."""
    return vehicles().filter(vin=rules.normal_vin(typed)).first()


def vehicles_of_plate(typed: str) -> QuerySet[Vehicle]:
    """The cars whose plate has this in it."""
    plate = rules.normal_plate(typed)
    return vehicles().filter(plate__contains=plate) if plate else Vehicle.objects.none()


def binding_of(vehicle_id: int) -> VehicleBinding | None:
    """The deal a car is bound to now."""
    return VehicleBinding.objects.filter(vehicle=vehicle_id, released_at=None).first()


def vehicles_bound(deal_id: int) -> QuerySet[Vehicle]:
    """The cars bound to a deal now."""
    return vehicles().filter(bindings__deal_id=deal_id, bindings__released_at=None)


def bindings_of(vehicle_id: int) -> QuerySet[VehicleBinding]:
    """Every deal a car was ever bound to, newest first."""
    return VehicleBinding.objects.filter(vehicle=vehicle_id).order_by("-pk")


def valuations_of(vehicle_id: int) -> QuerySet[Valuation]:
    """Every valuation of a car, newest first."""
    return Valuation.objects.filter(vehicle=vehicle_id).order_by("-valued_on", "-pk")


def valuing_on(on: date) -> Valuing:
    """How a used car is valued by the policies of a day."""
    book = book_in_force()
    days = book.in_force("paper.valuation_days", on).number
    return Valuing(book.in_force("paper.valuation_sources", on).number, timedelta(days=days))


def vehicle_value(vehicle: Vehicle, on: date) -> Value:
    """What a car is worth on a day: invoice less bundled items, or by two sources. Errors: `Refusal` saying what is
    missing."""
    if vehicle.is_used:
        said = valuations_of(vehicle.pk).reverse()  # oldest first: of one day the last word counts
        seen = [Seen(ValuationSource(v.source), v.valuer, v.amount, v.valued_on) for v in said]
        return rules.used_value(seen, on, valuing_on(on))
    if vehicle.invoice_price is None:
        zh, en = "新车估值须有发票价", "a new car is valued by its invoice"
        raise Refusal("invoice-missing", zh, en, field="invoice_price")
    bundled = list(vehicle.bundled.values_list("amount", flat=True))
    amount = rules.new_value(vehicle.invoice_price, bundled)
    return Value(amount, amount, amount, 0, (ValuationSource.INVOICE.value,), None)


def _no_vehicle() -> NotFound:
    return NotFound("no-such-vehicle", "没有这辆车", "there is no such vehicle")
