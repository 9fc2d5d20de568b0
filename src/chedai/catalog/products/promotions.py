"""Promotions: opening and stopping them, and the places of their quota, one a contract."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.db.models import QuerySet

from chedai.catalog.products import rules, selectors
from chedai.catalog.products.models import Product, Promotion, PromotionTake, ShelfRule
from chedai.engine import compare
from chedai.engine.compare.document import PromotionTerms, promotion_of
from chedai.engine.errors import EngineError
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.approvals.rules import freeze
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal, Refusals
from chedai.platform.work import record, service


def promotion_lock(code: str) -> Promotion:
    """A promotion, locked until the transaction ends. Errors: `NotFound`."""
    found = Promotion.objects.select_for_update(no_key=True).filter(code=code).first()
    if found is None:
        raise _unknown()
    return found


def promotion_of_code(code: str) -> Promotion:
    """The promotion of a code. Errors: `NotFound`."""
    found = Promotion.objects.filter(code=code).first()
    if found is None:
        raise _unknown()
    return found


def promotions() -> QuerySet[Promotion]:
    """Every promotion, by code."""
    return Promotion.objects.order_by("code")


@service
def promotion_open(
    *,
    code: str,
    name: str,
    starts: date,
    ends: date,
    terms: Mapping[str, Any],
    actor: Actor,
    name_en: str = "",
    quota: int | None = None,
) -> Promotion:
    """Open a promotion over products that are sold. Errors: `Refusals` at their fields; `Conflict` for a known code."""
    _refuse_facts(code, name, rules.Days(starts, ends), quota)
    if Promotion.objects.filter(code=code).exists():
        raise Conflict("promotion-known", f"活动代码 {code} 已存在", f"there is a promotion {code}", field="code")
    read = rules.promotion_terms(terms)
    _refuse_terms(read, rules.Days(starts, ends))
    document = msgspec.to_builtins(read)
    promotion = Promotion.objects.create(
        code=code,
        name=name.strip(),
        name_en=name_en.strip(),
        starts=starts,
        ends=ends,
        quota=quota,
        terms=document,
        digest=hashlib.sha256(freeze(document)[0]).hexdigest(),
        opened_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"code": code, "starts": starts.isoformat(), "ends": ends.isoformat()}
    facts |= {"quota": quota or 0, "products": ",".join(read.products), "digest": promotion.digest}
    record(actor=actor, action="promotion.opened", subject=f"promotion:{promotion.pk}", facts=facts)
    return promotion


@service
def promotion_stop(*, code: str, reason: str, actor: Actor) -> Promotion:
    """End a promotion before its last day. Contracts that took it keep it."""
    promotion = promotion_lock(code)
    if not reason.strip():
        raise Refusal("stop-reason", "请写明停止原因", "say why", field="reason")
    if promotion.stopped_at is not None:
        raise Conflict("promotion-stopped", "活动已停止", "the promotion has been stopped")
    promotion.stopped_at = clock.now()
    promotion.save(update_fields=["stopped_at"])
    record(actor=actor, action="promotion.stopped", subject=f"promotion:{promotion.pk}", reason=reason.strip())
    return promotion


@service
def promotion_take(*, code: str, contract: str, actor: Actor) -> Promotion:
    """Take one place of a quota for a contract that is being signed; taken twice for one contract it is one place.

    Errors: `Conflict` where the promotion is over, stopped or used up, with the figures.
    """
    promotion = promotion_lock(code)
    if _taken(promotion, contract).exists():
        return promotion
    today = clock.business_date()
    if promotion.stopped_at is not None or not promotion.starts <= today <= promotion.ends:
        zh = f"活动“{promotion.name}”不在有效期（{promotion.starts} 至 {promotion.ends})"
        en = f"the promotion {code} holds from {promotion.starts} to {promotion.ends} and not today"
        raise Conflict("promotion-over", zh, en)
    if promotion.quota is not None and promotion.used >= promotion.quota:
        zh = f"活动“{promotion.name}”名额 {promotion.quota} 已用完"
        en = f"all {promotion.quota} places of the promotion {code} are taken"
        raise Conflict("promotion-used-up", zh, en)
    PromotionTake.objects.create(promotion=promotion, contract=contract, taken_at=clock.now())
    return _count(promotion, 1, "promotion.taken", contract, actor)


@service
def promotion_give_back(*, code: str, contract: str, actor: Actor) -> Promotion:
    """Give the place of a contract back that is not carried out. Given back twice it is given back once."""
    promotion = promotion_lock(code)
    if not _taken(promotion, contract).update(given_back_at=clock.now()):
        return promotion
    return _count(promotion, -1, "promotion.given_back", contract, actor)


@service
def shelf_rule_set(
    *, conflict: compare.Conflict, cash_discount: int, actor: Actor, starts: date | None = None
) -> ShelfRule:
    """Set how promotions that meet are resolved and what paying in full takes off the car (fen), from a day on.

    Errors: `Refusal` at its field.
    """
    today = clock.business_date()
    if cash_discount < 0:
        raise Refusal("cash-discount", "现金优惠不得为负", "the discount is not below zero", field="cash_discount")
    if starts is not None and starts < today:
        raise Refusal("shelf-rule-late", f"最早自 {today} 起", f"the earliest day is {today}", field="starts")
    rule = ShelfRule.objects.create(
        starts=starts or today, conflict=conflict, cash_discount=cash_discount, set_at=clock.now()
    )
    facts: dict[str, Scalar] = {"conflict": conflict.value, "cash_discount": cash_discount}
    record(actor=actor, action="shelf.rule_set", subject=f"shelf-rule:{rule.pk}", facts=facts)
    return rule


def _refuse_facts(code: str, name: str, days: rules.Days, quota: int | None) -> None:
    found = [rules.code_refusal(code), rules.days_refusal(days)]
    if not name.strip():
        found.append(Refusal("promotion-name", "请填写活动名称", "give the name of the promotion", field="name"))
    if quota is not None and quota < 1:
        found.append(Refusal("promotion-quota", "名额至少为 1", "a quota is at least 1", field="quota"))
    refused = [one for one in found if one is not None]
    if refused:
        raise Refusals(refused)


def _refuse_terms(terms: PromotionTerms, days: rules.Days) -> None:
    """Errors: what the terms, or the products they name, do not bear."""
    try:
        engine = promotion_of(terms, code="", name="", name_en="", starts=days.starts, ends=days.ends)
    except EngineError as error:
        raise rules.told(error) from None
    refused = rules.promotion_refusals(engine, _products_of(terms.products, days.starts))
    if refused:
        raise Refusals(refused)


def _products_of(codes: tuple[str, ...], starts: date) -> list[compare.Product]:
    """The products a promotion names, each in its version of the first day. Errors: `Refusal` naming who has none."""
    known = {product.code: product for product in Product.objects.filter(code__in=codes).select_related("lender")}
    found = []
    for code in codes:
        product = known.get(code)
        version = selectors.version_on(product.pk, starts) if product else None
        if version is None:
            zh, en = f"产品 {code} 在 {starts} 没有有效版本", f"no version of {code} is sold on {starts}"
            raise Refusal("promotion-product", zh, en, field="products")
        found.append(selectors.engine_product(version))
    if not found:
        raise Refusal("promotion-products", "请选择活动产品", "name the products", field="products")
    return found


def _taken(promotion: Promotion, contract: str) -> QuerySet[PromotionTake]:
    return PromotionTake.objects.filter(promotion=promotion, contract=contract, given_back_at=None)


def _count(promotion: Promotion, by: int, action: str, contract: str, actor: Actor) -> Promotion:
    promotion.used += by
    promotion.save(update_fields=["used"])
    facts: dict[str, Scalar] = {"contract": contract, "used": promotion.used, "quota": promotion.quota or 0}
    record(actor=actor, action=action, subject=f"promotion:{promotion.pk}", facts=facts)
    return promotion


def _unknown() -> NotFound:
    return NotFound("no-such-promotion", "没有这个活动", "there is no such promotion")
