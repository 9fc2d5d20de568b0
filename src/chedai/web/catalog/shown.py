"""What versions of a product say, fact by fact and side by side, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.catalog.products.requirements import PaperRule, Requirements
from chedai.engine.compare.document import Number, ProductTerms, RepaymentRow
from chedai.engine.money import fen, percent, rate_units
from chedai.engine.rates import Fee, parse_fee
from chedai.web import formats
from chedai.web.catalog import words

GROUPS: Final[tuple[Promise, ...]] = (
    gettext_lazy("有效期"),
    gettext_lazy("年利率"),
    gettext_lazy("额度与首付"),
    gettext_lazy("费用"),
    gettext_lazy("还款与结清"),
    gettext_lazy("适用"),
    gettext_lazy("放款条件"),
    gettext_lazy("材料"),
)
_DAYS, _RATES, _LIMITS, _FEES, _PAYING, _SCOPE, _NEEDS, _PAPERS = range(8)


@dataclass(frozen=True, slots=True)
class Said:
    """A version as it is compared: its column, its days, what it says."""

    head: str
    note: str
    starts: date
    ends: date | None
    terms: ProductTerms
    needs: Requirements
    state: str = ""
    tint: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of all versions; `differs` where they do not say the same. Days always do, and are not counted."""

    label: str
    values: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Facts under one heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Fact:
    group: int
    label: str
    text: str


def side_by_side(versions: Sequence[Said]) -> list[Group]:
    """Every fact of some versions, one column each; what only one of them says is a dash in the others."""
    columns = [{(fact.group, fact.label): fact.text for fact in _facts(one)} for one in versions]
    keys = sorted(dict.fromkeys(key for column in columns for key in column), key=lambda key: key[0])
    groups = []
    for number, title in enumerate(GROUPS):
        own = [key for key in keys if key[0] == number]
        if number == _RATES:
            own.sort(key=lambda key: int(key[1].split()[0]))
        lines = []
        for key in own:
            values = tuple(column.get(key, formats.NOT_APPLICABLE) for column in columns)
            lines.append(Line(key[1], values, number != _DAYS and len(set(values)) > 1))
        if lines:
            groups.append(Group(str(title), tuple(lines)))
    return groups


def differences(groups: Sequence[Group]) -> int:
    """How many facts differ."""
    return sum(line.differs for group in groups for line in group.lines)


def rate(value: Number) -> str:
    """A share as the file has it: 15%."""
    return f"{percent(rate_units(value)):f}%"


def annual(value: Number) -> str:
    """A rate with its two decimals: 4.20%."""
    return formats.rate(rate_units(value))


def _facts(said: Said) -> Iterator[_Fact]:
    terms = said.terms
    yield _Fact(_DAYS, _("生效日"), formats.day(said.starts))
    yield _Fact(_DAYS, _("截止日"), formats.day(said.ends) if said.ends else _("至新版生效"))
    for term, value in terms.rates.items():
        yield _Fact(_RATES, _("%s 期") % term, annual(value))
    if terms.advertised:
        yield _Fact(_SCOPE, _("宣传口径"), terms.advertised if words.is_chinese() else terms.advertised_en)
    yield from _limits(terms)
    for text in terms.fees:
        fee = parse_fee(text)
        yield _Fact(_FEES, words.either(fee.name), _fee(fee))
    yield from _paying(terms)
    yield _Fact(_SCOPE, _("产品类别"), words.said(words.PRODUCTS, terms.kind))
    yield _Fact(_SCOPE, _("车辆"), words.listed(words.VEHICLES, terms.vehicles) or _("不限"))
    yield _Fact(_SCOPE, _("客户"), words.listed(words.CUSTOMERS, terms.customers) or _("不限"))
    yield _Fact(_SCOPE, _("地区"), words.listed(words.REGIONS, terms.regions) or _("不限"))
    yield from _needs(said.needs)


def _limits(terms: ProductTerms) -> Iterator[_Fact]:
    down = f"{rate(terms.min_down)} – {rate(terms.max_down)}"
    yield _Fact(_LIMITS, _("首付比例"), down)
    yield _Fact(_LIMITS, _("贷款成数上限"), rate(terms.max_ltv))
    least = formats.money(fen(terms.min_amount))
    most = formats.money(fen(terms.max_amount)) if terms.max_amount is not None else _("不限")
    yield _Fact(_LIMITS, _("金额（元）"), f"{least} – {most}")
    yield _Fact(_LIMITS, _("金额取整（元）"), formats.money(fen(terms.amount_step)))
    if terms.max_age_plus_term is not None:
        yield _Fact(_LIMITS, _("车龄加期限（月）"), _("最多 %s") % terms.max_age_plus_term)
    if terms.rate_cap is not None:
        yield _Fact(_LIMITS, _("综合年化上限"), rate(terms.rate_cap))


def _fee(fee: Fee) -> str:
    measure = formats.rate(fee.share) if fee.share else formats.money(fee.amount)
    of = _("（按车价）") if fee.share and fee.of == "price" else ""
    parts = [f"{measure}{of}", words.said(words.WHEN, fee.when), words.said(words.PAYEES, fee.payee)]
    return " · ".join([*parts, *([] if fee.in_rate else [_("不计入年化")])])


def _paying(terms: ProductTerms) -> Iterator[_Fact]:
    ways = [_way(RepaymentRow(method=way) if isinstance(way, str) else way) for way in terms.repayments]
    yield _Fact(_PAYING, _("还款方式"), ("、" if words.is_chinese() else ", ").join(ways))
    settlement = terms.settlement
    if settlement.locked:
        yield _Fact(_PAYING, _("提前结清"), _("还满 %s 期后") % settlement.locked)
    steps = [
        _("%(months)s 期内 %(share)s") % {"months": months, "share": rate(share)}
        for months, share in sorted(settlement.tiers.items(), key=lambda step: int(step[0]))
    ]
    steps += [(_("其后 %s") if steps else "%s") % rate(settlement.share)]
    yield _Fact(_PAYING, _("结清违约金"), (" · ").join(steps))
    if settlement.interest_months:
        yield _Fact(_PAYING, _("结清另收利息（月）"), str(settlement.interest_months))


def _way(row: RepaymentRow) -> str:
    text = words.method(row.method)
    if row.tail:
        of = _("车价") if row.tail_of == "price" else _("本金")
        text = _("%(way)s（尾款为%(of)s的 %(tail)s）") % {"way": text, "of": of, "tail": rate(row.tail)}
    if row.grace_principal:
        text += _("（前 %s 期只还利息）") % row.grace_principal
    return text


def _needs(needs: Requirements) -> Iterator[_Fact]:
    yes, no = _("要"), _("不要")
    yield _Fact(_NEEDS, _("第一受益人"), yes if needs.first_beneficiary else no)
    if needs.lien_days is None:
        lien = no
    else:
        lien = _("放款前") if needs.lien_days == 0 else _("放款后 %s 天内") % needs.lien_days
    yield _Fact(_NEEDS, _("抵押登记"), lien)
    yield _Fact(_NEEDS, _("GPS 安装"), yes if needs.gps else no)
    yield _Fact(_NEEDS, _("首付凭证"), yes if needs.down_payment_evidence else no)
    yield _Fact(_NEEDS, _("电子签约"), _("可以") if needs.e_sign else _("不可以"))
    yield _Fact(_NEEDS, _("明示表阅读"), _("%s 秒") % needs.reading_seconds)
    for paper in needs.papers:
        yield _Fact(_PAPERS, words.said(words.PAPERS, paper.paper), _paper(paper))


def _paper(paper: PaperRule) -> str:
    whom = [words.listed(words.JOBS, paper.jobs), words.listed(words.MARITAL, paper.marital)]
    whom += [words.listed(words.CUSTOMERS, paper.customers)]
    parts = [_("必备") if paper.required else _("可选"), *(who for who in whom if who)]
    if paper.valid_days is not None:
        parts.append(_("%s 天内") % paper.valid_days)
    return " · ".join(parts)
