"""A desk to quote at: the house, the starter catalogue, a customer with a deal, and a wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from chedai.catalog.products.models import Product
from chedai.catalog.products.services import document_of_terms, product_register, shipped_publish, version_draft
from chedai.catalog.starter.services import catalogue_load_starter
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.deals.quotes.models import Quote
from chedai.deals.quotes.services import quote_offer, quote_prepare
from chedai.deals.quotes.wishes import DeskWish
from chedai.engine.compare import VehicleKind
from chedai.engine.compare.document import ProductTerms
from chedai.platform.actors import system
from tests import cast
from tests.house import House
from tests.support.ground import given

SEED = system("test")
LEVEL = "jianghe-auto..0.36"
"""等额本息 36 期 of Jianghe Bank, as the tray names it."""

EQUAL = "jianghe-auto..1.36"
CARD = "changqiao-card..0.36"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who quotes, for whom, where."""

    house: House
    deal: Deal

    @property
    def actor(self) -> Any:
        return cast.acting(self.house.officer)

    def prepare(self, *chosen: str, deal: bool = True, wish: DeskWish | None = None, **given: Any) -> Quote:
        """A draft of the officer, for the customer or for nobody yet."""
        return quote_prepare(
            desk=wish or asked(),
            chosen=chosen,
            store_id=self.house.east.pk,
            officer_id=self.house.officer.pk,
            deal_id=self.deal.pk if deal else None,
            actor=self.actor,
            **given,
        )

    def offer(self, *chosen: str, **given: Any) -> Quote:
        """An offered quote."""
        return quote_offer(quote_id=self.prepare(*chosen, **given).pk, actor=self.actor)


def asked(**changes: Any) -> DeskWish:
    """100,000 yuan to finance on a new-energy car of 125,000, over 36 months."""
    given: dict[str, Any] = {"price": 12_500_000, "down_payment": 2_500_000, "vehicle_kind": VehicleKind.OWN_NEV}
    return DeskWish(**given | {"term": 36, "vehicle": "启程 E5 520km 长续航版"} | changes)


def shelf() -> None:
    """The starter catalogue."""
    catalogue_load_starter(actor=SEED)


def desk(house: House) -> Desk:
    """The starter catalogue, and a customer of the officer with a deal."""
    given(shelf)
    return Desk(house, deal_for(house))


def deal_for(house: House, name: str = "王芳", phone: str = "13812342107") -> Deal:
    """A deal of the officer."""
    actor = cast.acting(house.officer)
    customer = customer_register(
        kind=CustomerKind.PERSON,
        name=name,
        phone=phone,
        store_id=house.east.pk,
        owner_id=house.officer.pk,
        actor=actor,
    )
    return deal_open(
        customer_id=customer.pk,
        store_id=house.east.pk,
        mode=Mode.DEALER_DESK,
        officer_id=house.officer.pk,
        vehicle="",
        actor=actor,
    )


def listed(code: str, lender: int, starts: date = date(2025, 10, 1), **terms: Any) -> Product:
    """One more product on the shelf."""
    product = product_register(lender_id=lender, code=code, name=code, name_en=code, actor=SEED)
    document = document_of_terms(ProductTerms(**terms))
    version = version_draft(product_id=product.pk, starts=starts, terms=document, actor=SEED)
    shipped_publish(version_id=version.pk, actor=SEED)
    return product
