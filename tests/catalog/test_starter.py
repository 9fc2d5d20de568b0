"""The starter catalogue: at least six lenders of every kind, all marked as samples, all within the policies."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.catalog.models import Lender, Product, ProductVersion, Promotion, VehicleModel
from chedai.catalog.products.limits import house_rules
from chedai.catalog.products.menu import cost_of, menu
from chedai.catalog.products.selectors import catalogue_on, product_version
from chedai.catalog.products.services import shipped_publish, version_draft
from chedai.catalog.starter.services import Loaded, catalogue_load_starter
from chedai.engine.compare import Bound, CustomerKind, LenderKind, ProductKind, VehicleKind, Wish, compare
from chedai.platform.actors import system
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import NotAllowed
from chedai.platform.policies import shipped_book

TODAY = date(2026, 11, 20)
ACTOR = system("test")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]


def test_it_loads_through_the_services_and_a_second_time_adds_nothing() -> None:
    assert catalogue_load_starter(actor=ACTOR) == Loaded(lenders=7, products=15, promotions=4, models=40, add_ons=8)
    entries = AuditEntry.objects.count()
    assert catalogue_load_starter(actor=ACTOR) == Loaded(0, 0, 0, 0, 0)
    assert AuditEntry.objects.count() == entries
    assert AuditEntry.objects.filter(action="product.published").count() == 15


def test_every_name_says_that_it_is_a_sample() -> None:
    catalogue_load_starter(actor=ACTOR)
    names = [
        *Lender.objects.values_list("name", flat=True),
        *Product.objects.values_list("name", flat=True),
        *Promotion.objects.values_list("name", flat=True),
        *VehicleModel.objects.values_list("brand", flat=True),
        *(item.name for item in menu()),
    ]
    assert [name for name in names if "样例" not in name] == []


def test_every_kind_of_lender_and_product_is_there() -> None:
    catalogue_load_starter(actor=ACTOR)
    shelf = catalogue_on(TODAY)
    assert {p.lender.kind for p in shelf.products} == {
        LenderKind.BANK,
        LenderKind.AUTO_FINANCE,
        LenderKind.CONSUMER_FINANCE,
        LenderKind.LEASING,
        LenderKind.MICRO_LOAN,
    }
    assert {p.kind for p in shelf.products} == set(ProductKind)
    assert Lender.objects.get(own_book=True).code == "tongzhou"
    assert {p.code for p in shelf.promotions} == {"yuanda-zero", "yuanda-299", "yuanda-nodown", "haiyue-cashback"}
    assert set(VehicleModel.objects.values_list("kind", flat=True)) == {kind.value for kind in VehicleKind}


def test_every_product_sells_something_and_none_is_above_a_policy() -> None:
    catalogue_load_starter(actor=ACTOR)
    shelf, sold, broken = catalogue_on(TODAY), set(), []
    for vehicle in VehicleKind:
        for customer in CustomerKind:
            prices = tuple(12_000_000 * part // 100 for part in (20, 30, 40, 50))
            wish = Wish(
                price=12_000_000, on=TODAY, down_payments=prices, vehicle=vehicle, customer=customer, vehicle_age=24
            )
            kinds = frozenset(product.lender.kind for product in shelf.products)
            answer = compare(wish, shelf, house_rules(shipped_book(), wish, kinds, long_need=True).rules)
            sold |= {plan.financing.product.code for plan in answer.plans if plan.financing}
            broken += [why for why in answer.why_not for f in why.failures if f.bound is Bound.RATE_CAP]
    assert sold == {product.code for product in shelf.products}
    assert broken == []


def test_a_version_says_what_the_lender_asks_for() -> None:
    catalogue_load_starter(actor=ACTOR)
    used = next(p for p in catalogue_on(TODAY).products if p.code == "jianghe-used")
    version = product_version(int(used.version))
    asked = version.requirements
    assert (asked.gps, asked.lien_days, asked.first_beneficiary, asked.reading_seconds) == (True, 0, True, 30)
    married = {p.paper for p in asked.papers_for(job="self_employed", marital="married")}
    assert {"marriage_certificate", "own_licence", "id_card"} <= married
    assert "income_proof" not in married
    assert {p.paper for p in asked.papers_for(job="salaried", marital="single")}.isdisjoint({"marriage_certificate"})


def test_the_menu_of_the_customer_does_not_know_the_cost() -> None:
    catalogue_load_starter(actor=ACTOR)
    item = next(item for item in menu() if item.code == "film")
    assert (item.price, item.months) == (198_000, 0)
    assert not any("cost" in name for name in item.__slots__)
    assert cost_of("film") == 76_000


def test_only_the_first_version_of_a_sample_is_published_by_one_person() -> None:
    catalogue_load_starter(actor=ACTOR)
    first = ProductVersion.objects.get(product__code="jianghe-auto")
    second = version_draft(
        product_id=first.product_id, starts=date(2026, 12, 1), terms=first.terms, requirements=first.needs, actor=ACTOR
    )
    with pytest.raises(NotAllowed) as refused:
        shipped_publish(version_id=second.pk, actor=ACTOR)
    assert refused.value.code == "publish-takes-two"
    assert ProductVersion.objects.filter(state="published").count() == 15
