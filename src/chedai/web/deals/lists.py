"""The list of deals: the set that board and calendar show too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.crm.customers.selectors import known_as
from chedai.deals.pipeline.limits import limits
from chedai.deals.pipeline.selectors import deals_seen
from chedai.deals.pipeline.states import DealState, Stage, Turn
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.deals.steps import step_words
from chedai.web.deals.words import MODES, STAGES, STATE_TINTS, STATES, TURNS
from chedai.web.doors import Request
from chedai.web.formats import worked
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Search, Text, View, by_number
from chedai.web.ui.board import Urgency, urgency

_PHONE_DIGITS: Final = 11


def seen(request: Request) -> QuerySet[Any]:
    """The deals this person may see."""
    return deals_seen(request.access.records("deal.read", owner="officer_id"))


def used_of(deal: Row) -> timedelta:
    """The working time the deal has waited for whoever's turn it is."""
    return limits().worked(deal.turn_since, deal.closed_at or clock.now())


def limit_of(deal: Row) -> timedelta:
    """The working time it may wait there."""
    return limits().limit_of(Stage(deal.stage), Turn(deal.turn))


def urgency_of(deal: Row) -> Urgency:
    """How the clock of a deal stands; a closed one has none."""
    return urgency(used_of(deal), limit_of(deal)) if deal.closed_at is None else Urgency.CALM


def late() -> Q:
    """The open deals past their limit, for the database: by stage and turn, the moment that is too long ago."""
    table, now = limits(), clock.now()
    found = Q(pk__in=[])
    for stage in Stage:
        for turn in Turn:
            found |= Q(stage=stage, turn=turn, turn_since__lt=table.begun(now, table.limit_of(stage, turn)))
    return found & Q(closed_at=None)


def _search(typed: str) -> Q:
    found = Q(number__iexact=typed) | Q(number__istartswith=typed) | Q(vehicle__icontains=typed)
    digits = typed.replace(" ", "")
    if len(digits) >= _PHONE_DIGITS:
        found |= Q(customer__in=known_as(phone=digits, id_number=digits).values("pk"))
    return found


def _clock(deal: Row) -> str:
    return worked(used_of(deal)) if deal.closed_at is None else ""


_CLOCK_TINTS: Final = {Urgency.LATE: "red", Urgency.SOON: "amber", Urgency.CALM: ""}


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    reached = request.access.stores("deal.read")
    return [(str(pk), name) for pk, name in open_stores() if reached is None or pk in reached]


def _mine(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(request.access.staff_id), _("我"))]


DEALS: Final = ListSpec(
    key="deals",
    title=_("进件"),
    unit=_("单"),
    permission="deal.read",
    rows=seen,
    columns=(
        Column(
            "number",
            _("案卷"),
            lambda deal: deal.number,
            sort="pk",
            link=lambda deal: reverse("deal", args=[deal.number]),
            note=lambda deal: deal.vehicle,
        ),
        Column("customer", _("客户"), lambda deal: deal.customer.name),
        Column("stage", _("环节"), lambda deal: STAGES[deal.stage], Kind.TEXT, sort="stage", group="stage"),
        Column(
            "turn",
            _("轮到谁"),
            lambda deal: TURNS[deal.turn],
            sort="turn",
            group="turn",
            note=lambda deal: step_words(deal.next_step),
        ),
        Column(
            "clock", _("已等"), _clock, Kind.TAG, sort="turn_since", tint=lambda deal: _CLOCK_TINTS[urgency_of(deal)]
        ),
        Column("amount", _("贷款额（元）"), lambda deal: deal.amount, Kind.MONEY, sort="amount", total="amount"),
        Column("lender", _("机构"), lambda deal: deal.lender_name, sort="lender_name", group="lender_name"),
        Column("owner", _("经手人"), lambda deal: deal.owner.user.display_name, group="owner__user__display_name"),
        Column("officer", _("专员"), lambda deal: deal.officer.user.display_name, shown=False),
        Column("store", _("门店"), lambda deal: deal.store.name, group="store__name", shown=False),
        Column("mode", _("业务模式"), lambda deal: MODES[deal.mode], group="mode", shown=False),
        Column(
            "state",
            _("状态"),
            lambda deal: STATES[deal.state],
            Kind.TAG,
            group="state",
            tint=lambda deal: STATE_TINTS[deal.state],
        ),
        Column("opened", _("建立时间"), lambda deal: deal.opened_at, Kind.MOMENT, sort="opened_at", shown=False),
    ),
    sort="-number",
    filters=(
        Choice("state", _("状态"), lambda request: list(STATES.items()), lambda value: Q(state=value)),
        Choice("stage", _("环节"), lambda request: list(STAGES.items()), lambda value: Q(stage=value)),
        Choice("turn", _("轮到谁"), lambda request: list(TURNS.items()), lambda value: Q(turn=value)),
        Choice("late", _("时限"), lambda request: [("yes", _("已超时"))], lambda value: late()),
        Choice("officer", _("专员"), _mine, by_number("officer_id")),
        Choice("store", _("门店"), _stores, by_number("store_id")),
        Days("opened", _("建立日期"), "opened_at", moments=True),
    ),
    search=Search(_("案卷号、车型、手机号、证件号"), _search),
    views=(
        View(_("全部在途"), f"state={DealState.OPEN}"),
        View(_("已超时"), "late=yes", red=True),
        View(_("待客户"), f"state={DealState.OPEN}&turn={Turn.CUSTOMER}"),
        View(_("抵押归档"), f"stage={Stage.COLLATERAL}"),
    ),
    empty=_("还没有案卷：从报价建立。"),
)
