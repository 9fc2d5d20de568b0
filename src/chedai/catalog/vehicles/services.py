"""Listing models, registering cars, noting what they are worth, and binding a car to one deal at a time."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.catalog.vehicles import rules, selectors
from chedai.catalog.vehicles.models import BundledItem, Valuation, Vehicle, VehicleBinding, VehicleModel
from chedai.catalog.vehicles.states import NEW_ENERGY, Energy, ValuationSource
from chedai.engine.compare import VehicleKind
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal, Refusals
from chedai.platform.work import record, service

_NEV_KINDS: Final = frozenset({VehicleKind.OWN_NEV, VehicleKind.COMMERCIAL_NEV})


@service
def model_list(
    *,
    code: str,
    brand: str,
    series: str,
    trim: str,
    year: int,
    kind: VehicleKind,
    energy: Energy,
    guide_price: int,
    actor: Actor,
) -> VehicleModel:
    """List a model (fen). Errors: `Refusals` at their fields; `Conflict` where the code is taken."""
    refused = model_refusals(brand=brand, series=series, kind=kind, energy=energy, guide_price=guide_price)
    if refused:
        raise Refusals(refused)
    if VehicleModel.objects.filter(code=code).exists():
        raise Conflict("model-known", f"车型代码 {code} 已存在", f"there is a model {code} already", field="code")
    model = VehicleModel.objects.create(
        code=code,
        brand=brand.strip(),
        series=series.strip(),
        trim=trim.strip(),
        year=year,
        kind=kind,
        energy=energy,
        guide_price=guide_price,
    )
    facts: dict[str, Scalar] = {"code": code, "kind": kind.value, "guide_price": guide_price}
    record(actor=actor, action="model.listed", subject=f"vehicle-model:{model.pk}", facts=facts)
    return model


def model_refusals(*, brand: str, series: str, kind: VehicleKind, energy: Energy, guide_price: int) -> list[Refusal]:
    """What of a model cannot be, each at its field."""
    found = []
    for field, typed in (("brand", brand), ("series", series)):
        if not typed.strip():
            found.append(Refusal("model-name", "请填写品牌与车系", "give brand and series", field=field))
    if guide_price < 1:
        found.append(Refusal("model-price", "指导价须大于 0", "the guide price is above 0", field="guide_price"))
    if kind is not VehicleKind.USED and (kind in _NEV_KINDS) != (energy in NEW_ENERGY):
        zh, en = "车辆类别与能源类型不一致", "the kind of car and what drives it contradict each other"
        found.append(Refusal("model-energy", zh, en, field="energy"))
    return found


@service
def model_change(*, code: str, guide_price: int, is_sold: bool, actor: Actor) -> VehicleModel:
    """Change the guide price of a model (fen), or take it off the list. Deals that have it keep what they say."""
    model = selectors.model_lock(code)
    if guide_price < 1:
        raise Refusal("model-price", "指导价须大于 0", "the guide price is above 0", field="guide_price")
    facts: dict[str, Scalar] = {"guide_price": f"{model.guide_price} -> {guide_price}", "sold": is_sold}
    model.guide_price, model.is_sold = guide_price, is_sold
    model.save(update_fields=["guide_price", "is_sold"])
    record(actor=actor, action="model.changed", subject=f"vehicle-model:{model.pk}", facts=facts)
    return model


@service
def model_take_back(*, model_id: int, actor: Actor) -> None:
    """Take a model off that was listed by mistake. Errors: `Conflict` where a car of it was registered."""
    model = selectors.model_number_lock(model_id)
    if model.vehicles.exists():
        raise Conflict("model-in-use", "已有该车型的车辆", "cars of this model are registered")
    record(actor=actor, action="model.taken_back", subject=f"vehicle-model:{model_id}", facts={"code": model.code})
    model.delete()


@service
def vehicle_register(
    *,
    vin: str,
    model_code: str,
    actor: Actor,
    is_used: bool = False,
    plate: str = "",
    mileage: int = 0,
    first_registered: date | None = None,
    colour: str = "",
    invoice_price: int | None = None,
) -> Vehicle:
    """Register a car by its VIN. Amounts are fen, mileage km.

    Errors: `Refusals` at their fields; `Conflict` where the VIN is known; `NotFound` for an unknown model.
    """
    vin, plate, model = rules.normal_vin(vin), rules.normal_plate(plate), selectors.vehicle_model(model_code)
    used = is_used or model.kind == VehicleKind.USED
    refused = [one for one in (rules.vin_refusal(vin), rules.plate_refusal(plate)) if one is not None]
    refused += _first_registration(used, first_registered)
    if mileage < 0:
        refused.append(Refusal("mileage", "里程不得为负", "the mileage is not below zero", field="mileage"))
    if refused:
        raise Refusals(refused)
    if Vehicle.objects.filter(vin=vin).exists():
        raise Conflict("vin-known", f"车架号 {vin} 已登记", f"the VIN {vin} is registered already", field="vin")
    vehicle = Vehicle.objects.create(
        vin=vin,
        model=model,
        is_used=used,
        plate=plate,
        mileage=mileage,
        first_registered=first_registered,
        colour=colour.strip(),
        invoice_price=invoice_price,
        registered_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"vin": vin, "model": model.code, "used": vehicle.is_used}
    record(actor=actor, action="vehicle.registered", subject=f"vehicle:{vehicle.pk}", facts=facts)
    return vehicle


@service
def vehicle_change(
    *,
    vehicle_id: int,
    actor: Actor,
    plate: str | None = None,
    mileage: int | None = None,
    colour: str | None = None,
    invoice_price: int | None = None,
) -> Vehicle:
    """Note what has become known of a car since: its plate, its mileage, its invoice. None leaves a value as it is.

    Errors: `Refusal` at its field; a mileage does not fall.
    """
    vehicle = selectors.vehicle_lock(vehicle_id)
    new: dict[str, str | int] = {}
    if plate is not None:
        new["plate"] = rules.normal_plate(plate)
        refused = rules.plate_refusal(str(new["plate"]))
        if refused is not None:
            raise refused
    if mileage is not None:
        if mileage < vehicle.mileage:
            zh, en = f"里程不得小于已登记的 {vehicle.mileage} 公里", f"the mileage is at least {vehicle.mileage} km"
            raise Refusal("mileage-falls", zh, en, field="mileage")
        new["mileage"] = mileage
    if colour is not None:
        new["colour"] = colour.strip()
    if invoice_price is not None:
        new["invoice_price"] = invoice_price
    facts: dict[str, Scalar] = {
        name: f"{getattr(vehicle, name) or '-'} -> {value}"
        for name, value in new.items()
        if getattr(vehicle, name) != value
    }
    if facts:
        for name, value in new.items():
            setattr(vehicle, name, value)
        vehicle.save(update_fields=list(new))
        record(actor=actor, action="vehicle.changed", subject=f"vehicle:{vehicle_id}", facts=facts)
    return vehicle


@service
def bundled_item_add(*, vehicle_id: int, name: str, amount: int, actor: Actor) -> BundledItem:
    """Note something inside the invoice price that is not the car (fen). Errors: `Refusal` at its field."""
    vehicle = selectors.vehicle_lock(vehicle_id)
    if not name.strip():
        raise Refusal("bundled-name", "请填写项目名称", "say what it is", field="name")
    if amount < 1:
        raise Refusal("bundled-amount", "金额须大于 0", "the amount is above 0", field="amount")
    if vehicle.invoice_price is not None:
        rules.new_value(vehicle.invoice_price, [*vehicle.bundled.values_list("amount", flat=True), amount])
    item = BundledItem.objects.create(vehicle=vehicle, name=name.strip(), amount=amount)
    facts: dict[str, Scalar] = {"item": item.name, "amount": amount}
    record(actor=actor, action="vehicle.bundled", subject=f"vehicle:{vehicle_id}", facts=facts)
    return item


@service
def valuation_add(
    *,
    vehicle_id: int,
    source: ValuationSource,
    valuer: str,
    amount: int,
    valued_on: date,
    actor: Actor,
    mileage: int = 0,
    condition: str = "",
    paper_id: int | None = None,
) -> Valuation:
    """Note what a source says a car is worth (fen). Errors: `Refusals` at their fields."""
    vehicle = selectors.vehicle_lock(vehicle_id)
    refused = []
    if not valuer.strip():
        refused.append(Refusal("valuer-missing", "请填写评估人或机构", "say who valued it", field="valuer"))
    if amount < 1:
        refused.append(Refusal("valuation-amount", "估值须大于 0", "the value is above 0", field="amount"))
    if valued_on > clock.business_date():
        refused.append(Refusal("valuation-ahead", "评估日期在将来", "the day lies ahead", field="valued_on"))
    if refused:
        raise Refusals(refused)
    valuation = Valuation.objects.create(
        vehicle=vehicle,
        source=source,
        valuer=valuer.strip(),
        amount=amount,
        mileage=mileage or vehicle.mileage,
        condition=condition.strip(),
        valued_on=valued_on,
        paper_id=paper_id,
    )
    facts: dict[str, Scalar] = {"source": source.value, "amount": amount, "on": valued_on.isoformat()}
    record(actor=actor, action="vehicle.valued", subject=f"vehicle:{vehicle_id}", facts=facts)
    return valuation


@service
def vehicle_bind(*, vehicle_id: int, deal_id: int, actor: Actor) -> VehicleBinding:
    """Bind a car to a deal. Bound twice to one deal it is bound once.

    Errors: `Conflict` where it stands in another live deal: of any number who try at once, one has it.
    """
    vehicle = selectors.vehicle_lock(vehicle_id)
    bound = selectors.binding_of(vehicle_id)
    if bound is not None and bound.deal_id == deal_id:
        return bound
    if bound is not None:
        raise _in_another(vehicle)
    binding = VehicleBinding.objects.create(vehicle=vehicle, deal_id=deal_id, bound_at=clock.now())
    record(actor=actor, action="vehicle.bound", subject=f"vehicle:{vehicle_id}", facts={"deal": deal_id})
    return binding


@service
def vehicle_release(*, vehicle_id: int, deal_id: int, actor: Actor, reason: str = "") -> bool:
    """Release a car from a deal that is over; whether it was bound to it."""
    selectors.vehicle_lock(vehicle_id)
    bound = selectors.binding_of(vehicle_id)
    if bound is None or bound.deal_id != deal_id:
        return False
    bound.released_at = clock.now()
    bound.save(update_fields=["released_at"])
    facts: dict[str, Scalar] = {"deal": deal_id}
    record(actor=actor, action="vehicle.released", subject=f"vehicle:{vehicle_id}", facts=facts, reason=reason)
    return True


def _first_registration(is_used: bool, first_registered: date | None) -> list[Refusal]:
    if is_used and first_registered is None:
        zh, en = "二手车须填初次登记日期", "a used car has the day of its first registration"
        return [Refusal("first-registered", zh, en, field="first_registered")]
    if first_registered is not None and first_registered > clock.business_date():
        zh, en = "初次登记日期在将来", "the day of its first registration lies ahead"
        return [Refusal("first-registered-ahead", zh, en, field="first_registered")]
    return []


def _in_another(vehicle: Vehicle) -> Conflict:
    zh = f"车架号 {vehicle.vin} 已在另一笔业务中（一车一贷）"
    return Conflict("vin-in-another-loan", zh, f"{vehicle.vin} stands in another live loan", field="vin")
