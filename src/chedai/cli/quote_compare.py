"""`chedai quote --compare`: the wish the options describe, the catalogue to answer it from, and the answer as data."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from chedai.catalog.products.limits import house_rules
from chedai.cli.catalogue import SAMPLE, read_catalogue
from chedai.cli.compare_table import print_comparison
from chedai.cli.options import amount_of, amounts_of, count_of, day_of, fee_of, months_of
from chedai.cli.quote_options import UNDATED, customer_of, method_asked, price_of, rate_asked, settlement_asked
from chedai.cli.results import BoundOut, ComparisonOut, PlanOut, WhyNotOut, csv_text, flat, json_text, plan_facts
from chedai.cli.say import Say
from chedai.engine.compare import (
    Catalogue,
    Comparison,
    Lender,
    LenderKind,
    Plan,
    Preference,
    Product,
    Promotion,
    Repayment,
    Rule,
    TermRate,
    TradeIn,
    VehicleKind,
    WhyNot,
    Wish,
    compare,
)
from chedai.engine.compare.methods import METHODS, method_of
from chedai.engine.compare.words import change_text, reason, share
from chedai.engine.errors import InvalidArgument
from chedai.engine.money import RATE_SCALE, divide, fen, percent, yuan
from chedai.engine.terms import Amortisation
from chedai.platform.policies import shipped_book

_Word = TypeVar("_Word", bound=StrEnum)

OWN: Final = Lender("", "", "", LenderKind.BANK)
"""Nobody in particular: the methods compared at one rate belong to no lender."""


def run_compare(asked: Namespace, say: Say) -> int:
    """Compares and prints."""
    catalogue = catalogue_asked(asked)
    wish = wish_asked(asked, catalogue)
    preference = _word(Preference, (asked.prefer or Preference.TOTAL_COST).replace("-", "_"), "--prefer")
    rules: tuple[Rule, ...] = ()
    region_open = False
    if asked.catalogue is not None:
        kinds = frozenset(product.lender.kind for product in catalogue.products)
        house = house_rules(shipped_book(), wish, kinds, long_need=asked.long_need)
        rules, region_open = house.rules, house.region_open
    answer = comparison_out(compare(wish, catalogue, rules, preference), wish, catalogue, preference, say)
    if asked.json:
        sys.stdout.write(json_text(answer))
    elif asked.csv:
        sys.stdout.write(comparison_csv(answer))
    else:
        print_comparison(answer, say, full=asked.full, region_open=region_open)
    return 0


def catalogue_asked(asked: Namespace) -> Catalogue:
    """The file's products and, where a rate is named, every method at that rate."""
    methods = () if asked.rate is None and asked.monthly_rate is None and asked.catalogue else _method_products(asked)
    if asked.catalogue is None:
        return Catalogue(name="", as_of=UNDATED, products=methods)
    listed = read_catalogue(SAMPLE if asked.catalogue == "sample" else Path(asked.catalogue))
    return replace(listed, products=(*methods, *listed.products))


def _method_products(asked: Namespace) -> tuple[Product, ...]:
    """One product a method, at the rate and fees of the options: a monthly rate is flat, a balloon needs its tail."""
    if asked.term is None:
        raise InvalidArgument("--term", "is needed", "必须给出")
    rate, terms = rate_asked(asked), months_of(asked.term, "--term")
    products = []
    for method in METHODS if asked.monthly_rate is None else (method_asked(asked),):
        if method.amortisation is Amortisation.STEPPED:
            continue
        tail = 0
        if method.amortisation is Amortisation.BALLOON:
            if asked.balloon is None:
                continue
            tail = _tail_share(asked)
        products.append(
            Product(
                code=method.code,
                name=method.zh,
                name_en=method.en,
                lender=OWN,
                rates=tuple(TermRate(periods, rate) for periods in terms),
                repayments=(Repayment(method.amortisation, method.interest_method, tail),),
                fees=tuple(fee_of(text) for text in asked.fee),
                settlement=settlement_asked(asked),
                amount_step=1,
            )
        )
    return tuple(products)


def _tail_share(asked: Namespace) -> int:
    """The tail as a share of the loan; an amount is turned into the share of the loan at the down payment named."""
    if asked.balloon.strip().endswith("%"):
        return amount_of(asked.balloon, RATE_SCALE, "--balloon")
    price = price_of(asked)
    principal = price - amounts_of(asked.down, price, "--down")[0]
    return divide(fen(asked.balloon, argument="--balloon") * RATE_SCALE, max(principal, 1))


def wish_asked(asked: Namespace, catalogue: Catalogue) -> Wish:
    """What the customer wants, in the engine's words."""
    price = price_of(asked)

    def money(text: str | None, option: str) -> int | None:
        return None if text is None else fen(text, argument=option)

    return Wish(
        price=price,
        on=_day(asked, catalogue),
        down_payments=amounts_of(asked.down, price, "--down"),
        vehicle=_word(VehicleKind, asked.vehicle or VehicleKind.OWN_ICE, "--vehicle"),
        terms=() if asked.term is None else months_of(asked.term, "--term"),
        instalment_most=money(asked.ceiling, "--ceiling"),
        cash_most=money(asked.cash, "--cash"),
        model=asked.model,
        region=asked.region,
        customer=customer_of(asked),
        list_price=money(asked.list_price, "--list-price"),
        appraisal=money(asked.appraisal, "--appraisal"),
        government_subsidy=fen(asked.government_subsidy or 0, argument="--government-subsidy"),
        vehicle_age=0 if asked.age is None else count_of(asked.age, "--age"),
        cash_discount=money(asked.cash_discount, "--cash-discount"),
        trade_in=_trade_in(asked),
        settle_months=months_of(asked.settle_months, "--settle-months"),
        settle_at=None if asked.settle_at is None else count_of(asked.settle_at, "--settle-at"),
    )


def _day(asked: Namespace, catalogue: Catalogue) -> date:
    return catalogue.as_of if asked.on is None else day_of(asked.on, "--on")


def _trade_in(asked: Namespace) -> TradeIn | None:
    if asked.trade_in is None:
        return None
    value, _, payoff = asked.trade_in.partition(":")
    return TradeIn(fen(value, argument="--trade-in"), fen(payoff or "0", argument="--trade-in"))


def _word(kind: type[_Word], text: str, option: str) -> _Word:
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(kind).replace("_", "-") if kind is Preference else ", ".join(kind)
        raise InvalidArgument(option, f"must be one of {known}", f"必须是 {known} 之一", value=text) from None


def comparison_out(
    found: Comparison, wish: Wish, catalogue: Catalogue, preference: Preference, say: Say
) -> ComparisonOut:
    """The comparison as data, its sentences in the reader's language."""
    return ComparisonOut(
        catalogue=say.own(catalogue.name),
        on=wish.on.isoformat() if catalogue.name else "",
        price=yuan(wish.price),
        preference=preference,
        plans=tuple(
            _plan_out(plan, wish, place in found.pareto, place == 1, say) for place, plan in enumerate(found.plans)
        ),
        why_not=tuple(_why_not_out(why, say) for why in found.why_not),
    )


def _plan_out(plan: Plan, wish: Wish, in_pareto: bool, preferred: bool, say: Say) -> PlanOut:
    financing = plan.financing
    product = None if financing is None else financing.product
    promotion = None if financing is None else financing.promotion
    return PlanOut(
        **plan_facts(plan, say),
        cash=plan.is_cash,
        lender="" if product is None else say(product.lender.name, product.lender.name_en),
        product="" if product is None else say(product.name, product.name_en),
        product_code="" if product is None else product.code,
        version="" if product is None else product.version,
        promotion="" if promotion is None else say(promotion.name, promotion.name_en),
        advertised="" if financing is None else _advertised(product, promotion, financing.annual_rate, say),
        tail="0.00" if financing is None else yuan(financing.tail),
        returns_car=financing is not None and financing.returns_car,
        ltv_pct=None if financing is None else share(financing.ltv),
        discount=yuan(wish.price - plan.price),
        forgone=yuan(plan.forgone),
        over_cash_with_forgone=yuan(plan.over_cash_with_forgone),
        negative_equity=yuan(plan.negative_equity),
        pareto=in_pareto,
        preferred=preferred,
    )


def _advertised(product: Product | None, promotion: Promotion | None, annual_rate: int, say: Say) -> str:
    """宣传口径: the promotion's words, else the product's, else its rate."""
    for said in (promotion, product):
        if said is not None and said.advertised:
            return say(said.advertised, said.advertised_en)
    rate = f"{percent(annual_rate):f}%"
    return say(f"年利率 {rate}", f"{rate} a year")


def _why_not_out(why: WhyNot, say: Say) -> WhyNotOut:
    way = why.repayment
    return WhyNotOut(
        lender=say(why.product.lender.name, why.product.lender.name_en),
        product=say(why.product.name, why.product.name_en),
        product_code=why.product.code,
        version=why.product.version,
        promotion="" if why.promotion is None else say(why.promotion.name, why.promotion.name_en),
        method=None if way is None else method_of(way.amortisation, way.interest_method).code,
        periods=why.periods,
        down_payment=None if why.down_payment is None else yuan(why.down_payment),
        bounds=tuple(BoundOut(bound=f.bound, reason=reason(f, why, say.language)) for f in why.failures),
        changes=tuple(change_text(change, say.language) for change in why.changes),
    )


def comparison_csv(answer: ComparisonOut) -> str:
    """One row a plan, in the order of the answer; what was refused follows after an empty line."""
    text = csv_text([flat(plan) for plan in answer.plans])
    refused = [
        {
            "lender": why.lender,
            "product": why.product,
            "promotion": why.promotion,
            "periods": "" if why.periods is None else str(why.periods),
            "reasons": " ".join(bound.reason for bound in why.bounds),
            "changes": "; ".join(why.changes),
        }
        for why in answer.why_not
    ]
    return text + ("\n" + csv_text(refused) if refused else "")
