"""The lists of endpoints and of what was delivered to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.platform.webhooks.selectors import endpoints, last_delivered
from chedai.platform.webhooks.services import TEST
from chedai.platform.webhooks.states import DeliveryState
from chedai.platform.webhooks.told import told
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Row, RowAct, Text, View
from chedai.web.words import people

MANAGE: Final = "webhook.manage"
STATES: Final[dict[str, Promise]] = {
    DeliveryState.DELIVERED: _("已送达"),
    DeliveryState.WAITING: _("重试中"),
    DeliveryState.DEAD: _("已放弃"),
    DeliveryState.HELD: _("停用未发"),
}
_TINTS: Final = {
    DeliveryState.DELIVERED.value: "green",
    DeliveryState.WAITING.value: "blue",
    DeliveryState.DEAD.value: "red",
    DeliveryState.HELD.value: "amber",
}


def event_words(code: str) -> str:
    """What an event is called; one that is no longer told by its code."""
    if code == TEST:
        return str(_("测试"))
    words = told().get(code)
    return words[0 if (get_language() or "zh").startswith("zh") else 1] if words else code


def events_line(codes: Sequence[str]) -> str:
    """The events of an endpoint in words."""
    return ("、" if (get_language() or "zh").startswith("zh") else ", ").join(event_words(code) for code in codes)


def name_makers(rows: Sequence[Row]) -> None:
    """Hang the names of who added them, and when they last took something, onto the endpoints of a page."""
    names, last = people(row.made_by for row in rows), last_delivered(row.pk for row in rows)
    for row in rows:
        row.maker, row.last = names[row.made_by], last.get(row.pk)


ENDPOINTS: Final = ListSpec(
    key="webhooks",
    title=_("回调"),
    unit=_("个"),
    permission=MANAGE,
    rows=lambda request: endpoints(),
    enrich=name_makers,
    columns=(
        Column("url", _("接收地址"), lambda e: e.url, sort="url", link=lambda e: reverse("webhook", args=[e.pk])),
        Column(
            "state",
            _("状态"),
            lambda e: _("启用") if e.is_active else _("已停用"),
            Kind.TAG,
            sort="is_active",
            tint=lambda e: "green" if e.is_active else "amber",
        ),
        Column("events", _("事件"), lambda e: events_line(e.events)),
        Column("last", _("最近送达"), lambda e: e.last, Kind.MOMENT),
        Column("maker", _("添加人"), lambda e: e.maker),
        Column("made_at", _("添加时间"), lambda e: e.made_at, Kind.MOMENT, sort="pk"),
    ),
    sort="-made_at",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [("on", _("启用")), ("off", _("已停用"))],
            lambda value: Q(is_active=value == "on"),
        ),
    ),
    acts=(
        RowAct(_("停用"), lambda e: reverse("webhook_switch", args=[e.pk]) if e.is_active else None, post=True),
        RowAct(_("启用"), lambda e: None if e.is_active else reverse("webhook_switch", args=[e.pk]), post=True),
    ),
    primary=Primary(_("新回调"), "webhook_new", "plus", MANAGE),
    empty=_("还没有回调：对方系统想在事情发生时得到通知，就在这里添加。"),
)


def _state_options(request: Request) -> Sequence[tuple[str, Text]]:
    return list(STATES.items())


DELIVERIES: Final = ListSpec(
    key="deliveries",
    title=_("投递记录"),
    unit=_("条"),
    permission=MANAGE,
    rows=lambda request: endpoints().none(),
    columns=(
        Column("event", _("事件"), lambda d: event_words(d.event), group="event", note=lambda d: d.body["subject"]),
        Column(
            "state",
            _("状态"),
            lambda d: STATES[d.stands],
            Kind.TAG,
            tint=lambda d: _TINTS[d.stands],
            sort="stands",
            group="stands",
        ),
        Column("tries", _("已试次数"), lambda d: d.tries, Kind.NUMBER, sort="tries"),
        Column("answer", _("对方应答"), lambda d: str(d.status or ""), note=lambda d: d.fault),
        Column("made_at", _("发生时间"), lambda d: d.made_at, Kind.MOMENT, sort="pk"),
        Column("delivered_at", _("送达时间"), lambda d: d.delivered_at, Kind.MOMENT, sort="delivered_at"),
        Column("key", _("编号"), lambda d: d.key, Kind.CODE, shown=False),
    ),
    sort="-made_at",
    filters=(
        Choice("state", _("状态"), _state_options, lambda value: Q(stands=value)),
        Days("made", _("发生日期"), "made_at", moments=True),
    ),
    views=(View(_("已放弃"), "state=dead", red=True), View(_("重试中"), "state=waiting")),
    acts=(
        RowAct(
            _("重发"),
            lambda d: reverse("delivery_retry", args=[d.pk]) if d.stands in ("dead", "held") else None,
            post=True,
        ),
    ),
    empty=_("还没有投递过。发一条测试看看对方是否收得到。"),
)
"""The log of one endpoint: the view puts its rows in."""
