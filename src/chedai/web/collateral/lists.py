"""The tracker: everything owed for cars, what is late first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.deals.collateral.rules import days_left
from chedai.deals.collateral.selectors import UNDONE, items_seen
from chedai.deals.collateral.states import ItemKind, ItemState
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.collateral.words import ITEMS, STATES
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Text, View, by_number


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(number), name) for number, name in open_stores()]


def _left(item: Row) -> int | None:
    return days_left(item.due_on, clock.business_date()) if item.state in UNDONE else None


def _tint(item: Row) -> str:
    left = _left(item)
    return "" if left is None or left > 7 else "red" if left < 0 else "amber"


def _when(value: str) -> Q:
    late = Q(state__in=UNDONE, due_on__lt=clock.business_date())
    return {"late": late, "undone": Q(state__in=UNDONE, due_on__isnull=False)}.get(value, Q(pk__in=[]))


TRACKER: Final = ListSpec(
    key="collateral",
    title=_("贷后事项"),
    unit=_("项"),
    permission="collateral.read",
    rows=lambda request: items_seen(
        request.access.records("collateral.read", store="deal__store_id", owner="deal__officer_id")
    ),
    columns=(
        Column(
            "deal",
            _("案卷"),
            lambda item: item.deal.number,
            Kind.CODE,
            link=lambda item: reverse("deal_after", args=[item.deal.number]),
            sort="deal__number",
        ),
        Column("customer", _("客户"), lambda item: item.deal.customer.name),
        Column("kind", _("事项"), lambda item: ITEMS[item.kind], sort="kind", group="kind"),
        Column(
            "state",
            _("状态"),
            lambda item: STATES[item.state][0],
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda item: STATES[item.state][1],
        ),
        Column("due_on", _("期限"), lambda item: item.due_on, Kind.DAY, sort="urgent"),
        Column("left", _("剩余（天）"), _left, Kind.NUMBER, tint=_tint),
        Column("owner", _("经办"), lambda item: item.owner.user.display_name, group="owner__user__display_name"),
        Column("store", _("门店"), lambda item: item.deal.store.name, group="deal__store__name"),
        Column("done_on", _("完成"), lambda item: item.done_on, Kind.DAY, sort="done_on", shown=False),
    ),
    sort="due_on",
    filters=(
        Choice("when", _("时限"), lambda request: [("late", _("逾期")), ("undone", _("未完成"))], _when),
        Choice(
            "kind", _("事项"), lambda request: [(kind, ITEMS[kind]) for kind in ItemKind], lambda value: Q(kind=value)
        ),
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, STATES[state][0]) for state in ItemState],
            lambda value: Q(state=value),
        ),
        Choice("store", _("门店"), _stores, by_number("deal__store")),
        Days("due", _("期限"), "due_on"),
    ),
    views=(
        View(_("逾期"), "when=late&sort=due_on", red=True),
        View(_("未完成"), "when=undone&sort=due_on"),
        View(_("抵押登记"), "kind=lien&when=undone&sort=due_on"),
    ),
    empty=_("没有要跟踪的事项。合同签署后自动列出。"),
)
