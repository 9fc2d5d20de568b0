"""Something to see in the catalogue: the samples, a version that waits, a used car valued twice, a promotion in use."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from chedai.catalog.models import Product
from chedai.catalog.partners.services import agreement_sign, lender_register
from chedai.catalog.products.promotions import promotion_take
from chedai.catalog.products.services import version_draft, version_submit
from chedai.catalog.vehicles.services import (
    bundled_item_add,
    valuation_add,
    vehicle_bind,
    vehicle_register,
)
from chedai.catalog.vehicles.states import ValuationSource
from chedai.engine.compare import LenderKind
from chedai.org.models import AuthorityLimit
from chedai.platform import clock
from chedai.platform.actors import Actor
from tests import cast
from tests.deals.quoting import shelf
from tests.house import SINCE, House
from tests.support.ground import given

NEW, USED = "1M8GDM9AXKP042788", "5GZCZ43D13S812715"


def furnish(house: House) -> list[str]:
    """The catalogue; the addresses behind the pages of the menu."""
    AuthorityLimit.objects.create(action="product.publish", role="compliance", amount=0, since=SINCE)
    writer, today = cast.acting(house.manager), clock.business_date()
    given(shelf)
    other = lender_register(code="ninghe", name="宁河银行（样例）", kind=LenderKind.BANK, actor=writer)
    days = {"starts": today - timedelta(days=300), "ends": today + timedelta(days=20)}
    agreement_sign(lender_id=other.pk, number="样例-合-2026-008", actor=writer, **days)
    pending, _draft = (_version(code, writer) for code in ("jianghe-auto", "haiyue-auto"))
    waiting = version_submit(version_id=pending.pk, actor=writer)
    for number in range(63):
        promotion_take(code="yuanda-zero", contract=f"HT{number:03}", actor=writer)
    new, used = _cars(writer, today)
    return [
        "/catalog/lenders/new/",
        "/catalog/lenders/jianghe/",
        "/catalog/lenders/ninghe/",
        "/catalog/lenders/jianghe/change/",
        "/catalog/lenders/jianghe/agreement/",
        "/catalog/lenders/jianghe/block/",
        "/catalog/products/new/",
        "/catalog/products/jianghe-auto/",
        "/catalog/products/tongzhou-own/",
        "/catalog/products/yuanda-auto/write/",
        f"/approvals/{waiting.approval_id}/",
        "/catalog/promotions/new/",
        "/catalog/promotions/yuanda-299/",
        "/catalog/promotions/rule/",
        "/catalog/promotions/yuanda-zero/stop/",
        "/catalog/models/new/",
        "/catalog/models/jg-a5-520/",
        "/catalog/vehicles/new/",
        f"/catalog/vehicles/{new}/",
        f"/catalog/vehicles/{used}/",
        f"/catalog/vehicles/{used}/value/",
        "/catalog/add-ons/new/",
        "/catalog/add-ons/film/",
    ]


def _version(code: str, writer: Actor) -> Any:
    product = Product.objects.get(code=code)
    now = product.versions.get()
    terms = now.terms | {"rates": now.terms["rates"] | {"36": "5.58"}, "min_down": 20}
    return version_draft(
        product_id=product.pk,
        starts=clock.business_date() + timedelta(days=11),
        terms=terms,
        requirements=now.needs | {"gps": True},
        note="年末利率下调，首付提高",
        actor=writer,
    )


def _cars(actor: Actor, today: date) -> tuple[int, int]:
    given: dict[str, Any] = {"invoice_price": 15_680_000, "colour": "珍珠白", "mileage": 12}
    new = vehicle_register(vin=NEW, model_code="jg-a5-520", actor=actor, **given)
    bundled_item_add(vehicle_id=new.pk, name="充电桩", amount=320_000, actor=actor)
    bundled_item_add(vehicle_id=new.pk, name="终身保养", amount=480_000, actor=actor)
    used = vehicle_register(
        vin=USED,
        model_code="yf-sl-2022",
        plate="沪A88K66",
        mileage=41_200,
        first_registered=date(2022, 5, 18),
        colour="深灰",
        actor=actor,
    )
    for source, valuer, amount, ago in (
        (ValuationSource.VALUER, "衡准评估（样例）", 9_860_000, 3),
        (ValuationSource.MARKET, "车市成交参考（样例）", 10_240_000, 2),
        (ValuationSource.DEALER, "本店评估师 沈涛", 10_000_000, 140),
    ):
        valuation_add(
            vehicle_id=used.pk,
            source=source,
            valuer=valuer,
            amount=amount,
            valued_on=today - timedelta(days=ago),
            condition="左前门喷漆，轮胎七成",
            actor=actor,
        )
    vehicle_bind(vehicle_id=new.pk, deal_id=1, actor=actor)
    return new.pk, used.pk
