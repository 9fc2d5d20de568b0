"""What the style page shows: the figures of the design, in fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.platform import clock
from chedai.web.formats import money
from chedai.web.ui.board import Card, Lane, Move, urgent_first
from chedai.web.ui.chart import Series, line_chart
from chedai.web.ui.deal import Act, Happening, Paper, Step, Turn, WhyNot
from chedai.web.ui.month import Entry, month_of

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A column of the compare table."""

    lender: Any
    product: Any
    down: int
    monthly: int | None
    more: int
    simple: int | None
    compound: int | None
    cheapest: bool = False
    chosen: bool = False


PLANS = (
    Plan(_("全款"), _("不贷款"), 12_500_000, None, 0, None, None),
    Plan(_("江河银行"), _("专项车贷 · 等额本息"), 2_500_000, 303_676, 932_336, 5_880_000, 6_040_000, chosen=True),
    Plan(_("长桥银行"), _("信用分期 · 每期手续费"), 2_500_000, 309_778, 1_152_000, 7_220_000, 7_460_000),
    Plan(_("远达汽金"), _("厂家贴息 · 0 利率"), 2_500_000, 416_667, 400_000, 3_950_000, 4_020_000, cheapest=True),
)
CLOCKS = ((3 * _HOUR + timedelta(minutes=20), 24 * _HOUR), (16 * _HOUR, 24 * _HOUR), (54 * _HOUR, 48 * _HOUR))
STEPS = (
    Step(_("报价"), "11-18", "done"),
    Step(_("进件"), "11-18", "done"),
    Step(_("资料"), "11-19", "done"),
    Step(_("送审"), "11-19", "done"),
    Step(_("批复"), _("第 2 轮"), "now"),
    Step(_("合同")),
    Step(_("放款")),
)
DOTS = (
    Step(_("申请"), state="done"),
    Step(_("资料"), state="done"),
    Step(_("批复"), state="done"),
    Step(_("签约"), state="now"),
    Step(_("提车")),
)
WHY_NOT = (
    WhyNot(
        _("远达汽金 · 0 利率 12 期"),
        _("月供 8,333.33，超过上限 4,200.00"),
        _("首付提高到 74,600.00，即 59.68%"),
        "#why-title",
    ),
    WhyNot(_("启航融租 · 以租代购 48 期"), _("综合年化 24.60%，超过展示上限 24%（2026-08-01 起）")),
)
LONG = tuple((number, 303_676, 49_000 - 1_000 * number, 254_676 + 1_000 * number) for number in range(1, 25))


def _lanes() -> tuple[Lane, ...]:
    forward = Move("asked", _("送审"), reverse("style_undo"))
    one = Card(
        _("孙先生"), "#board-title", 54 * _HOUR, 48 * _HOUR, (_("启程 E5 520km"), _("江河银行")), 10_000_000, "林晓"
    )
    two = Card(
        _("周女士"),
        "#board-title",
        32 * _HOUR,
        48 * _HOUR,
        (_("云途轿跑"),),
        9_600_000,
        _("周敏"),
        _("缺收入证明"),
        (forward,),
    )
    three = Card(_("马先生"), "#board-title", 7 * _HOUR, 48 * _HOUR, (_("启程 S3"),), 6_400_000, _("吴凡"))
    papers = urgent_first((three, two, one))
    return (
        Lane("papers", _("资料"), papers, 11, 1, 96_850_000, 12, "#board-title"),
        Lane("back", _("补件"), (three, three), 2, total=12_800_000, most=2),
        Lane("asked", _("送审"), (), 0, total=0, most=10),
    )


def _turns() -> tuple[Turn, ...]:
    acts = (Act(_("发补件链接"), "#turn-title", "message"),)
    ours = Turn(
        _("轮到我们：补 2 份资料，江河银行第 2 轮"),
        _("收入证明换原件拍照，流水补 9 月第 3 页。超时后银行会重新排队。"),
        *CLOCKS[0],
        until=clock.now() + 20 * _HOUR,
        acts=acts,
    )
    return (ours,)


def _happenings() -> tuple[Happening, ...]:
    now = clock.now()
    return (
        Happening("pin", _("客户只接电话，不用短信"), who=_("林晓"), at=now, pinned=True),
        Happening(
            "alert-circle",
            _("江河银行退回第 2 轮"),
            _("收入证明公章不清晰；流水缺 9 月第 3 页"),
            now - _HOUR,
            _("陈昊（银行）"),
            "red",
        ),
        Happening("circle-check", _("海岳汽金通过 80,000.00"), "", now - 18 * _HOUR, tint="green"),
        Happening("send", _("送审 4 家机构"), "", now - 23 * _HOUR, _("林晓")),
    )


def _papers() -> tuple[Paper, ...]:
    return (
        Paper(_("收入证明"), static("chedai/img/sample-paper.svg"), "image/svg+xml", _("公章不清晰")),
        Paper(_("身份证正反面"), static("chedai/img/sample-card.svg"), "image/svg+xml"),
        Paper(_("近 6 个月银行流水"), "#papers-title", "application/pdf", _("3 页")),
    )


def _month(today: date) -> Any:
    days = (
        Entry(today, _("孙先生：批复失效"), "#month-title", "red"),
        Entry(today, _("王女士：约签合同"), "#month-title"),
        Entry(today.replace(day=1), _("放款 3 单"), "#month-title", "green"),
        Entry(today.replace(day=27), _("李女士：抵押登记截止"), "#month-title", "amber"),
    )
    return month_of(today, days)


def _chart() -> Any:
    months = tuple(_("第 {} 月").format(n) for n in (6, 12, 18, 24, 30, 36))
    return line_chart(
        months,
        (
            Series(_("江河银行"), (520_000, 710_083, 810_000, 889_489, 915_000, 932_336), chosen=True),
            Series(_("长桥银行"), (380_000, 517_333, 680_000, 834_667, 990_000, 1_152_000)),
            Series(_("远达汽金"), (400_000, 400_000, 400_000, 400_000, None, None)),
            Series(_("海岳汽金"), (640_000, 872_880, 990_000, 1_118_876, 1_190_000, 1_232_336)),
        ),
        money,
    )


def context() -> dict[str, Any]:
    """Everything the page shows, as of now."""
    return {
        "plans": PLANS,
        "clocks": CLOCKS,
        "steps": STEPS,
        "turns": _turns(),
        "amounts": (12_500_000, 0, -60_000, None),
        "lanes": _lanes(),
        "month": _month(clock.business_date()),
        "chart": _chart(),
        "papers": _papers(),
        "happenings": _happenings(),
        "why_not": WHY_NOT,
        "long_rows": LONG,
        "long_sum": tuple(sum(row[at] for row in LONG) for at in (1, 2, 3)),
    }
