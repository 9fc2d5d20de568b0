"""The queue of payouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.deals.disbursement.rules import days_late
from chedai.deals.disbursement.selectors import payouts_seen
from chedai.deals.disbursement.states import PayoutState
from chedai.org.selectors import open_stores
from chedai.web.disbursement.words import PAYOUTS, ROUTES, asker_of
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, RowAct, Text, View, by_number


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(number), name) for number, name in open_stores()]


def _late(order: Row) -> int | None:
    return days_late(order.agreed_on, order.paid_on) if order.paid_on is not None else None


def _release(order: Row) -> str | None:
    return reverse("payout_release", args=[order.deal.number]) if order.state == PayoutState.REQUESTED else None


PAYOUT_QUEUE: Final = ListSpec(
    key="payouts",
    title=_("放款队列"),
    unit=_("笔"),
    permission="payout.read",
    rows=lambda request: payouts_seen(
        request.access.records("payout.read", store="deal__store_id", owner="deal__officer_id")
    ),
    columns=(
        Column(
            "number",
            _("放款单"),
            lambda order: order.number,
            Kind.CODE,
            link=lambda order: reverse("deal_payout", args=[order.deal.number]),
            sort="pk",
        ),
        Column("customer", _("客户"), lambda order: order.deal.customer.name),
        Column(
            "state",
            _("状态"),
            lambda order: PAYOUTS[order.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda order: PAYOUTS[order.state][1],
        ),
        Column("amount", _("金额（元）"), lambda order: order.amount, Kind.MONEY, sort="amount", total="amount"),
        Column("agreed_on", _("约定放款日"), lambda order: order.agreed_on, Kind.DAY, sort="agreed_on"),
        Column("paid_on", _("实际放款日"), lambda order: order.paid_on, Kind.DAY, sort="paid_on"),
        Column(
            "late",
            _("相差（天）"),
            _late,
            Kind.NUMBER,
            tint=lambda order: "red" if (_late(order) or 0) > 0 else "",
        ),
        Column("route", _("付款方"), lambda order: ROUTES[order.route], group="route"),
        Column("store", _("门店"), lambda order: order.deal.store.name, group="deal__store__name"),
        Column("maker", _("申请人"), asker_of),
        Column(
            "requested_at",
            _("申请时间"),
            lambda order: order.requested_at,
            Kind.MOMENT,
            sort="requested_at",
            shown=False,
        ),
    ),
    sort="-agreed_on",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, PAYOUTS[state][0]) for state in PayoutState],
            lambda value: Q(state=value),
        ),
        Choice("store", _("门店"), _stores, by_number("deal__store")),
        Days("agreed", _("约定放款日"), "agreed_on"),
    ),
    views=(View(_("待放款"), "state=requested&sort=agreed_on"), View(_("已放款"), "state=released&sort=-paid_on")),
    acts=(RowAct(_("复核放款"), _release),),
    empty=_("没有放款申请。放款条件满足后由专员在案卷中申请。"),
)
