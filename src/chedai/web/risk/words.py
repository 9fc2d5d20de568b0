"""Alerts, groups and states in the words of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from chedai.book.risk.indicators import CATALOGUE
from chedai.book.risk.states import AlertState, Outcome, WatchReason
from chedai.catalog.products.selectors import products
from chedai.web.formats import money

STATES: Final[Mapping[str, tuple[Promise, str]]] = {
    AlertState.OPEN: (gettext_lazy("待处理"), "red"),
    AlertState.ACTED: (gettext_lazy("处理中"), "blue"),
    AlertState.CLOSED: (gettext_lazy("已关闭"), "green"),
}
OUTCOMES: Final[Mapping[str, Promise]] = {
    Outcome.REAL: gettext_lazy("属实"),
    Outcome.ACCEPTED: gettext_lazy("属实，可接受"),
    Outcome.FALSE_ALARM: gettext_lazy("误报"),
}
GROUPS: Final[Mapping[str, Promise]] = {
    "store": gettext_lazy("门店"),
    "officer": gettext_lazy("专员"),
    "staff": gettext_lazy("专员"),
    "product": gettext_lazy("产品"),
    "month": gettext_lazy("放款月份"),
    "loan": gettext_lazy("贷款"),
    "phone": gettext_lazy("电话号码"),
    "employer": gettext_lazy("单位"),
}
REASONS: Final[Mapping[str, tuple[Promise, str]]] = {
    WatchReason.EXPOSURE: (gettext_lazy("大额敞口"), ""),
    WatchReason.GRADE: (gettext_lazy("分类下迁"), "red"),
    WatchReason.RESTRUCTURED: (gettext_lazy("重组观察"), "amber"),
    WatchReason.MANUAL: (gettext_lazy("人工列入"), "blue"),
}
PLAYBOOKS: Final[Mapping[str, Promise]] = {
    "store_review": gettext_lazy("门店逾期处置"),
    "officer_review": gettext_lazy("专员逾期处置"),
    "insurance": gettext_lazy("保险续保"),
    "lien": gettext_lazy("抵押补办"),
    "fraud": gettext_lazy("疑似团伙核查"),
}
EVIDENCE: Final[Mapping[str, Promise]] = {
    "overdue": gettext_lazy("逾期未还"),
    "owed": gettext_lazy("未还本金"),
    "whole": gettext_lazy("逾期贷款的全部余额"),
    "value": gettext_lazy("车值"),
    "loans": gettext_lazy("笔数"),
    "late": gettext_lazy("其中逾期"),
    "settled": gettext_lazy("提前结清笔数"),
    "people": gettext_lazy("客户数"),
    "ends": gettext_lazy("保险到期日"),
    "due": gettext_lazy("期限"),
}
_PRODUCT: Final = "product:"
_MONEY: Final = frozenset({"overdue", "owed", "whole", "value"})


def is_chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def indicator(code: str) -> str:
    """The name of an indicator."""
    found = CATALOGUE.get(code)
    return code if found is None else found.zh if is_chinese() else found.en


def formula(code: str) -> str:
    """How it is counted, in words."""
    found = CATALOGUE.get(code)
    return "" if found is None else found.formula_zh if is_chinese() else found.formula_en


def playbook(code: str) -> str:
    """The name of a playbook; one the house added is shown by its code."""
    return str(PLAYBOOKS.get(code, code))


def step_text(step: Any) -> str:
    """What a step asks for, in the language of the reader."""
    return str(step.zh if is_chinese() else step.en)


def figure(code: str, value: int) -> str:
    """A value or a limit of an indicator as it is read: a percentage, an amount, days or people."""
    found = CATALOGUE[code]
    if found.is_share:
        return f"{value / 1_000_000:.2f}%"
    if code == "value_below_balance":
        return money(value)
    if code in ("shared_phone", "shared_employer"):
        return ngettext("%(n)d 人", "%(n)d 人", value) % {"n": value}
    return ngettext("%(n)d 天", "%(n)d 天", value) % {"n": value}


def name_products(alerts: Iterable[Any]) -> None:
    """Hang onto alerts about a product its name, in one query."""
    about = [(one, one.subject.removeprefix(_PRODUCT)) for one in alerts if one.subject.startswith(_PRODUCT)]
    names = product_names(code for _alert, code in about)
    for one, code in about:
        one.product_name = names.get(code, code)


def product_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of products by their codes, in the language of the reader."""
    wanted = {code for code in codes if code}
    found = products().filter(code__in=wanted) if wanted else ()
    return {one.code: one.name if is_chinese() else one.name_en or one.name for one in found}


def subject(alert: Any) -> str:
    """What an alert is about."""
    kind, _colon, key = alert.subject.partition(":")
    if kind == "store":
        return str(alert.store.name)
    if kind == "staff":
        return str(alert.staff.user.display_name)
    if kind == "loan":
        return str((alert.evidence.get("numbers") or [key])[0])
    if kind in ("phone", "employer"):
        return str(GROUPS[kind])
    return str(getattr(alert, "product_name", "")) or key or _("未填")


def evidence(alert: Any) -> list[tuple[str, str]]:
    """The figures behind an alert in words; the loans are shown apart."""
    shown = []
    for key, value in alert.evidence.items():
        if key in EVIDENCE:
            shown.append((str(EVIDENCE[key]), money(value) if key in _MONEY else str(value)))
    return shown
