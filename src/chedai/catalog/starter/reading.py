"""The files of the starter catalogue as typed rows."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any, TypeVar

import msgspec

from chedai.catalog.products.requirements import PaperRule, Requirements
from chedai.catalog.products.states import AddOnKind
from chedai.catalog.vehicles.states import Energy
from chedai.engine.compare import Conflict, LenderKind, VehicleKind
from chedai.engine.compare.document import Number, ProductTerms, PromotionTerms
from chedai.engine.rates import Payee

F = TypeVar("F")


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Closed and frozen, its heirs too."""


class ContactRow(_Row, frozen=True, kw_only=True):
    """Somebody at a lender."""

    name: str
    phone: str
    matter: str


class LenderRow(_Row, frozen=True, kw_only=True):
    """A lender, its filing, its agreement."""

    code: str
    name: str
    name_en: str
    kind: LenderKind
    filing: str
    agreement: str
    contact: ContactRow
    own_book: bool = False


class Lenders(_Row, frozen=True, kw_only=True):
    """lenders.toml."""

    agreement_starts: date
    agreement_ends: date
    lenders: tuple[LenderRow, ...]


class ProductRow(_Row, frozen=True, kw_only=True):
    """A product: what it says, and what it asks for."""

    code: str
    lender: str
    name: str
    name_en: str
    papers: str
    terms: ProductTerms
    needs: Requirements = Requirements()


class Products(_Row, frozen=True, kw_only=True):
    """products.toml."""

    starts: date
    papers: dict[str, tuple[PaperRule, ...]]
    products: tuple[ProductRow, ...]


class PromotionRow(_Row, frozen=True, kw_only=True):
    """A promotion."""

    code: str
    name: str
    name_en: str
    starts: date
    ends: date
    terms: PromotionTerms
    quota: int | None = None


class Promotions(_Row, frozen=True, kw_only=True):
    """promotions.toml."""

    conflict: Conflict
    cash_discount: Number
    promotions: tuple[PromotionRow, ...]


class TrimRow(_Row, frozen=True, kw_only=True):
    """One trim of a series; the price in yuan."""

    code: str
    trim: str
    price: Number


class SeriesRow(_Row, frozen=True, kw_only=True):
    """A series of a year."""

    brand: str
    series: str
    kind: VehicleKind
    energy: Energy
    year: int
    trims: tuple[TrimRow, ...]


class Models(_Row, frozen=True, kw_only=True):
    """models.toml."""

    series: tuple[SeriesRow, ...]


class AddOnRow(_Row, frozen=True, kw_only=True):
    """A line of the menu; amounts in yuan."""

    code: str
    kind: AddOnKind
    name: str
    name_en: str
    price: Number
    cost: Number
    payee: Payee
    payee_name: str
    says: str = ""
    months: int = 0


class AddOns(_Row, frozen=True, kw_only=True):
    """add_ons.toml."""

    add_ons: tuple[AddOnRow, ...]


def shipped(name: str, form: type[F]) -> F:
    """A file of this package in its form. Numbers are read from their digits."""
    text = files(__package__ or "").joinpath(name).read_text("utf-8")
    document: dict[str, Any] = tomllib.loads(text, parse_float=str)
    return msgspec.convert(document, form)
