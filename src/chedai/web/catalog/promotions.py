"""Pages of promotions, and the rule of the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from chedai.catalog.products import promotions as services
from chedai.catalog.products.rules import product_terms, promotion_terms
from chedai.catalog.products.selectors import product_of_code, shelf_rule_on, version_on
from chedai.catalog.products.selectors import products as every_product
from chedai.engine.compare import Conflict
from chedai.engine.money import fen, percent, yuan
from chedai.engine.rates import parse_fee
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web import formats
from chedai.web.catalog import words
from chedai.web.catalog.forms import PromotionForm, ReasonForm, RuleForm
from chedai.web.catalog.lenders import FORM
from chedai.web.catalog.lists import MANAGE, PROMOTIONS, READ, promotion_state
from chedai.web.catalog.shown import annual
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.lists.page import list_page


@require_http_methods(["GET", "POST"])
@door(READ)
def promotions(request: Request) -> HttpResponse:
    """Every promotion."""
    return list_page(request, PROMOTIONS)


@require_GET
@door(READ)
def promotion(request: Request, code: str) -> HttpResponse:
    """One promotion: what it changes, who pays, how many places are left."""
    found, today = services.promotion_of_code(code), clock.business_date()
    terms = promotion_terms(found.terms)
    state, tint = promotion_state(found)
    rule = shelf_rule_on(today)
    known = {one.code: one for one in every_product()}
    context = {
        "promotion": found,
        "title": words.name(found),
        "state": state,
        "tint": tint,
        "is_over": found.stopped_at is not None or found.ends < today,
        "days_left": (found.ends - today).days + 1,
        "products": [(one, words.name(known[one])) for one in terms.products if one in known],
        "rates": _rates(terms, today),
        "payers": [(words.either(payer), f"{share}%") for payer, share in terms.subsidies.items()],
        "changes": list(_changes(terms)),
        "advertised": terms.advertised if words.is_chinese() else terms.advertised_en or terms.advertised,
        "priority": terms.priority,
        "conflict": words.said(words.CONFLICTS, rule.conflict if rule else Conflict.LOWEST_COST),
        "left": None if found.quota is None else found.quota - found.used,
        "may_manage": request.access.may(MANAGE),
    }
    return render(request, "web/catalog/promotion.html", context)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def promotion_new(request: Request) -> HttpResponse:
    """Open a promotion."""

    def save(data: dict[str, Any], request: Request) -> str:
        made = services.promotion_open(
            code=data["code"],
            name=data["name"],
            name_en=data["name_en"],
            starts=data["starts"],
            ends=data["ends"],
            quota=data["quota"],
            terms=_terms(data),
            actor=request.actor,
        )
        return reverse("promotion", args=[made.code])

    listed = [(one.code, f"{words.name(one.lender)} · {words.name(one)}") for one in every_product()]
    page = FormPage(
        key="promotion.new",
        form=PromotionForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已开设活动"),
        options={"products": listed},
        initial={"starts": clock.business_date(), "priority": 100},
        context={"title": _("开设活动"), "verb": _("开设活动"), "back": reverse("promotions"), "wide": True},
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def promotion_stop(request: Request, code: str) -> HttpResponse:
    """End it before its last day."""
    found = services.promotion_of_code(code)

    def save(data: dict[str, Any], request: Request) -> str:
        services.promotion_stop(code=code, reason=data["reason"], actor=request.actor)
        return reverse("promotion", args=[code])

    page = FormPage(
        key=f"promotion.stop.{found.pk}",
        form=ReasonForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已停止活动"),
        context={
            "title": _("停止活动"),
            "subtitle": words.name(found),
            "lead": _("新合同不再享受；已签合同不受影响。"),
            "verb": _("停止活动"),
            "back": reverse("promotion", args=[code]),
        },
        drafts=False,
    )
    return form_page(request, page)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def shelf_rule(request: Request) -> HttpResponse:
    """How promotions that meet are resolved, and what paying in full takes off the car, from today."""

    def save(data: dict[str, Any], request: Request) -> str:
        services.shelf_rule_set(
            conflict=Conflict(data["conflict"]), cash_discount=data["cash_discount"], actor=request.actor
        )
        return reverse("promotions")

    rule = shelf_rule_on(clock.business_date())
    page = FormPage(
        key="shelf.rule",
        form=RuleForm,
        template=FORM,
        save=save,
        done=gettext_lazy("已设定，今天起生效"),
        initial={
            "conflict": rule.conflict if rule else Conflict.LOWEST_COST.value,
            "cash_discount": rule.cash_discount if rule else 0,
        },
        context={
            "title": _("报价规则"),
            "lead": _("活动重叠时按此规则取舍，报价上会写明；改动自今天起，以前的报价不变。"),
            "verb": _("设定规则"),
            "back": reverse("promotions"),
        },
        drafts=False,
    )
    return form_page(request, page)


def _rates(terms: Any, today: date) -> list[tuple[str, str, str]]:
    """Term, the rate of the first product, the customer's; a term the product does not have has none."""
    product = product_of_code(terms.products[0])
    version = version_on(product.pk, today)
    own = {**(product_terms(version.terms).rates if version else {}), **terms.standard_rates}
    rows = sorted(terms.rates.items(), key=lambda row: int(row[0]))
    return [(term, annual(own[term]) if term in own else formats.NOT_APPLICABLE, annual(rate)) for term, rate in rows]


def _changes(terms: Any) -> Any:
    """What else a promotion changes, as label and text."""
    if terms.min_down is not None:
        yield _("最低首付"), f"{terms.min_down}%"
    if terms.max_amount is not None:
        yield _("最高金额（元）"), formats.money(fen(terms.max_amount))
    if terms.price_discount and fen(terms.price_discount):
        yield _("车价优惠（元）"), formats.money(fen(terms.price_discount))
    for text in terms.fees or ():
        fee = parse_fee(text)
        measure = formats.rate(fee.share) if fee.share else formats.money(fee.amount)
        payee = words.said(words.PAYEES, fee.payee)
        yield words.either(fee.name), f"{measure} · {words.said(words.WHEN, fee.when)} · {payee}"


def _terms(data: Mapping[str, Any]) -> dict[str, Any]:
    """The document of terms as it was typed. Errors: `Refusal` at its field."""
    document: dict[str, Any] = {"products": data["products"], "priority": data["priority"]}
    document |= {"rates": _pairs(data, "rates"), "subsidies": _pairs(data, "subsidies")}
    document |= {"advertised": data["advertised"], "advertised_en": ""}
    if data["min_down"] is not None:
        document["min_down"] = f"{percent(data['min_down']):f}"
    document |= {name: yuan(data[name]) for name in ("max_amount", "price_discount") if data[name]}
    fees = [text.strip() for text in data["fees"].replace("；", ";").split(";") if text.strip()]
    return document | ({"fees": fees} if fees else {})


def _pairs(data: Mapping[str, Any], field: str) -> dict[str, str]:
    """`12=0, 36=2.99` as a table."""
    typed = data[field].replace("，", ",").replace("＝", "=")
    found = {}
    for part in (part.strip() for part in typed.split(",") if part.strip()):
        key, equals, value = part.partition("=")
        if not equals or not key.strip() or not value.strip():
            zh, en = f"应写成 名称=数值，现为 {part}", f"write name=figure, not {part}"
            raise Refusal("pairs-wrong", zh, en, field=field)
        found[key.strip()] = value.strip().rstrip("%")
    return found
