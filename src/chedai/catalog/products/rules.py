"""What a product or promotion may say, as pure questions: its own sense, and the limits of the policies above it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import msgspec

from chedai.catalog.products.limits import house_rules
from chedai.engine.compare import Bound, Catalogue, CustomerKind, Product, Promotion, Rule, VehicleKind, Wish, compare
from chedai.engine.compare.document import ProductTerms, PromotionTerms
from chedai.engine.compare.words import share, share_up
from chedai.engine.errors import EngineError
from chedai.engine.money import RATE_SCALE
from chedai.platform.errors import Refusal
from chedai.platform.policies import PolicyBook

CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
REFERENCE: Final = 10_000_000
"""The loan a rate with its fees is judged over, in fen, where the product's own amounts allow it: 100,000 yuan."""
USUAL_DOWN: Final = RATE_SCALE // 5


@dataclass(frozen=True, slots=True)
class Days:
    """From which day to which; both inclusive, an open end is None."""

    starts: date
    ends: date | None


def code_refusal(code: str) -> Refusal | None:
    """Why a code cannot be one."""
    if CODE.fullmatch(code):
        return None
    zh, en = "代码只用小写字母、数字和连字符，最多 39 位", "a code is of a-z, 0-9 and hyphens, at most 39"
    return Refusal("code-signs", zh, en, field="code")


def days_refusal(days: Days) -> Refusal | None:
    """Why days cannot be."""
    if days.ends is None or days.ends >= days.starts:
        return None
    zh, en = f"截止日不得早于生效日 {days.starts}", f"the last day is not before the first, {days.starts}"
    return Refusal("days-order", zh, en, field="ends")


def product_terms(document: Mapping[str, Any]) -> ProductTerms:
    """The terms of a document, closed and typed. Errors: `Refusal` naming the place."""
    try:
        return msgspec.convert(document, ProductTerms)
    except msgspec.ValidationError as error:
        raise _unreadable(error) from None


def promotion_terms(document: Mapping[str, Any]) -> PromotionTerms:
    """The same for a promotion."""
    try:
        return msgspec.convert(document, PromotionTerms)
    except msgspec.ValidationError as error:
        raise _unreadable(error) from None


def told(refused: EngineError) -> Refusal:
    """A refusal of the engine at the field it names."""
    return Refusal("terms-wrong", refused.text("zh"), refused.text("en"), field=refused.argument.partition(".")[0])


def limit_refusals(product: Product, book: PolicyBook, on: date) -> list[Refusal]:
    """Every figure of a product above what the policies allow for any car it is sold for, each with its limit.

    Longest term, largest loan ratio, and the annual cost with every fee of each term over a reference loan.
    """
    wishes = {kind: _wish(product, kind, on) for kind in product.scope.vehicles or tuple(VehicleKind)}
    above = {
        kind: house_rules(book, wish, frozenset({product.lender.kind}), long_need=True).rules
        for kind, wish in wishes.items()
    }
    found = list(_terms_too_long(product, above))
    found += _ratio_too_high(product, above)
    kind = next(iter(wishes))
    found += _too_dear(product, wishes[kind], above[kind])
    return found


def promotion_refusals(promotion: Promotion, products: Iterable[Product]) -> list[Refusal]:
    """What of a promotion its products do not bear: a first payment below what their loan ratio leaves, a subsidy
    without a standard rate. A first payment of nothing is only for products that may finance the whole price."""
    found = []
    listed = tuple(products)
    if promotion.min_down is not None:
        for product in listed:
            if RATE_SCALE - promotion.min_down > product.max_ltv:
                least = share(RATE_SCALE - product.max_ltv)
                zh = f"首付 {share(promotion.min_down)} 低于{product.lender.name}{product.name}的下限 {least}"
                en = f"a down payment of {share(promotion.min_down)} is below {least}, the least of {product.code}"
                found.append(Refusal("promotion-down", zh, en, field="min_down"))
    try:
        undated = tuple(replace(p, scope=replace(p.scope, starts=None, ends=None)) for p in listed)
        Catalogue(name="", as_of=date.min, products=undated, promotions=(promotion,))
    except EngineError as refused:
        found.append(told(refused))
    return found


def _terms_too_long(product: Product, above: Mapping[VehicleKind, tuple[Rule, ...]]) -> Iterator[Refusal]:
    limit = _loosest(above, Bound.TERM_MOST)
    if limit is None:
        return
    for rate in product.rates:
        if rate.periods > limit.limit:
            zh = f"期限 {rate.periods} 期超过上限 {limit.limit} 期（政策 {limit.version})"
            en = f"a term of {rate.periods} months exceeds {limit.limit} (policy {limit.version})"
            yield Refusal("term-over-limit", zh, en, field="rates")


def _ratio_too_high(product: Product, above: Mapping[VehicleKind, tuple[Rule, ...]]) -> Iterator[Refusal]:
    limit = _loosest(above, Bound.LTV)
    if limit is not None and product.max_ltv > limit.limit:
        zh = f"贷款成数 {share(product.max_ltv)} 超过上限 {share(limit.limit)}（政策 {limit.version})"
        en = f"a loan ratio of {share(product.max_ltv)} exceeds {share(limit.limit)} (policy {limit.version})"
        yield Refusal("ltv-over-limit", zh, en, field="max_ltv")


def _loosest(above: Mapping[VehicleKind, tuple[Rule, ...]], bound: Bound) -> Rule | None:
    """The largest limit among the cars a product is sold for; None where one of them has none."""
    tightest = []
    for rules in above.values():
        own = [rule for rule in rules if rule.bound is bound]
        if not own:
            return None
        tightest.append(min(own, key=lambda rule: rule.limit))
    return max(tightest, key=lambda rule: rule.limit)


def _too_dear(product: Product, wish: Wish, rules: tuple[Rule, ...]) -> Iterator[Refusal]:
    """The terms whose annual cost, the higher of the two figures, is above a cap of the policies or the product's."""
    undated = replace(product, scope=replace(product.scope, starts=None, ends=None))
    try:
        answer = compare(wish, Catalogue(name="", as_of=wish.on, products=(undated,)), rules)
    except EngineError as refused:
        yield told(refused)
        return
    for why in answer.why_not:
        for failure in why.failures:
            if failure.bound is not Bound.RATE_CAP:
                continue
            figure, limit = share_up(int(str(failure.figure))), share(int(str(failure.limit)))
            policy = (f"（政策 {failure.policy})", f" (policy {failure.policy})") if failure.policy else ("", "")
            zh = f"{why.periods} 期综合年化 {figure} 超过上限 {limit}{policy[0]}"
            en = f"at {why.periods} months {figure} a year with fees exceeds {limit}{policy[1]}"
            yield Refusal("rate-over-limit", zh, en, field="rates")


def _wish(product: Product, kind: VehicleKind, on: date) -> Wish:
    """Somebody who wants the reference loan of a product for a car of a kind."""
    amount = max(min(REFERENCE, product.max_amount or REFERENCE), product.min_amount)
    amount = -(-amount // product.amount_step) * product.amount_step
    down = min(max(product.min_down, RATE_SCALE - product.max_ltv, USUAL_DOWN), product.max_down)
    price = -(-amount * RATE_SCALE // max(RATE_SCALE - down, 1))
    scope = product.scope
    return Wish(
        price=price,
        on=on,
        down_payments=(price - amount,),
        vehicle=kind,
        model=next(iter(scope.models), ""),
        region=next(iter(scope.regions), ""),
        customer=next(iter(scope.customers), CustomerKind.PERSON),
    )


def _unreadable(error: msgspec.ValidationError) -> Refusal:
    return Refusal("terms-wrong", f"条款内容有误：{error}", f"the terms cannot be read: {error}", field="terms")
