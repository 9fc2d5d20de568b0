"""The lists of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.catalog.partners import rules as partner_rules
from chedai.catalog.partners.selectors import lenders_listed
from chedai.catalog.partners.states import LenderState
from chedai.catalog.products.menu import add_ons
from chedai.catalog.products.promotions import promotions
from chedai.catalog.products.rules import product_terms
from chedai.catalog.products.selectors import products_listed, versions_shown
from chedai.catalog.vehicles.rules import normal_plate, normal_vin
from chedai.catalog.vehicles.selectors import vehicle_models, vehicles
from chedai.engine.money import rate_units
from chedai.platform import clock
from chedai.web import formats
from chedai.web.catalog import words
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Row, Search, Text, View

READ: Final = "catalog.read"
MANAGE: Final = "catalog.manage"


def agreement_tint(lender: Row) -> str:
    """Red without an agreement that holds, amber where it ends soon."""
    if lender.agreed_until is None:
        return "red"
    return "amber" if partner_rules.expires_soon(lender.agreed_until, clock.business_date()) else ""


def _agreement(lender: Row) -> str:
    return lender.agreed_until.isoformat() if lender.agreed_until else _("无有效协议")


def _options(table: dict[str, Any]) -> Sequence[tuple[str, Text]]:
    return list(table.items())


LENDERS: Final = ListSpec(
    key="catalog.lenders",
    title=gettext_lazy("合作机构"),
    unit=gettext_lazy("家"),
    permission=READ,
    rows=lambda request: lenders_listed(clock.business_date()),
    columns=(
        Column(
            "name",
            gettext_lazy("机构"),
            words.name,
            sort="name",
            link=lambda lender: reverse("lender", args=[lender.code]),
            note=lambda lender: lender.code,
        ),
        Column(
            "kind",
            gettext_lazy("类别"),
            lambda lender: words.said(words.LENDERS, lender.kind),
            sort="kind",
            group="kind",
            note=lambda lender: _("自营") if lender.own_book else "",
        ),
        Column("agreed", gettext_lazy("协议有效至"), _agreement, sort="agreed_until", tint=agreement_tint),
        Column(
            "filing",
            gettext_lazy("备案证明"),
            lambda lender: lender.filing_number or _("缺"),
            tint=lambda lender: "" if lender.filing_number and lender.filing_paper_id else "amber",
        ),
        Column(
            "products", gettext_lazy("产品"), lambda lender: lender.product_count, Kind.NUMBER, sort="product_count"
        ),
        Column("channel", gettext_lazy("送件方式"), lambda lender: words.said(words.CHANNELS, lender.channel)),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda lender: _("已停用") if lender.state == LenderState.BLOCKED else _("合作中"),
            Kind.TAG,
            sort="state",
            tint=lambda lender: "red" if lender.state == LenderState.BLOCKED else "green",
        ),
    ),
    sort="name",
    filters=(
        Choice("kind", gettext_lazy("类别"), lambda request: _options(words.LENDERS), lambda value: Q(kind=value)),
        Choice(
            "state",
            gettext_lazy("状态"),
            lambda request: [("open", gettext_lazy("合作中")), ("blocked", gettext_lazy("已停用"))],
            lambda value: Q(state=value),
        ),
        Days("agreed", gettext_lazy("协议到期"), "agreed_until"),
    ),
    search=Search(gettext_lazy("名称或代码"), lambda text: Q(name__icontains=text) | Q(code__icontains=text)),
    views=(View(gettext_lazy("已停用"), "state=blocked"),),
    primary=Primary(gettext_lazy("登记机构"), "lender_new", "plus", MANAGE),
    empty=gettext_lazy("还没有合作机构：登记一家，或载入样例目录。"),
)


def hang_versions(rows: Sequence[Row]) -> None:
    """Hang onto rows of products the version of today and what it says."""
    found = versions_shown(row.version_pk for row in rows if row.version_pk)
    for row in rows:
        row.shown = found.get(row.version_pk)
        row.said = product_terms(row.shown.terms) if row.shown else None


def _state(product: Row) -> tuple[str, str]:
    version = getattr(product, "shown", None) or next(iter(versions_shown([product.version_pk]).values()), None)
    if product.lender.state == LenderState.BLOCKED:
        return _("机构停用"), "red"
    if not product.is_agreed:
        return _("协议失效"), "red"
    if version is None:
        return _("未发布"), "blue"
    if version.ends is not None and version.ends < clock.business_date():
        return _("已到期"), ""
    return _("在售"), "green"


def _span(product: Row) -> str:
    if not getattr(product, "said", None):
        return ""
    terms = sorted(int(term) for term in product.said.rates)
    return (
        _("%(least)s – %(most)s 期") % {"least": terms[0], "most": terms[-1]}
        if len(terms) > 1
        else _("%s 期") % terms[0]
    )


def _rates(product: Row) -> str:
    if not getattr(product, "said", None):
        return ""
    rates = sorted(rate_units(value) for value in product.said.rates.values())
    least, most = formats.rate(rates[0]), formats.rate(rates[-1])
    return least if least == most else f"{least} – {most}"


def terms_and_rates(product: Row) -> tuple[str, str]:
    """The terms and the rates of a product with its version hung on."""
    return _span(product), _rates(product)


PRODUCTS: Final = ListSpec(
    key="catalog.products",
    title=gettext_lazy("产品"),
    unit=gettext_lazy("个"),
    permission=READ,
    rows=lambda request: products_listed(clock.business_date()),
    columns=(
        Column(
            "name",
            gettext_lazy("产品"),
            words.name,
            sort="name",
            link=lambda product: reverse("product", args=[product.code]),
            note=lambda product: product.code,
        ),
        Column(
            "lender", gettext_lazy("机构"), lambda p: words.name(p.lender), sort="lender__name", group="lender__name"
        ),
        Column(
            "kind",
            gettext_lazy("类别"),
            lambda p: words.said(words.PRODUCTS, p.said.kind) if getattr(p, "said", None) else "",
            note=lambda p: words.listed(words.VEHICLES, p.said.vehicles) if getattr(p, "said", None) else "",
        ),
        Column("terms", gettext_lazy("期限"), _span),
        Column(
            "rates",
            gettext_lazy("合同年利率"),
            _rates,
            note=lambda p: (
                (p.said.advertised if words.is_chinese() else p.said.advertised_en) if getattr(p, "said", None) else ""
            ),
        ),
        Column("down", gettext_lazy("最低首付"), lambda p: f"{p.said.min_down}%" if getattr(p, "said", None) else ""),
        Column(
            "version",
            gettext_lazy("版本"),
            lambda p: p.shown.number if getattr(p, "shown", None) else None,
            Kind.NUMBER,
        ),
        Column("state", gettext_lazy("状态"), lambda p: _state(p)[0], Kind.TAG, tint=lambda p: _state(p)[1]),
    ),
    sort="lender",
    filters=(
        Choice(
            "lender",
            gettext_lazy("机构"),
            lambda request: [(one.code, words.name(one)) for one in lenders_listed(clock.business_date())],
            lambda value: Q(lender__code=value),
        ),
        Choice("kind", gettext_lazy("机构类别"), lambda request: _options(words.LENDERS), lambda v: Q(lender__kind=v)),
    ),
    search=Search(gettext_lazy("名称或代码"), lambda text: Q(name__icontains=text) | Q(code__icontains=text)),
    primary=Primary(gettext_lazy("登记产品"), "product_new", "plus", MANAGE),
    enrich=hang_versions,
    empty=gettext_lazy("还没有产品：先登记机构，再登记产品并发布第一版。"),
)


def promotion_state(promotion: Row) -> tuple[str, str]:
    """Where a promotion stands, and its tint."""
    today = clock.business_date()
    if promotion.stopped_at is not None:
        return _("已停止"), "red"
    if promotion.ends < today:
        return _("已结束"), ""
    if promotion.quota is not None and promotion.used >= promotion.quota:
        return _("名额用完"), "amber"
    return (_("未开始"), "blue") if promotion.starts > today else (_("进行中"), "green")


PROMOTIONS: Final = ListSpec(
    key="catalog.promotions",
    title=gettext_lazy("活动"),
    unit=gettext_lazy("项"),
    permission=READ,
    rows=lambda request: promotions(),
    columns=(
        Column(
            "name",
            gettext_lazy("活动"),
            words.name,
            sort="name",
            link=lambda promotion: reverse("promotion", args=[promotion.code]),
            note=lambda promotion: promotion.code,
        ),
        Column("products", gettext_lazy("产品"), lambda p: "、".join(p.terms["products"])),
        Column("starts", gettext_lazy("自"), lambda promotion: promotion.starts, Kind.DAY, sort="starts"),
        Column("ends", gettext_lazy("至"), lambda promotion: promotion.ends, Kind.DAY, sort="ends"),
        Column("used", gettext_lazy("已用名额"), lambda promotion: promotion.used, Kind.NUMBER, sort="used"),
        Column(
            "quota",
            gettext_lazy("总名额"),
            lambda promotion: promotion.quota,
            Kind.NUMBER,
            sort="quota",
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda p: promotion_state(p)[0],
            Kind.TAG,
            tint=lambda p: promotion_state(p)[1],
        ),
    ),
    sort="-ends",
    filters=(Days("ends", gettext_lazy("截止日"), "ends"),),
    search=Search(gettext_lazy("名称或代码"), lambda text: Q(name__icontains=text) | Q(code__icontains=text)),
    primary=Primary(gettext_lazy("开设活动"), "promotion_new", "plus", MANAGE),
    empty=gettext_lazy("还没有活动。"),
)

MODELS: Final = ListSpec(
    key="catalog.models",
    title=gettext_lazy("车型"),
    unit=gettext_lazy("款"),
    permission=READ,
    rows=lambda request: vehicle_models(),
    columns=(
        Column(
            "series",
            gettext_lazy("品牌与车系"),
            lambda model: f"{model.brand} {model.series}",
            sort="brand",
            group="brand",
            link=lambda model: reverse("model", args=[model.code]),
            note=lambda model: model.code,
        ),
        Column("trim", gettext_lazy("配置"), lambda model: model.trim, sort="trim"),
        Column("year", gettext_lazy("年款"), lambda model: str(model.year), sort="year"),
        Column("kind", gettext_lazy("类别"), lambda m: words.said(words.VEHICLES, m.kind), sort="kind", group="kind"),
        Column("energy", gettext_lazy("能源"), lambda model: words.said(words.ENERGIES, model.energy), sort="energy"),
        Column("price", gettext_lazy("指导价（元）"), lambda m: m.guide_price, Kind.MONEY, sort="guide_price"),
        Column(
            "state",
            gettext_lazy("状态"),
            lambda model: _("在列") if model.is_sold else _("已下架"),
            Kind.TAG,
            sort="is_sold",
            tint=lambda model: "green" if model.is_sold else "",
        ),
    ),
    sort="series",
    filters=(
        Choice("kind", gettext_lazy("类别"), lambda request: _options(words.VEHICLES), lambda value: Q(kind=value)),
        Choice("energy", gettext_lazy("能源"), lambda request: _options(words.ENERGIES), lambda value: Q(energy=value)),
    ),
    search=Search(
        gettext_lazy("品牌、车系或代码"),
        lambda text: Q(brand__icontains=text) | Q(series__icontains=text) | Q(code__icontains=text),
    ),
    views=(View(gettext_lazy("新能源"), "kind=own_nev"), View(gettext_lazy("二手车"), "kind=used")),
    primary=Primary(gettext_lazy("登记车型"), "model_new", "plus", MANAGE),
    empty=gettext_lazy("还没有车型：登记一款，或从工作簿导入。"),
)

VEHICLES: Final = ListSpec(
    key="catalog.vehicles",
    title=gettext_lazy("车辆"),
    unit=gettext_lazy("辆"),
    permission=READ,
    rows=lambda request: vehicles(),
    columns=(
        Column(
            "vin",
            gettext_lazy("车架号"),
            lambda vehicle: vehicle.vin,
            sort="vin",
            link=lambda vehicle: reverse("vehicle", args=[vehicle.pk]),
        ),
        Column("model", gettext_lazy("车型"), lambda v: str(v.model), sort="model__brand", group="model__brand"),
        Column(
            "kind",
            gettext_lazy("类别"),
            lambda vehicle: words.said(words.VEHICLES, vehicle.kind),
            Kind.TAG,
            tint=lambda vehicle: "amber" if vehicle.is_used else "",
        ),
        Column("plate", gettext_lazy("车牌"), lambda vehicle: vehicle.plate, sort="plate"),
        Column("mileage", gettext_lazy("里程（公里）"), lambda vehicle: vehicle.mileage, Kind.NUMBER, sort="mileage"),
        Column("first", gettext_lazy("初次登记"), lambda v: v.first_registered, Kind.DAY, sort="first_registered"),
        Column("invoice", gettext_lazy("发票价（元）"), lambda v: v.invoice_price, Kind.MONEY, sort="invoice_price"),
        Column(
            "at", gettext_lazy("登记时间"), lambda vehicle: vehicle.registered_at, Kind.MOMENT, sort="registered_at"
        ),
    ),
    sort="-at",
    filters=(
        Choice(
            "used",
            gettext_lazy("新旧"),
            lambda request: [("new", gettext_lazy("新车")), ("used", gettext_lazy("二手车"))],
            lambda value: Q(is_used=value == "used"),
        ),
    ),
    search=Search(
        gettext_lazy("车架号或车牌"),
        lambda text: Q(vin__contains=normal_vin(text)) | Q(plate__contains=normal_plate(text)),
    ),
    primary=Primary(gettext_lazy("登记车辆"), "vehicle_new", "plus", "vehicle.register"),
    empty=gettext_lazy("还没有车辆。"),
)


_MENU_COLUMNS: Final = (
    Column(
        "name",
        gettext_lazy("项目"),
        words.name,
        sort="name",
        link=lambda add_on: reverse("add_on", args=[add_on.code]),
        note=lambda add_on: add_on.says,
    ),
    Column("kind", gettext_lazy("类别"), lambda a: words.said(words.ADD_ONS, a.kind), sort="kind", group="kind"),
    Column("price", gettext_lazy("售价（元）"), lambda add_on: add_on.price, Kind.MONEY, sort="price"),
    Column("months", gettext_lazy("期限（月）"), lambda add_on: add_on.months or None, Kind.NUMBER, sort="months"),
    Column(
        "payee",
        gettext_lazy("收取方"),
        lambda add_on: add_on.payee_name,
        note=lambda add_on: words.said(words.PAYEES, add_on.payee),
    ),
    Column(
        "state",
        gettext_lazy("状态"),
        lambda add_on: _("在售") if add_on.is_offered else _("已下架"),
        Kind.TAG,
        sort="is_offered",
        tint=lambda add_on: "green" if add_on.is_offered else "",
    ),
)
ADD_ONS: Final = ListSpec(
    key="catalog.add_ons",
    title=gettext_lazy("加装项目"),
    unit=gettext_lazy("项"),
    permission=READ,
    rows=lambda request: add_ons(),
    columns=_MENU_COLUMNS,
    sort="kind",
    filters=(
        Choice("kind", gettext_lazy("类别"), lambda request: _options(words.ADD_ONS), lambda value: Q(kind=value)),
    ),
    search=Search(gettext_lazy("名称"), lambda text: Q(name__icontains=text)),
    primary=Primary(gettext_lazy("登记加装"), "add_on_new", "plus", MANAGE),
    empty=gettext_lazy("还没有加装项目。"),
)
