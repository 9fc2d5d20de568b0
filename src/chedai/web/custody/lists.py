"""The lists of custody: every thing by store and holder, what is late first; and the counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.deals.custody.reach import seen
from chedai.deals.custody.selectors import counts_seen, holdings_seen
from chedai.deals.custody.states import CountState, CustodyKind, HolderKind
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.custody.words import COUNTS, HOLDERS, KINDS, late, next_one, state_of, who
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Row, Search, Text, View, by_number


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(number), name) for number, name in open_stores()]


def _when(value: str) -> Q:
    today = clock.business_date()
    return {
        "late": Q(due_on__lt=today),
        "moving": ~Q(next_holder=""),
        "lost": Q(lost=True),
        "out": Q(due_on__isnull=False),
    }.get(value, Q(pk__in=[]))


def _tint(row: Row) -> str:
    return "red" if late(row) else ""


THINGS: Final = ListSpec(
    key="custody",
    title=_("权证与钥匙"),
    unit=_("件"),
    permission="custody.read",
    rows=lambda request: holdings_seen(seen(request.access, "custody.read")),
    columns=(
        Column(
            "label",
            _("编号"),
            lambda row: row.item.label,
            Kind.CODE,
            link=lambda row: reverse("custody_item", args=[row.item.label]),
            sort="item__label",
        ),
        Column("kind", _("种类"), lambda row: KINDS[row.item.kind], group="item__kind"),
        Column("customer", _("客户"), lambda row: row.item.deal.customer.title),
        Column(
            "state",
            _("状态"),
            lambda row: state_of(row)[0],
            Kind.TAG,
            group="holder",
            tint=lambda row: state_of(row)[1],
        ),
        Column("holder", _("持有人"), lambda row: who(row, row.item.deal)),
        Column("next", _("待谁签收"), lambda row: next_one(row, row.item.deal)),
        Column("due_on", _("应签收或归还"), lambda row: row.due_on, Kind.DAY, sort="urgent", tint=_tint),
        Column("late", _("超期（天）"), lambda row: late(row) or None, Kind.NUMBER, tint=_tint),
        Column("store", _("负责门店"), lambda row: row.answers.name, group="answers__name"),
        Column("deal", _("案卷"), lambda row: row.item.deal.number, Kind.CODE, shown=False),
        Column("since", _("自"), lambda row: row.at, Kind.MOMENT, shown=False),
    ),
    sort="due_on",
    filters=(
        Choice(
            "when",
            _("情形"),
            lambda request: [("late", _("超期")), ("moving", _("在途")), ("out", _("借出")), ("lost", _("盘亏"))],
            _when,
        ),
        Choice(
            "holder",
            _("持有人"),
            lambda request: [(kind, HOLDERS[kind][0]) for kind in HolderKind],
            lambda value: Q(holder=value),
        ),
        Choice(
            "kind",
            _("种类"),
            lambda request: [(kind, KINDS[kind]) for kind in CustodyKind],
            lambda value: Q(item__kind=value),
        ),
        Choice("store", _("负责门店"), _stores, by_number("answers")),
        Days("due", _("应签收或归还"), "due_on"),
    ),
    views=(
        View(_("超期"), "when=late&sort=due_on", red=True),
        View(_("在途"), "when=moving&sort=due_on"),
        View(_("在库"), "holder=safe"),
        View(_("盘亏"), "when=lost", red=True),
    ),
    search=Search(_("编号或案卷号"), lambda typed: Q(item__label__startswith=typed.strip().upper())),
    primary=Primary(_("盘点"), "custody_counts", "list-check", "custody.count"),
    empty=_("还没有登记权证。绿本收回时自动登记，其余在案卷的抵押归档页登记。"),
)

COUNTED: Final = ListSpec(
    key="custody_counts",
    title=_("权证盘点"),
    unit=_("次"),
    permission="custody.count",
    rows=lambda request: counts_seen(request.access.records("custody.count", owner="opened_by__staff__pk")),
    columns=(
        Column(
            "store",
            _("门店"),
            lambda row: row.store.name,
            link=lambda row: reverse("custody_count", args=[row.pk]),
            group="store__name",
        ),
        Column(
            "state",
            _("状态"),
            lambda row: COUNTS[row.state][0],
            Kind.TAG,
            group="state",
            tint=lambda row: COUNTS[row.state][1],
        ),
        Column("expected", _("应有"), lambda row: row.expected, Kind.NUMBER),
        Column("seen", _("已见"), lambda row: row.seen, Kind.NUMBER),
        Column(
            "unsettled", _("差异未结"), lambda row: _("有") if row.unsettled else "", Kind.TAG, tint=lambda row: "red"
        ),
        Column("by", _("盘点人"), lambda row: row.opened_by.display_name),
        Column("opened", _("开始"), lambda row: row.opened_at, Kind.MOMENT, sort="pk"),
        Column("closed", _("结束"), lambda row: row.closed_at, Kind.MOMENT),
    ),
    sort="-opened",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, COUNTS[state][0]) for state in CountState],
            lambda value: Q(state=value),
        ),
        Choice("store", _("门店"), _stores, by_number("store")),
        Choice("unsettled", _("差异"), lambda request: [("yes", _("未结"))], lambda value: Q(unsettled=value == "yes")),
    ),
    views=(View(_("盘点中"), "state=open"), View(_("差异未结"), "unsettled=yes", red=True)),
    primary=Primary(_("开始盘点"), "custody_count_open", "plus", "custody.count"),
    empty=_("还没有盘点过。"),
)
