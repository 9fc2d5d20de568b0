"""Deciding about quotes: what may be offered, taken, shared; how far bespoke terms are away. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from chedai.deals.quotes.frozen import FrozenPlan
from chedai.deals.quotes.states import MOVES, WORDS, QuoteState
from chedai.engine.compare import Bound, Catalogue, Product, Promotion, Rule
from chedai.engine.compare.bespoke import Deviation, Term
from chedai.engine.compare.words import money, share
from chedai.engine.money import RATE_SCALE
from chedai.platform.errors import Conflict, Refusal

BASIS_POINT: Final = RATE_SCALE // 10_000


def move_refusal(at: QuoteState, to: QuoteState) -> Conflict | None:
    """Why a quote may not go from one state to another."""
    if to in MOVES[at]:
        return None
    (zh_at, en_at), (zh_to, en_to) = WORDS[at], WORDS[to]
    return Conflict("quote-state", f"{zh_at}的报价不能转为{zh_to}", f"a quote that is {en_at} cannot be {en_to}")


def validity_refusal(valid_until: date, on: date) -> Refusal | None:
    """Why a quote is too old on a day; its last day is good to midnight."""
    if on <= valid_until:
        return None
    zh = f"报价有效至 {valid_until}，今天 {on} 已过期，请重新报价"
    en = f"the quote was valid until {valid_until}; on {on} it has expired, quote again"
    return Refusal("quote-expired", zh, en, field="valid_until")


def plan_refusal(plans: Sequence[FrozenPlan], at: int) -> Refusal | None:
    """Why a position names no plan that a loan could be made of."""
    if not 0 <= at < len(plans):
        return Refusal("no-such-plan", f"报价中没有第 {at} 个方案", f"the quote has no plan {at}", field="plan")
    if plans[at].is_cash:
        zh, en = (
            "全款没有贷款可申请，请按“改为全款”关闭案卷",
            "cash needs no application; close the deal as paid in cash",
        )
        return Refusal("plan-is-cash", zh, en, field="plan")
    return None


def sale_refusal(plan: FrozenPlan, catalogue: Catalogue, on: date) -> Refusal | None:
    """Why a plan can no longer be had: its product, that version of it, or its promotion is not on the shelf."""
    product = next((one for one in catalogue.products if one.code == plan.product_code), None)
    name, name_en = f"{plan.lender_name} {plan.product_name}", f"{plan.lender_name_en} {plan.product_name_en}"
    if product is None or not product.scope.open_on(on):
        zh, en = f"{name}已停售，请重新报价", f"{name_en} is no longer sold; quote again"
        return Refusal("product-not-sold", zh, en, field="plan")
    if plan.product_version and product.version != str(plan.product_version):
        zh, en = f"{name}已有新版本，报价所依据的版本已停售，请重新报价", f"{name_en} has a new version; quote again"
        return Refusal("product-version-not-sold", zh, en, field="plan")
    return _promotion_refusal(plan, catalogue, on) if plan.promotion_code else None


def _promotion_refusal(plan: FrozenPlan, catalogue: Catalogue, on: date) -> Refusal | None:
    found = next((one for one in catalogue.promotions if one.code == plan.promotion_code), None)
    name, name_en = plan.promotion_name, plan.promotion_name_en
    if found is None or not found.scope.open_on(on):
        return Refusal("promotion-over", f"活动“{name}”已结束", f"the promotion {name_en} is over", field="plan")
    if found.quota is not None and found.used >= found.quota:
        zh, en = f"活动“{name}”名额 {found.quota} 个已用完", f"all {found.quota} places of {name_en} are taken"
        return Refusal("promotion-used-up", zh, en, field="plan")
    return None


def last_day(on: date, days: int, plans: Iterable[FrozenPlan], catalogue: Catalogue, asks: Iterable[date]) -> date:
    """Until when a quote is good: so many days, but no longer than what it rests on is sold."""
    products: dict[str, Product] = {one.code: one for one in catalogue.products}
    promotions: dict[str, Promotion] = {one.code: one for one in catalogue.promotions}
    ends = [on + timedelta(days=days), *asks]
    for plan in plans:
        for scoped in (products.get(plan.product_code), promotions.get(plan.promotion_code)):
            if scoped is not None and scoped.scope.ends is not None:
                ends.append(scoped.scope.ends)
    return max(min(ends), on)


def deviation_bp(lines: Sequence[Deviation], price: int, principal: int) -> int:
    """The size of a deviation in basis points: that of its largest line, for the authority it needs.

    A rate counts by its difference; a down payment by its share of the price; an amount and fees by their share of the
    loan; a term, and the average life of the principal, by 100 basis points a year.
    """
    sizes = {
        Term.RATE: BASIS_POINT,
        Term.DOWN_PAYMENT: BASIS_POINT,
        Term.AMOUNT: max(principal // 10_000, 1),
        Term.FEES: max(principal // 10_000, 1),
    }
    found = [0]
    for line in lines:
        size = abs(line.difference)
        years = {Term.PERIODS: 12, Term.LIFE: 360}.get(line.term)
        found.append(-(-size // sizes[line.term]) if years is None else -(-size * 100 // years))
    return max(found)


def law_refusal(plan: FrozenPlan, rules: Iterable[Rule]) -> Refusal | None:
    """Why bespoke terms are beyond what anybody may approve: loan ratio, longest term, highest rate of the policies."""
    if plan.lender_kind is None:
        return None
    rate = max(plan.nominal_rate or 0, plan.effective_rate or 0)
    found = {Bound.LTV: plan.ltv, Bound.TERM_MOST: plan.periods, Bound.RATE_CAP: rate}
    words = {Bound.LTV: ("贷款成数", "the loan ratio"), Bound.TERM_MOST: ("期限", "the term")}
    words[Bound.RATE_CAP] = ("综合年化", "the true annual rate")
    for rule in rules:
        if rule.covers(plan.vehicle_kind, plan.lender_kind) and found[rule.bound] > rule.limit:
            months = rule.bound is Bound.TERM_MOST
            is_now, most = (f"{v} 期" if months else share(v) for v in (found[rule.bound], rule.limit))
            zh, en = words[rule.bound]
            return Refusal(
                "bespoke-beyond-policy",
                f"{zh} {is_now}，超过上限 {most}（政策 {rule.version}），不可审批",
                f"{en} of {is_now} is above the limit of {most} (policy {rule.version}); nobody may approve it",
                field="annual_rate" if rule.bound is Bound.RATE_CAP else "periods" if months else "down_payment",
            )
    return None


def add_on_refusal(plan: FrozenPlan, price: int) -> Refusal | None:
    """Why a product beside the car cannot be financed: the loan may not exceed the price of the car."""
    if plan.principal + price <= plan.price:
        return None
    loan, most = money(plan.principal + price), money(plan.price)
    zh, en = f"加装并入后贷款 {loan}，超过车价 {most}", f"with it the loan is {loan}, above the car's price of {most}"
    return Refusal("add-on-over-price", zh, en, field="financed")


def number_of(store: str, on: date, last: str) -> str:
    """The number after `last`, the newest of the store and day, or nothing: QA1-20261120-017."""
    day = prefix_of(store, on)
    return f"{day}{int(last[len(day) :] or 0) + 1:03}"


def prefix_of(store: str, on: date) -> str:
    """What every number of a store and day begins with."""
    return f"Q{store}-{on:%Y%m%d}-"
