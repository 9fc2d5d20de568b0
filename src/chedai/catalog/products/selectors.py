"""Reading products: the shelf of a day as the engine wants it, and one version as later rooms want it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Final, TypeAlias

import msgspec
from django.db.models import OuterRef, QuerySet, Subquery

from chedai.catalog.partners.selectors import in_agreement
from chedai.catalog.partners.states import LenderState
from chedai.catalog.products.models import Product, ProductVersion, Promotion, ShelfRule
from chedai.catalog.products.states import VersionState
from chedai.engine import compare
from chedai.engine.compare.document import ProductTerms, PromotionTerms, product_of, promotion_of
from chedai.platform.errors import NotFound
from chedai.platform.rows import at_most_one

_PRODUCT_COLUMNS: Final = (
    "product__code",
    "starts",
    "pk",
    "ends",
    "digest",
    "product__name",
    "product__name_en",
    "product__lender__code",
    "product__lender__name",
    "product__lender__name_en",
    "product__lender__kind",
)
_PROMOTION_COLUMNS: Final = ("pk", "digest", "code", "name", "name_en", "starts", "ends", "quota", "used")
_Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Everything a catalogue depends on: the key it is remembered by."""

    day: date
    versions: tuple[_Row, ...]
    promotions: tuple[_Row, ...]
    rule: int | None


def catalogue_on(day: date, region: str = "") -> compare.Catalogue:
    """The catalogue of a day: products of open lenders with an agreement that holds, promotions over them.

    A product stands in its version of the day, or where it has none in the last one before, whose days then refuse it
    by name. With a `region` (a province as the policies name it), what is not sold there at all is left out. Two
    queries; what they find is built once and remembered. `Product.version` is the `pk` of the `ProductVersion`.
    """
    newest_rule = ShelfRule.objects.filter(starts__lte=day).order_by("-starts", "-pk").values("pk")[:1]
    sold = ProductVersion.objects.filter(
        in_agreement(day, "product__lender"),
        state=VersionState.PUBLISHED,
        product__lender__state=LenderState.OPEN,
        starts__lte=day,
    )
    rows = list(
        sold.order_by("product__code", "-starts")
        .annotate(rule=Subquery(newest_rule))
        .values_list("rule", *_PRODUCT_COLUMNS)
    )
    promotions = Promotion.objects.filter(stopped_at=None).order_by("pk").values_list(*_PROMOTION_COLUMNS)
    shelf = _Shelf(day, tuple(_newest(row[1:] for row in rows)), tuple(promotions), rows[0][0] if rows else None)
    catalogue = _built(shelf)
    return _of_region(catalogue, region) if region else catalogue


def product_version(pk: int) -> ProductVersion:
    """A version with its product and lender; `.requirements` is what the lender asks for. Errors: `NotFound`."""
    rows = ProductVersion.objects.filter(pk=pk).select_related("product__lender", "written_by", "published_by")
    found = at_most_one(rows)
    if found is None:
        raise NotFound("no-such-version", "没有这个产品版本", "there is no such version of a product")
    return found


def version_written(pk: int, user_id: int) -> ProductVersion:
    """A draft in the hands of its writer. Errors: `NotFound`, for everybody else as well."""
    found = product_version(pk)
    if found.written_by_id not in (None, user_id):
        raise NotFound("no-such-version", "没有这个产品版本", "there is no such version of a product")
    return found


def products() -> QuerySet[Product]:
    """Every product, by code, with its lender."""
    return Product.objects.select_related("lender").order_by("code")


def product_of_code(code: str) -> Product:
    """The product of a code. Errors: `NotFound`."""
    found = products().filter(code=code).first()
    if found is None:
        raise NotFound("no-such-product", "没有这个产品", "there is no such product")
    return found


def versions_of(product_id: int) -> QuerySet[ProductVersion]:
    """Every version of a product, newest first."""
    found = ProductVersion.objects.filter(product=product_id).select_related("written_by", "published_by")
    return found.order_by("-number")


def version_on(product_id: int, day: date) -> ProductVersion | None:
    """The version that is sold on a day."""
    found = ProductVersion.objects.filter(product=product_id, state=VersionState.PUBLISHED, starts__lte=day)
    newest = found.order_by("-starts").first()
    return newest if newest is not None and (newest.ends is None or newest.ends >= day) else None


def current_version(day: date) -> QuerySet[ProductVersion]:
    """For a list of products: the version of the day of `OuterRef("pk")`."""
    found = ProductVersion.objects.filter(product=OuterRef("pk"), state=VersionState.PUBLISHED, starts__lte=day)
    return found.order_by("-starts")


def version_lock(version_id: int) -> ProductVersion:
    """A version, locked until the transaction ends. Errors: `NotFound`."""
    found = ProductVersion.objects.select_for_update(no_key=True).filter(pk=version_id).first()
    if found is None:
        raise NotFound("no-such-version", "没有这个产品版本", "there is no such version of a product")
    return found


def product_lock(product_id: int) -> Product:
    """A product, locked until the transaction ends. Errors: `NotFound`."""
    found = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if found is None:
        raise NotFound("no-such-product", "没有这个产品", "there is no such product")
    return found


def engine_product(version: ProductVersion) -> compare.Product:
    """A version as the engine reads it, whether it is published or not."""
    product, lender = version.product, version.product.lender
    names = (product.name, product.name_en, lender.code, lender.name, lender.name_en, lender.kind)
    row = (product.code, version.starts, version.pk, version.ends, version.digest, *names)
    return _product(row, version.terms)


def shelf_rule_on(day: date) -> ShelfRule | None:
    """The rule of the shelf on a day; None while the house has set none and the engine's own holds."""
    return ShelfRule.objects.filter(starts__lte=day).order_by("-starts", "-pk").first()


def _newest(rows: Iterable[_Row]) -> list[_Row]:
    """Of each product its newest version. Rows come by product, the newest first."""
    found: dict[str, _Row] = {}
    for row in rows:
        found.setdefault(row[0], row)
    return list(found.values())


@lru_cache(maxsize=16)
def _built(shelf: _Shelf) -> compare.Catalogue:
    """The catalogue of these rows. Digests are part of the key: a number may come twice, in a restored copy."""
    terms = dict(ProductVersion.objects.filter(pk__in=[row[2] for row in shelf.versions]).values_list("pk", "terms"))
    listed = tuple(_product(row, terms[row[2]]) for row in shelf.versions)
    codes = {product.code for product in listed}
    documents = dict(Promotion.objects.filter(pk__in=[row[0] for row in shelf.promotions]).values_list("pk", "terms"))
    promotions = (_promotion(row, documents[row[0]], codes) for row in shelf.promotions)
    rule = ShelfRule.objects.filter(pk=shelf.rule).first() if shelf.rule else None
    return compare.Catalogue(
        name=f"目录 {shelf.day}|catalogue {shelf.day}",
        as_of=shelf.day,
        products=listed,
        promotions=tuple(promotion for promotion in promotions if promotion is not None),
        conflict=compare.Conflict(rule.conflict) if rule else compare.Conflict.LOWEST_COST,
        cash_discount=rule.cash_discount if rule else 0,
    )


def _product(row: _Row, terms: dict[str, Any]) -> compare.Product:
    code, starts, pk, ends, _digest, name, name_en, lender_code, lender_name, lender_en, kind = row
    lender = compare.Lender(lender_code, lender_name, lender_en or lender_name, compare.LenderKind(kind))
    return product_of(
        msgspec.convert(terms, ProductTerms),
        code=code,
        name=name,
        name_en=name_en or name,
        lender=lender,
        version=str(pk),
        starts=starts,
        ends=ends,
    )


def _promotion(row: _Row, terms: dict[str, Any], codes: set[str]) -> compare.Promotion | None:
    """A promotion over what of its products is listed; None where nothing is."""
    _pk, _digest, code, name, name_en, starts, ends, quota, used = row
    document = msgspec.convert(terms, PromotionTerms)
    over = tuple(product for product in document.products if product in codes)
    if not over:
        return None
    return promotion_of(
        msgspec.structs.replace(document, products=over),
        code=code,
        name=name,
        name_en=name_en or name,
        quota=quota,
        used=used,
        starts=starts,
        ends=ends,
    )


def _of_region(catalogue: compare.Catalogue, region: str) -> compare.Catalogue:
    """The part of a catalogue that is sold in a region."""
    products = tuple(p for p in catalogue.products if not p.scope.regions or region in p.scope.regions)
    codes = {product.code for product in products}
    promotions = (
        replace(promotion, products=tuple(code for code in promotion.products if code in codes))
        for promotion in catalogue.promotions
        if not promotion.scope.regions or region in promotion.scope.regions
    )
    return replace(catalogue, products=products, promotions=tuple(p for p in promotions if p.products))


def products_listed(day: date) -> QuerySet[Product]:
    """Every product with the number (`version_pk`) of its newest version that had begun by a day, for a list."""
    return products().annotate(
        version_pk=Subquery(current_version(day).values("pk")[:1]),
        is_agreed=in_agreement(day, "lender"),
    )


def versions_shown(numbers: Iterable[int]) -> dict[int, ProductVersion]:
    """Versions by number, with product and lender."""
    found = ProductVersion.objects.filter(pk__in=list(numbers)).select_related("product__lender")
    return {version.pk: version for version in found}
