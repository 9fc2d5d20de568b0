"""A lender, a product and its versions for the tests, through the real services."""

from __future__ import annotations

from datetime import date
from typing import Any

from chedai.catalog.models import Lender, Product, ProductVersion
from chedai.catalog.partners.services import agreement_sign, lender_register
from chedai.catalog.products.services import product_register, shipped_publish, version_draft
from chedai.engine.compare import LenderKind
from chedai.org.models import AuthorityLimit, Staff
from chedai.platform.actors import Actor, system
from tests import cast

SYSTEM = system("test")
TERMS: dict[str, Any] = {
    "rates": {"12": "4.88", "36": "5.88"},
    "vehicles": ["own_ice", "own_nev"],
    "min_down": 15,
    "max_ltv": 85,
    "min_amount": 20000,
    "max_amount": 800000,
}


def lender(code: str = "jianghe", kind: LenderKind = LenderKind.BANK, ends: date = date(2027, 12, 31)) -> Lender:
    made = lender_register(code=code, name="江河银行", name_en="Jianghe Bank", kind=kind, actor=SYSTEM)
    agreement_sign(lender_id=made.pk, number="合-1", starts=date(2026, 1, 1), ends=ends, actor=SYSTEM)
    return made


def product(lends: Lender, code: str = "auto", starts: date = date(2026, 1, 1), **terms: Any) -> Product:
    """A product with one published version."""
    made = product_register(lender_id=lends.pk, code=code, name="专项车贷", name_en="car loan", actor=SYSTEM)
    version = version_draft(product_id=made.pk, starts=starts, terms=TERMS | terms, actor=SYSTEM)
    shipped_publish(version_id=version.pk, actor=SYSTEM)
    return made


def next_version(made: Product, starts: date, actor: Actor, **terms: Any) -> ProductVersion:
    return version_draft(product_id=made.pk, starts=starts, terms=TERMS | terms, actor=actor)


def two_people() -> tuple[Staff, Staff]:
    """Who writes a version, and who publishes it."""
    store = cast.store()
    writer = cast.person("xu", "许宁", store, "manager", everywhere=True)
    publisher = cast.person("gu", "顾清", store, "compliance", everywhere=True)
    AuthorityLimit.objects.create(action="product.publish", role="compliance", amount=0, since=date(2025, 1, 1))
    return writer, publisher
