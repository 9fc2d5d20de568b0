"""A policy row in words: its value, to whom it applies, how surely it was read."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chedai.engine.money import percent
from chedai.platform.policies import (
    Band,
    Bracket,
    CalendarYear,
    Cap,
    Confidence,
    EvaluatedAt,
    Hours,
    Kind,
    Label,
    Limit,
    Line,
    PercentRange,
    PolicyRow,
    Text,
)
from chedai.platform.policies.comparing import ChangeKind
from chedai.platform.policies.scope import DIMENSIONS
from chedai.platform.policies.states import DraftState
from chedai.platform.policies.units import UNITS
from chedai.web import formats

LENDERS: Final[dict[str, Promise]] = {
    "bank": gettext_lazy("银行"),
    "auto_finance": gettext_lazy("汽车金融公司"),
    "consumer_finance": gettext_lazy("消费金融公司"),
    "trust": gettext_lazy("信托公司"),
    "micro_loan": gettext_lazy("小额贷款公司"),
    "leasing": gettext_lazy("融资租赁公司"),
    "unlicensed": gettext_lazy("无放贷资质的出借人"),
}
VEHICLES: Final[dict[str, Promise]] = {
    "own_ice": gettext_lazy("自用传统动力"),
    "own_nev": gettext_lazy("自用新能源"),
    "commercial_ice": gettext_lazy("商用传统动力"),
    "commercial_nev": gettext_lazy("商用新能源"),
    "used": gettext_lazy("二手车"),
}
CHANNELS: Final[dict[str, Promise]] = {
    "direct": gettext_lazy("贷款人直营"),
    "dealer": gettext_lazy("经销商"),
    "broker": gettext_lazy("居间、助贷机构"),
    "internet_assisted": gettext_lazy("互联网助贷"),
    "card_instalment": gettext_lazy("信用卡购车分期"),
}
REGIONS: Final[dict[str, Promise]] = {
    "beijing": gettext_lazy("北京"),
    "tianjin": gettext_lazy("天津"),
    "hebei": gettext_lazy("河北"),
    "shanxi": gettext_lazy("山西"),
    "inner_mongolia": gettext_lazy("内蒙古"),
    "liaoning": gettext_lazy("辽宁"),
    "jilin": gettext_lazy("吉林"),
    "heilongjiang": gettext_lazy("黑龙江"),
    "shanghai": gettext_lazy("上海"),
    "jiangsu": gettext_lazy("江苏"),
    "zhejiang": gettext_lazy("浙江"),
    "anhui": gettext_lazy("安徽"),
    "fujian": gettext_lazy("福建"),
    "jiangxi": gettext_lazy("江西"),
    "shandong": gettext_lazy("山东"),
    "henan": gettext_lazy("河南"),
    "hubei": gettext_lazy("湖北"),
    "hunan": gettext_lazy("湖南"),
    "guangdong": gettext_lazy("广东"),
    "guangxi": gettext_lazy("广西"),
    "hainan": gettext_lazy("海南"),
    "chongqing": gettext_lazy("重庆"),
    "sichuan": gettext_lazy("四川"),
    "guizhou": gettext_lazy("贵州"),
    "yunnan": gettext_lazy("云南"),
    "xizang": gettext_lazy("西藏"),
    "shaanxi": gettext_lazy("陕西"),
    "gansu": gettext_lazy("甘肃"),
    "qinghai": gettext_lazy("青海"),
    "ningxia": gettext_lazy("宁夏"),
    "xinjiang": gettext_lazy("新疆"),
}
SCOPES: Final[dict[str, dict[str, Promise]]] = {
    "lender_type": LENDERS,
    "vehicle_kind": VEHICLES,
    "region": REGIONS,
    "channel": CHANNELS,
}
CONFIDENCE: Final[dict[str, tuple[Promise, str]]] = {
    Confidence.A: (gettext_lazy("原文"), "green"),
    Confidence.B: (gettext_lazy("转述"), "blue"),
    Confidence.C: (gettext_lazy("待核实"), "amber"),
    Confidence.D: (gettext_lazy("惯例"), "amber"),
}
EVALUATED: Final[dict[str, Promise]] = {
    EvaluatedAt.QUOTE: gettext_lazy("报价日"),
    EvaluatedAt.APPLICATION: gettext_lazy("申请日"),
    EvaluatedAt.CONTRACT: gettext_lazy("签约日"),
    EvaluatedAt.DISBURSEMENT: gettext_lazy("放款日"),
    EvaluatedAt.EVENT: gettext_lazy("事件发生日"),
}
CHANGES: Final[dict[str, tuple[Promise, str]]] = {
    ChangeKind.ADDED: (gettext_lazy("新增"), "green"),
    ChangeKind.CLOSED: (gettext_lazy("截止"), "blue"),
    ChangeKind.CHANGED: (gettext_lazy("改写"), "amber"),
    ChangeKind.REMOVED: (gettext_lazy("删去"), "red"),
}
DRAFTS: Final[dict[str, tuple[Promise, str]]] = {
    DraftState.DRAFT: (gettext_lazy("起草中"), ""),
    DraftState.PENDING: (gettext_lazy("待发布"), "blue"),
    DraftState.PUBLISHED: (gettext_lazy("已发布"), "green"),
    DraftState.WITHDRAWN: (gettext_lazy("已撤回"), ""),
}
_LIMITS: Final[dict[str, Promise]] = {
    Limit.LENDER_DECIDES: gettext_lazy("无监管数值，由贷款人自定"),
    Limit.NONE_FOUND: gettext_lazy("未查到规定"),
}
_PARTS: Final[dict[str, Promise]] = {
    "fee": gettext_lazy("费用"),
    "interest": gettext_lazy("利息"),
    "principal": gettext_lazy("本金"),
    "penalty": gettext_lazy("罚息"),
}
_SHARES: Final = (Kind.PERCENT, Kind.PERCENT_RANGE)


def is_chinese() -> bool:
    """Whether the page is in Chinese: the book itself speaks both languages."""
    return (get_language() or "zh").startswith("zh")


def title(row: Any) -> str:
    """What a row or a series is about."""
    return str(row.title_zh if is_chinese() else row.title_en)


def title_of(pair: tuple[str, str] | None) -> str:
    """The title of a file; nothing for a file that has none yet."""
    return "" if pair is None else pair[0] if is_chinese() else pair[1]


def value(row: PolicyRow) -> str:
    """The value with its unit: 占车价 80%, 60 个月, 4 × 一年期 LPR."""
    if row.limit is not None:
        return str(_LIMITS[row.limit])
    said = _said(row.kind, row.value)
    unit = _unit(row)
    if not unit or row.kind is Kind.CAP:
        return said
    return f"{unit} {said}" if row.kind in _SHARES and is_chinese() else f"{said} {unit}"


def scope(row: PolicyRow) -> list[str]:
    """To whom a row is limited, one text a dimension; nothing where it applies to all."""
    comma = "、" if is_chinese() else ", "  # the comma of a list
    limits = ((d, sorted(row.scope.values(d))) for d in DIMENSIONS)
    return [comma.join(str(SCOPES[d][word]) for word in words) for d, words in limits if words]


def _unit(row: PolicyRow) -> str:
    if not row.unit or row.kind is Kind.BRACKETS or row.kind is Kind.BANDS:
        return ""
    return UNITS[row.kind][row.unit] if is_chinese() else row.unit.replace("_", " ")


def _percent(units: int) -> str:
    return f"{percent(units).normalize():f}%"


def _said(kind: Kind, held: Any) -> str:
    """One value without its unit."""
    if isinstance(held, bool):
        return _("适用") if held else _("不适用")
    if kind is Kind.PERCENT:
        return _percent(held)
    if kind is Kind.MONEY:
        return formats.money(held)
    if isinstance(held, PercentRange):
        return f"{_percent(held.low)} – {_percent(held.high)}"
    if isinstance(held, Text | Label):
        return held.zh if is_chinese() else held.en
    if isinstance(held, Cap):
        return _cap(held)
    if isinstance(held, Hours):
        return f"{held.start:%H:%M} – {held.end:%H:%M}"
    if isinstance(held, CalendarYear):
        days = {"off": len(held.days_off()), "worked": len(held.make_up_workdays)}
        return _("放假 %(off)s 天，调休上班 %(worked)s 天") % days
    if isinstance(held, tuple):
        return _listed(held)
    return f"{held:,}"


def _cap(cap: Cap) -> str:
    times = _("%s × 一年期 LPR") % cap.times_lpr_1y if cap.times_lpr_1y is not None else ""
    if cap.at_most is None:
        return times
    most = _percent(cap.at_most)
    return _("%(times)s，且不超过 %(most)s") % {"times": times, "most": most} if times else most


def _listed(held: tuple[Any, ...]) -> str:
    """A table or a list, in one line."""
    if held and isinstance(held[0], str):
        return " → ".join(str(_PARTS.get(part, part)) for part in held)
    mark = "；" if is_chinese() else "; "  # between the lines of a table
    return mark.join(_line(item) for item in held)


def _line(item: Any) -> str:
    if isinstance(item, Band):
        last = f"{item.first}–{item.last}" if item.last is not None else f"≥ {item.first}"
        return f"{item.code} {last}"
    if isinstance(item, Bracket):
        until = f"≤ {formats.money(item.up_to)}" if item.up_to is not None else "…"
        return f"{until} {_percent(item.rate)} − {formats.money(item.deduct)}"
    if isinstance(item, Line):
        return ", ".join(f"{name} {_cell(held)}" for name, held in item.cells)
    return _said(Kind.LABELS, item)


def _cell(held: Any) -> str:
    return "/".join(held) if isinstance(held, tuple) else str(held)
