"""The catalogue behind its addresses: it belongs to the house; a draft of a version to who writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from chedai.catalog.models import Lender, Product, ProductVersion, Promotion, Vehicle
from chedai.catalog.partners.services import agreement_sign, lender_register
from chedai.catalog.products.menu import add_on_register
from chedai.catalog.products.promotions import promotion_open
from chedai.catalog.products.services import product_register, shipped_publish, version_draft
from chedai.catalog.products.states import AddOnKind
from chedai.catalog.starter.proof import proof
from chedai.catalog.vehicles.services import model_list, vehicle_register
from chedai.catalog.vehicles.states import Energy
from chedai.engine.compare import LenderKind, VehicleKind
from chedai.engine.rates import Payee
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.files.services import paper_hand_in
from tests import cast

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]
SYSTEM: Final = system("test")
CODE: Final = "matrix"
TERMS: Final[Values] = {"rates": {"36": "5.88"}, "min_down": 20, "max_ltv": 80}


def _catalogue() -> Lender:
    """A lender with a product, a promotion, a model, a car and an add-on, all of one code; made once."""
    known = Lender.objects.filter(code=CODE).first()
    if known is not None:
        return known
    lender = lender_register(code=CODE, name="样例", kind=LenderKind.AUTO_FINANCE, actor=SYSTEM)
    agreement_sign(lender_id=lender.pk, number="1", starts=date(2026, 1, 1), ends=date(2027, 1, 1), actor=SYSTEM)
    product = product_register(lender_id=lender.pk, code=CODE, name="样例", actor=SYSTEM)
    first = version_draft(product_id=product.pk, starts=date(2026, 1, 1), terms=TERMS, actor=SYSTEM)
    shipped_publish(version_id=first.pk, actor=SYSTEM)
    days = {"starts": date(2026, 1, 1), "ends": date(2027, 1, 1)}
    promotion_open(code=CODE, name="样例", terms={"products": [CODE]}, actor=SYSTEM, **days)
    kinds = {"kind": VehicleKind.OWN_ICE, "energy": Energy.PETROL}
    names = {"brand": "样例", "series": "样例", "trim": "", "year": 2026}
    model_list(code=CODE, guide_price=10_000_000, actor=SYSTEM, **kinds, **names)  # type: ignore[arg-type]
    vehicle_register(vin="1M8GDM9AXKP042788", model_code=CODE, actor=SYSTEM)
    paid = {"payee": Payee.DEALER, "payee_name": "本店"}
    add_on_register(code=CODE, kind=AddOnKind.SERVICE, name="样例", price=1, cost=0, actor=SYSTEM, **paid)  # type: ignore[arg-type]
    return lender


def _code(house: House) -> Values:
    _catalogue()
    return {"code": CODE}


def _vehicle(name: str) -> Callable[[House], Values]:
    def found(house: House) -> Values:
        _catalogue()
        return {name: Vehicle.objects.get(vin="1M8GDM9AXKP042788").pk}

    return found


def _paper(house: House) -> Values:
    lender = _catalogue()
    content = proof("SAMPLE", CODE)
    paper = paper_hand_in(subject=f"lender:{lender.pk}", purpose="filing", name="a.pdf", content=content, actor=SYSTEM)
    return {"code": CODE, "paper_id": paper.pk}


def _version(house: House) -> Values:
    _catalogue()
    return {"version_id": ProductVersion.objects.get(product__code=CODE, number=1).pk}


def _draft(by: Staff) -> Values:
    _catalogue()
    product = Product.objects.get(code=CODE)
    starts = clock.business_date() + timedelta(days=1)
    draft = version_draft(product_id=product.pk, starts=starts, terms=TERMS, actor=cast.acting(by))
    return {"pk": draft.pk}


def _promotion(house: House) -> Values:
    _catalogue()
    return {"code": Promotion.objects.get(code=CODE).code}


BY_CODE: Final = (
    "lender", "lender_change", "agreement_new", "lender_contact", "lender_block", "lender_unblock", "product",
    "version_new", "model", "add_on", "get /lenders/{code}", "get /products/{code}",
)  # fmt: skip
OF_HOUSE: Final[dict[str, Callable[[House], Values]]] = {
    **dict.fromkeys(BY_CODE, _code),
    **dict.fromkeys(("promotion", "promotion_stop"), _promotion),
    **dict.fromkeys(("vehicle", "vehicle_change", "valuation_new", "bundled_new"), _vehicle("pk")),
    "lender_paper": _paper,
    "get /product-versions/{version_id}": _version,
    "get /vehicles/{vehicle_id}": _vehicle("vehicle_id"),
    "get /vins/{vin}": lambda house: {"vin": "1M8GDM9AXKP042788"},
}
OF_PERSON: Final[dict[str, Callable[[Staff], Values]]] = dict.fromkeys(
    ("version_edit", "version_submit", "version_withdraw"), _draft
)
BODIES: Final[dict[str, Any]] = {"post /vehicles": {"vin": "11111111111111111", "model": CODE}}
