"""The catalogue file: products and promotions as TOML, read once and turned into the engine's frozen values.

`docs/catalogue.md` describes the format. Shares and rates are percent, amounts yuan, as text or as TOML numbers;
numbers are read from their digits, so nothing passes through a float. An unknown key is refused, because a misspelt
limit that silently does not bind is worse than none.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import TypeAlias

import msgspec

from chedai.cli.methods import repayment
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
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import Rounding, fen, rate_units
from chedai.engine.rates import Fee, Payer, parse_fee
from chedai.engine.settlement import FeeBase, FeeTier, SettlementFee

Number: TypeAlias = int | str
SAMPLE = Path(__file__).with_name("sample_catalogue.toml")


class _Read(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Closed (its heirs too) and frozen."""


class LenderRow(_Read, frozen=True, kw_only=True):
    name: str
    name_en: str
    kind: LenderKind


class RepaymentRow(_Read, frozen=True, kw_only=True):
    method: str
    tail: Number = 0
    tail_of: TailOf = TailOf.PRINCIPAL
    grace_principal: int = 0


class SettlementRow(_Read, frozen=True, kw_only=True):
    base: FeeBase = FeeBase.REMAINING
    locked: int = 0
    tiers: dict[str, Number] = {}
    share: Number = 0
    interest_months: int = 0


class ScopeRow(_Read, frozen=True, kw_only=True):
    vehicles: tuple[VehicleKind, ...] = ()
    models: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    customers: tuple[CustomerKind, ...] = ()
    starts: date | None = None
    ends: date | None = None

    def scope(self) -> Scope:
        """For whom and when."""
        return Scope(
            vehicles=self.vehicles,
            models=self.models,
            regions=self.regions,
            customers=self.customers,
            starts=self.starts,
            ends=self.ends,
        )


class ProductRow(ScopeRow, frozen=True, kw_only=True):
    code: str
    lender: str
    name: str
    name_en: str
    rates: dict[str, Number]
    kind: ProductKind = ProductKind.LOAN
    version: str = ""
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


class PromotionRow(ScopeRow, frozen=True, kw_only=True):
    code: str
    name: str
    name_en: str
    products: tuple[str, ...]
    priority: int = 100
    quota: int | None = None
    used: int = 0
    rates: dict[str, Number] = {}
    standard_rates: dict[str, Number] = {}
    subsidies: dict[str, Number] = {}
    min_down: Number | None = None
    max_amount: Number | None = None
    fees: tuple[str, ...] | None = None
    price_discount: Number = 0
    advertised: str = ""
    advertised_en: str = ""


class CatalogueFile(_Read, frozen=True, kw_only=True):
    name: str
    as_of: date
    lenders: dict[str, LenderRow]
    products: tuple[ProductRow, ...]
    promotions: tuple[PromotionRow, ...] = ()
    conflict: Conflict = Conflict.LOWEST_COST
    cash_discount: Number = 0


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a TOML file. Errors: `InvalidArgument` naming the file and the place in it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
        return _catalogue(msgspec.convert(document, CatalogueFile))
    except OSError as error:
        raise InvalidArgument(str(path), f"cannot be read ({error.strerror})", f"无法读取({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InvalidArgument(str(path), f"is no catalogue: {error}", f"不是有效的产品目录:{error}") from None


def _catalogue(file: CatalogueFile) -> Catalogue:
    lenders = {code: Lender(code, row.name, row.name_en, row.kind) for code, row in file.lenders.items()}
    return Catalogue(
        name=file.name,
        as_of=file.as_of,
        products=tuple(_product(row, lenders) for row in file.products),
        promotions=tuple(_promotion(row) for row in file.promotions),
        conflict=file.conflict,
        cash_discount=fen(file.cash_discount, argument="cash_discount"),
    )


def _product(row: ProductRow, lenders: dict[str, Lender]) -> Product:
    if row.lender not in lenders:
        raise InvalidArgument("lender", "is not among the lenders", "不在 lenders 中", value=row.lender)
    return Product(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        lender=lenders[row.lender],
        kind=row.kind,
        version=row.version,
        advertised=row.advertised,
        advertised_en=row.advertised_en,
        scope=row.scope(),
        rates=_rates(row.rates),
        repayments=tuple(_repayment(way) for way in row.repayments),
        fees=_fees(row.fees),
        settlement=_settlement(row.settlement),
        fees_stop=row.fees_stop,
        min_down=rate_units(row.min_down, argument="min_down"),
        max_down=rate_units(row.max_down, argument="max_down"),
        max_ltv=rate_units(row.max_ltv, argument="max_ltv"),
        min_amount=fen(row.min_amount, argument="min_amount"),
        max_amount=None if row.max_amount is None else fen(row.max_amount, argument="max_amount"),
        amount_step=fen(row.amount_step, argument="amount_step"),
        max_age_plus_term=row.max_age_plus_term,
        rate_cap=None if row.rate_cap is None else rate_units(row.rate_cap, argument="rate_cap"),
        residual_bearer=row.residual_bearer,
        rounding=row.rounding,
    )


def _promotion(row: PromotionRow) -> Promotion:
    return Promotion(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        products=row.products,
        scope=row.scope(),
        priority=row.priority,
        quota=row.quota,
        used=row.used,
        rates=_rates(row.rates),
        standard_rates=_rates(row.standard_rates),
        subsidies=tuple(
            Payer(payer, rate_units(share, argument="subsidies")) for payer, share in row.subsidies.items()
        ),
        min_down=None if row.min_down is None else rate_units(row.min_down, argument="min_down"),
        max_amount=None if row.max_amount is None else fen(row.max_amount, argument="max_amount"),
        fees=None if row.fees is None else _fees(row.fees),
        price_discount=fen(row.price_discount, argument="price_discount"),
        advertised=row.advertised,
        advertised_en=row.advertised_en,
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
