"""The catalogue: lenders, products and their versions, promotions, models, vehicles, the menu of add-ons."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.catalog_schemas import (
    LenderOut,
    MenuOut,
    ModelOut,
    ProductOut,
    PromotionOut,
    VehicleIn,
    VehicleOut,
    VersionOut,
    VinOut,
)
from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.catalog.partners.selectors import lenders_listed
from chedai.catalog.products import menu, selectors
from chedai.catalog.products import promotions as offers
from chedai.catalog.vehicles import rules, services
from chedai.catalog.vehicles import selectors as cars
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.errors import NotFound

router = Router(tags=["catalog"])

READ: Permission = "catalog.read"
REGISTER: Permission = "vehicle.register"
Code = Path[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,38}$")]]
Vin = Path[Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,30}$")]]
Words = Annotated[str, Field(max_length=60, pattern=r"^[\w\s.·-]*$")]


@reading(router, "/lenders", READ, response=Page[LenderOut])
def lenders(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """Lenders, newest first."""
    return page(lenders_listed(clock.business_date()), cut)


@reading(router, "/lenders/{code}", READ, response=LenderOut)
def lender(request: HttpRequest, code: Code) -> Any:
    """One lender."""
    found = lenders_listed(clock.business_date()).filter(code=code).first()
    if found is None:
        raise NotFound("no-such-lender", "没有这家机构", "there is no such lender")
    return found


@reading(router, "/products", READ, response=Page[ProductOut])
def products(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """Products, newest first, each with its version of today."""
    return page(selectors.products_listed(clock.business_date()), cut)


@reading(router, "/products/{code}", READ, response=VersionOut)
def product(request: HttpRequest, code: Code) -> Any:
    """What a product says today."""
    version = selectors.version_on(selectors.product_of_code(code).pk, clock.business_date())
    if version is None:
        raise NotFound("no-version-today", "该产品今天没有有效版本", "no version of this product is sold today")
    return version


@reading(router, "/product-versions/{version_id}", READ, response=VersionOut)
def version(request: HttpRequest, version_id: Path[Number]) -> Any:
    """A version, whenever it was sold."""
    return selectors.product_version(version_id)


@reading(router, "/promotions", READ, response=Page[PromotionOut])
def promotions(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """Promotions, newest first."""
    found = page(offers.promotions(), cut)
    return {**found, "items": [_promotion(one) for one in found["items"]]}


@reading(router, "/vehicle-models", READ, response=Page[ModelOut])
def models(request: HttpRequest, cut: Query[Cut], words: Words = "") -> dict[str, Any]:
    """Models that are sold and have every word of `words` in brand, series, trim or year."""
    return page(cars.models_found(words), cut)


@reading(router, "/vehicles", READ, response=Page[VehicleOut])
def vehicles(request: HttpRequest, cut: Query[Cut], plate: Words = "") -> dict[str, Any]:
    """Cars, newest first; with `plate` those whose plate has it in it."""
    return page(cars.vehicles_of_plate(plate) if plate else cars.vehicles(), cut)


@reading(router, "/vehicles/{vehicle_id}", READ, response=VehicleOut)
def vehicle(request: HttpRequest, vehicle_id: Path[Number]) -> Any:
    """One car."""
    return cars.vehicle_read(vehicle_id)


@changing(router, "/vehicles", REGISTER, response=VehicleOut, status=201)
def vehicle_register(request: HttpRequest, given: VehicleIn) -> Any:
    """Register a car by its VIN."""
    facts = given.dict()
    facts["model_code"] = facts.pop("model")
    return services.vehicle_register(**facts, actor=caller_of(request).actor)


@reading(router, "/vins/{vin}", READ, response=VinOut)
def vin(request: HttpRequest, vin: Vin) -> Any:
    """Whether a VIN can be one, and whether it stands in a live loan."""
    stored = rules.normal_vin(vin)
    refused, known = rules.vin_refusal(stored), cars.vehicle_of_vin(stored)
    return {
        "vin": stored,
        "is_valid": refused is None,
        "reason_zh": refused.zh if refused else "",
        "reason_en": refused.en if refused else "",
        "vehicle": known.pk if known else None,
        "in_live_loan": known is not None and cars.binding_of(known.pk) is not None,
    }


@reading(router, "/add-ons", READ, response=list[MenuOut])
def add_ons(request: HttpRequest) -> Any:
    """The menu as a customer sees it."""
    return menu.menu()


def _promotion(found: Any) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in PromotionOut.model_fields if name != "stopped"}
    return facts | {"stopped": found.stopped_at is not None}
