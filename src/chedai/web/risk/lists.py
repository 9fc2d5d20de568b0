"""The list of alerts and the watch list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.book.risk.indicators import CATALOGUE
from chedai.book.risk.selectors import alerts_seen, watch_seen
from chedai.book.risk.states import AlertState, WatchReason
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Text, View, by_number
from chedai.web.risk import words


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(number), name) for number, name in open_stores()]


def _value(alert: Row) -> str:
    return words.figure(alert.indicator, alert.value)


def _days_left(item: Row) -> int:
    return int((item.review_due - clock.business_date()).days)


ALERTS: Final = ListSpec(
    key="alerts",
    title=_("风险预警"),
    unit=_("条"),
    permission="risk.read",
    rows=lambda request: alerts_seen(request.access),
    columns=(
        Column(
            "indicator",
            _("指标"),
            lambda alert: words.indicator(alert.indicator),
            sort="indicator",
            group="indicator",
            link=lambda alert: reverse("alert", args=[alert.pk]),
        ),
        Column("subject", _("对象"), words.subject, sort="subject"),
        Column("value", _("当时数值"), _value, tint=lambda alert: "red" if alert.state != AlertState.CLOSED else ""),
        Column("limit", _("限额"), lambda alert: words.figure(alert.indicator, alert.limit)),
        Column(
            "state",
            _("状态"),
            lambda alert: words.STATES[alert.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda alert: words.STATES[alert.state][1],
        ),
        Column("store", _("门店"), lambda alert: alert.store.name if alert.store else _("全集团"), group="store__name"),
        Column("opened_on", _("触发日"), lambda alert: alert.opened_on, Kind.DAY, sort="opened_on"),
        Column("acted_at", _("首次处理"), lambda alert: alert.acted_at, Kind.MOMENT),
        Column("outcome", _("结论"), lambda alert: words.OUTCOMES.get(alert.outcome, ""), group="outcome"),
    ),
    sort="-opened_on",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, words.STATES[state][0]) for state in AlertState],
            lambda value: Q(state=value),
        ),
        Choice(
            "indicator",
            _("指标"),
            lambda request: [(code, words.indicator(code)) for code in CATALOGUE],
            lambda value: Q(indicator=value),
        ),
        Choice("store", _("门店"), _stores, by_number("store")),
        Days("opened", _("触发日"), "opened_on"),
    ),
    views=(
        View(_("待处理"), "state=open", red=True),
        View(_("处理中"), "state=acted"),
        View(_("已关闭"), "state=closed"),
    ),
    empty=_("没有预警。每天日结后按限额检查各项指标，超限会出现在这里。"),
    enrich=words.name_products,
)

WATCHED: Final = ListSpec(
    key="watch",
    title=_("关注名单"),
    unit=_("笔"),
    permission="risk.read",
    rows=lambda request: watch_seen(
        request.access.records("risk.read", store="loan__store_id", owner="loan__officer_id")
    ),
    columns=(
        Column(
            "loan",
            _("贷款"),
            lambda item: item.loan.number,
            Kind.CODE,
            sort="loan__number",
            link=lambda item: reverse("watch_item", args=[item.pk]),
        ),
        Column("customer", _("客户"), lambda item: item.loan.customer.title),
        Column(
            "reason",
            _("列入原因"),
            lambda item: words.REASONS[item.reason][0],
            Kind.TAG,
            sort="reason",
            group="reason",
            tint=lambda item: words.REASONS[item.reason][1],
        ),
        Column(
            "owed", _("未还本金（元）"), lambda item: item.loan.owed, Kind.MONEY, sort="loan__owed", total="loan__owed"
        ),
        Column("since", _("列入日"), lambda item: item.since, Kind.DAY, sort="since"),
        Column("review_due", _("复核期限"), lambda item: item.review_due, Kind.DAY, sort="review_due"),
        Column(
            "left",
            _("剩余（天）"),
            lambda item: None if item.ended_on else _days_left(item),
            Kind.NUMBER,
            tint=lambda item: "red" if not item.ended_on and _days_left(item) < 0 else "",
        ),
        Column("store", _("门店"), lambda item: item.loan.store.name, group="loan__store__name"),
        Column("officer", _("专员"), lambda item: item.loan.officer.user.display_name, shown=False),
        Column("ended_on", _("移出日"), lambda item: item.ended_on, Kind.DAY, shown=False),
    ),
    sort="review_due",
    filters=(
        Choice(
            "reason",
            _("列入原因"),
            lambda request: [(reason, words.REASONS[reason][0]) for reason in WatchReason],
            lambda value: Q(reason=value),
        ),
        Choice(
            "on",
            _("名单"),
            lambda request: [("now", _("在名单上")), ("ended", _("已移出"))],
            lambda value: Q(ended_on__isnull=value != "ended"),
        ),
        Choice("store", _("门店"), _stores, by_number("loan__store")),
        Days("due", _("复核期限"), "review_due"),
    ),
    views=(View(_("在名单上"), "on=now&sort=review_due"), View(_("已移出"), "on=ended")),
    empty=_("关注名单是空的。大额敞口、重组和分类下迁的贷款会自动列入，也可以在贷款页人工列入。"),
)
