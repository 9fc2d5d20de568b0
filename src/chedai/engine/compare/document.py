"""产品目录文件 as data: the rows of a catalogue, read closed and typed, and turned into the engine's frozen values.

`docs/catalogue.md` describes the keys. Shares and rates are percent, amounts yuan, as text or whole numbers; they are
read from their digits, so nothing passes through a float. An unknown key is refused, because a misspelt limit that
silently does not bind is worse than none. The same rows stand in a file (`cli/catalogue.py`) and in the versions of a
product in the database (`catalog/products`), there without what the table has in columns of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

import msgspec

from chedai.engine.compare.catalogue import (
    Catalogue,
    Conflict,
    CustomerKind,
    Lender,
    LenderKind,
    Product,
    ProductKind,
    Promotion,
    Repayment,
    ResidualBearer,
    Scope,
    TailOf,
    TermRate,
    VehicleKind,
)
from chedai.engine.compare.methods import repayment
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import Rounding, fen, rate_units
from chedai.engine.rates import Fee, Payer, parse_fee
from chedai.engine.settlement import FeeBase, FeeTier, SettlementFee

Number: TypeAlias = int | str


class Closed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Closed (its heirs too) and frozen."""


class LenderRow(Closed, frozen=True, kw_only=True):
    """A lender in a file."""

    name: str
    name_en: str
    kind: LenderKind


class RepaymentRow(Closed, frozen=True, kw_only=True):
    """One way of repaying, where its name alone does not say it."""

    method: str
    tail: Number = 0
    tail_of: TailOf = TailOf.PRINCIPAL
    grace_principal: int = 0


class SettlementRow(Closed, frozen=True, kw_only=True):
    """What leaving early costs."""

    base: FeeBase = FeeBase.REMAINING
    locked: int = 0
    tiers: dict[str, Number] = {}
    share: Number = 0
    interest_months: int = 0


class AudienceRow(Closed, frozen=True, kw_only=True):
    """For whom, what and where; empty admits all."""

    vehicles: tuple[VehicleKind, ...] = ()
    models: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    customers: tuple[CustomerKind, ...] = ()

    def scope(self, starts: date | None, ends: date | None) -> Scope:
        """The same with its days."""
        return Scope(
            vehicles=self.vehicles,
            models=self.models,
            regions=self.regions,
            customers=self.customers,
            starts=starts,
            ends=ends,
        )


class ProductTerms(AudienceRow, frozen=True, kw_only=True):
    """What one version of a product says, without its names and days."""

    rates: dict[str, Number]
    kind: ProductKind = ProductKind.LOAN
    advertised: str = ""
    advertised_en: str = ""
    repayments: tuple[str | RepaymentRow, ...] = ("level",)
    fees: tuple[str, ...] = ()
    settlement: SettlementRow = SettlementRow()
    fees_stop: bool = True
    min_down: Number = 0
    max_down: Number = 100
    max_ltv: Number = 100
    min_amount: Number = "0.01"
    max_amount: Number | None = None
    amount_step: Number = 1
    max_age_plus_term: int | None = None
    rate_cap: Number | None = None
    residual_bearer: ResidualBearer = ResidualBearer.LESSEE
    rounding: Rounding = Rounding.HALF_UP


class ProductRow(ProductTerms, frozen=True, kw_only=True):
    """A product in a file."""

    code: str
    lender: str
    name: str
    name_en: str
    version: str = ""
    starts: date | None = None
    ends: date | None = None


class PromotionTerms(AudienceRow, frozen=True, kw_only=True):
    """What a promotion changes, without its names, days and quota."""

    products: tuple[str, ...]
    priority: int = 100
    rates: dict[str, Number] = {}
    standard_rates: dict[str, Number] = {}
    subsidies: dict[str, Number] = {}
    min_down: Number | None = None
    max_amount: Number | None = None
    fees: tuple[str, ...] | None = None
    price_discount: Number = 0
    advertised: str = ""
    advertised_en: str = ""


class PromotionRow(PromotionTerms, frozen=True, kw_only=True):
    """A promotion in a file."""

    code: str
    name: str
    name_en: str
    quota: int | None = None
    used: int = 0
    starts: date | None = None
    ends: date | None = None


class CatalogueFile(Closed, frozen=True, kw_only=True):
    """The whole file."""

    name: str
    as_of: date
    lenders: dict[str, LenderRow]
    products: tuple[ProductRow, ...]
    promotions: tuple[PromotionRow, ...] = ()
    conflict: Conflict = Conflict.LOWEST_COST
    cash_discount: Number = 0


def catalogue_of(file: CatalogueFile) -> Catalogue:
    """The catalogue of a file. Errors: `InvalidArgument` naming the place."""
    lenders = {code: Lender(code, row.name, row.name_en, row.kind) for code, row in file.lenders.items()}
    return Catalogue(
        name=file.name,
        as_of=file.as_of,
        products=tuple(_product(row, lenders) for row in file.products),
        promotions=tuple(_promotion(row) for row in file.promotions),
        conflict=file.conflict,
        cash_discount=fen(file.cash_discount, argument="cash_discount"),
    )


def product_of(
    terms: ProductTerms,
    *,
    code: str,
    name: str,
    name_en: str,
    lender: Lender,
    version: str = "",
    starts: date | None = None,
    ends: date | None = None,
) -> Product:
    """The product that terms describe. Errors: `InvalidArgument` naming the key."""
    return Product(
        code=code,
        name=name,
        name_en=name_en,
        lender=lender,
        kind=terms.kind,
        version=version,
        advertised=terms.advertised,
        advertised_en=terms.advertised_en,
        scope=terms.scope(starts, ends),
        rates=_rates(terms.rates),
        repayments=tuple(_repayment(way) for way in terms.repayments),
        fees=_fees(terms.fees),
        settlement=_settlement(terms.settlement),
        fees_stop=terms.fees_stop,
        min_down=rate_units(terms.min_down, argument="min_down"),
        max_down=rate_units(terms.max_down, argument="max_down"),
        max_ltv=rate_units(terms.max_ltv, argument="max_ltv"),
        min_amount=fen(terms.min_amount, argument="min_amount"),
        max_amount=None if terms.max_amount is None else fen(terms.max_amount, argument="max_amount"),
        amount_step=fen(terms.amount_step, argument="amount_step"),
        max_age_plus_term=terms.max_age_plus_term,
        rate_cap=None if terms.rate_cap is None else rate_units(terms.rate_cap, argument="rate_cap"),
        residual_bearer=terms.residual_bearer,
        rounding=terms.rounding,
    )


def promotion_of(
    terms: PromotionTerms,
    *,
    code: str,
    name: str,
    name_en: str,
    quota: int | None = None,
    used: int = 0,
    starts: date | None = None,
    ends: date | None = None,
) -> Promotion:
    """The promotion that terms describe. Errors: `InvalidArgument` naming the key."""
    return Promotion(
        code=code,
        name=name,
        name_en=name_en,
        products=terms.products,
        scope=terms.scope(starts, ends),
        priority=terms.priority,
        quota=quota,
        used=used,
        rates=_rates(terms.rates),
        standard_rates=_rates(terms.standard_rates),
        subsidies=tuple(
            Payer(payer, rate_units(share, argument="subsidies")) for payer, share in terms.subsidies.items()
        ),
        min_down=None if terms.min_down is None else rate_units(terms.min_down, argument="min_down"),
        max_amount=None if terms.max_amount is None else fen(terms.max_amount, argument="max_amount"),
        fees=None if terms.fees is None else _fees(terms.fees),
        price_discount=fen(terms.price_discount, argument="price_discount"),
        advertised=terms.advertised,
        advertised_en=terms.advertised_en,
    )


def _product(row: ProductRow, lenders: Mapping[str, Lender]) -> Product:
    if row.lender not in lenders:
        raise InvalidArgument("lender", "is not among the lenders", "不在 lenders 中", value=row.lender)
    return product_of(
        row,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        lender=lenders[row.lender],
        version=row.version,
        starts=row.starts,
        ends=row.ends,
    )


def _promotion(row: PromotionRow) -> Promotion:
    return promotion_of(
        row,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        quota=row.quota,
        used=row.used,
        starts=row.starts,
        ends=row.ends,
    )


def _rates(rates: dict[str, Number]) -> tuple[TermRate, ...]:
    return tuple(TermRate(_months(term, "rates"), rate_units(rate, argument="rates")) for term, rate in rates.items())


def _fees(texts: tuple[str, ...]) -> tuple[Fee, ...]:
    return tuple(parse_fee(text) for text in texts)


def _repayment(way: str | RepaymentRow) -> Repayment:
    row = RepaymentRow(method=way) if isinstance(way, str) else way
    tail = rate_units(row.tail, argument="tail")
    return repayment(
        row.method, tail_share=tail, tail_of=row.tail_of, grace_principal=row.grace_principal, argument="repayments"
    )


def _settlement(row: SettlementRow) -> SettlementFee:
    tiers = sorted((_months(months, "settlement.tiers"), share) for months, share in row.tiers.items())
    return SettlementFee(
        base=row.base,
        share=rate_units(row.share, argument="settlement.share"),
        tiers=tuple(FeeTier(months, rate_units(share, argument="settlement.tiers")) for months, share in tiers),
        interest_months=row.interest_months,
        locked_months=row.locked,
    )


def _months(text: str, argument: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise InvalidArgument(argument, "its keys are months", "键必须是月数", value=text)
    return int(text)
