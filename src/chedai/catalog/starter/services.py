"""Loading the starter catalogue through the same services as the screens; what is there already is left as it is."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from chedai.catalog.partners.models import Lender
from chedai.catalog.partners.services import agreement_sign, contact_add, lender_change, lender_register
from chedai.catalog.products.menu import add_on_register
from chedai.catalog.products.models import AddOn, Product, Promotion, ShelfRule
from chedai.catalog.products.promotions import promotion_open, shelf_rule_set
from chedai.catalog.products.requirements import stored
from chedai.catalog.products.services import document_of_terms, product_register, shipped_publish, version_draft
from chedai.catalog.starter.proof import proof
from chedai.catalog.starter.reading import AddOns, LenderRow, Lenders, Models, Products, Promotions, shipped
from chedai.catalog.vehicles.models import VehicleModel
from chedai.catalog.vehicles.services import model_list
from chedai.engine.money import fen
from chedai.platform.actors import Actor
from chedai.platform.files.services import paper_hand_in
from chedai.platform.work import service


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many of each were added; nothing the second time."""

    lenders: int
    products: int
    promotions: int
    models: int
    add_ons: int


@service
def catalogue_load_starter(*, actor: Actor) -> Loaded:
    """Load the samples that ship with the product. Every name is marked 样例; loaded again it adds what is missing."""
    return Loaded(_lenders(actor), _products(actor), _promotions(actor), _models(actor), _add_ons(actor))


def _lenders(actor: Actor) -> int:
    file, known = shipped("lenders.toml", Lenders), set(Lender.objects.values_list("code", flat=True))
    missing = [row for row in file.lenders if row.code not in known]
    for row in missing:
        _lender(row, file, actor)
    return len(missing)


def _lender(row: LenderRow, file: Lenders, actor: Actor) -> None:
    lender = lender_register(
        code=row.code, name=row.name, name_en=row.name_en, kind=row.kind, own_book=row.own_book, actor=actor,
        filing_number=row.filing,
    )  # fmt: skip
    subject = f"lender:{lender.pk}"
    filing = proof("SAMPLE FILING", row.code)
    paper = paper_hand_in(subject=subject, purpose="filing", name=f"{row.filing}.pdf", content=filing, actor=actor)
    lender_change(lender_id=lender.pk, filing_paper_id=paper.pk, actor=actor)
    signed = proof("SAMPLE AGREEMENT", row.code)
    agreed = paper_hand_in(
        subject=subject, purpose="agreement", name=f"{row.agreement}.pdf", content=signed, actor=actor
    )
    days = {"starts": file.agreement_starts, "ends": file.agreement_ends}
    agreement_sign(lender_id=lender.pk, number=row.agreement, paper_id=agreed.pk, actor=actor, **days)
    contact_add(lender_id=lender.pk, actor=actor, **msgspec.structs.asdict(row.contact))


def _products(actor: Actor) -> int:
    file, known = shipped("products.toml", Products), set(Product.objects.values_list("code", flat=True))
    lenders = dict(Lender.objects.values_list("code", "pk"))
    missing = [row for row in file.products if row.code not in known]
    for row in missing:
        product = product_register(
            lender_id=lenders[row.lender], code=row.code, name=row.name, name_en=row.name_en, actor=actor
        )
        needs = msgspec.structs.replace(row.needs, papers=file.papers[row.papers])
        version = version_draft(
            product_id=product.pk,
            starts=file.starts,
            terms=document_of_terms(row.terms),
            requirements=stored(needs),
            note="随产品提供的样例",
            actor=actor,
        )
        shipped_publish(version_id=version.pk, actor=actor)
    return len(missing)


def _promotions(actor: Actor) -> int:
    file, known = shipped("promotions.toml", Promotions), set(Promotion.objects.values_list("code", flat=True))
    if not ShelfRule.objects.exists():
        shelf_rule_set(conflict=file.conflict, cash_discount=fen(file.cash_discount), actor=actor)
    missing = [row for row in file.promotions if row.code not in known]
    for row in missing:
        promotion_open(
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            starts=row.starts,
            ends=row.ends,
            quota=row.quota,
            terms=msgspec.to_builtins(row.terms),
            actor=actor,
        )
    return len(missing)


def _models(actor: Actor) -> int:
    known = set(VehicleModel.objects.values_list("code", flat=True))
    added = 0
    for series in shipped("models.toml", Models).series:
        for trim in series.trims:
            if trim.code in known:
                continue
            model_list(
                code=trim.code,
                brand=series.brand,
                series=series.series,
                trim=trim.trim,
                year=series.year,
                kind=series.kind,
                energy=series.energy,
                guide_price=fen(trim.price),
                actor=actor,
            )
            added += 1
    return added


def _add_ons(actor: Actor) -> int:
    known = set(AddOn.objects.values_list("code", flat=True))
    missing = [row for row in shipped("add_ons.toml", AddOns).add_ons if row.code not in known]
    for row in missing:
        told = msgspec.structs.asdict(row)
        add_on_register(**told | {"price": fen(row.price), "cost": fen(row.cost)}, actor=actor)
    return len(missing)
