"""The list of leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.crm.reception.selectors import leads_by_next
from chedai.crm.reception.states import LeadState
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.platform.privacy.fields import candidates
from chedai.platform.privacy.kinds import Kind as Personal
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Row, Search, Text, View, by_number
from chedai.web.reception.words import LEAD_STATES, LEAD_TINTS, SOURCES


def seen(request: Request) -> QuerySet[Any]:
    """The leads this person looks after, those of their store where they may, and the pool they may take from."""
    pool = request.access.records("lead.take") & Q(state=LeadState.POOL) if request.access.may("lead.take") else Q()
    mine = request.access.records("lead.read")
    both = mine and pool  # an empty filter is everything, and "or" would lose it
    return leads_by_next(mine | pool if both else mine)


def _overdue(lead: Row) -> str:
    late = lead.next_contact_on is not None and lead.next_contact_on < clock.business_date()
    return "red" if late else ""


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    reached = request.access.stores("lead.read")
    return [(str(pk), name) for pk, name in open_stores() if reached is None or pk in reached]


def _mine(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(request.access.staff_id), _("我"))]


def _due(value: str) -> Q:
    today = clock.business_date()
    return Q(next_contact_on__lt=today) if value == "late" else Q(next_contact_on__lte=today)


LEADS: Final = ListSpec(
    key="leads",
    title=_("线索"),
    unit=_("条"),
    permission="lead.read",
    rows=seen,
    columns=(
        Column(
            "name",
            _("称呼"),
            lambda lead: lead.name,
            link=lambda lead: reverse("lead", args=[lead.pk]),
            note=lambda lead: lead.interest,
        ),
        Column("phone", _("手机号"), lambda lead: lead.phone),
        Column(
            "state",
            _("状态"),
            lambda lead: LEAD_STATES[lead.state],
            Kind.TAG,
            group="state",
            tint=lambda lead: LEAD_TINTS.get(lead.state, ""),
        ),
        Column("next", _("下次联系"), lambda lead: lead.next_contact_on, Kind.DAY, sort="due_on", tint=_overdue),
        Column("score", _("初筛分"), lambda lead: lead.score, Kind.NUMBER, sort="score"),
        Column("source", _("来源"), lambda lead: SOURCES[lead.source], group="source", note=lambda lead: lead.campaign),
        Column(
            "owner",
            _("负责人"),
            lambda lead: lead.owner.user.display_name if lead.owner else "",
            group="owner__user__display_name",
        ),
        Column("store", _("门店"), lambda lead: lead.store.name, group="store__name", shown=False),
        Column("cost", _("成本（元）"), lambda lead: lead.cost, Kind.MONEY, total="cost", shown=False),
        Column("registered", _("登记时间"), lambda lead: lead.registered_at, Kind.MOMENT, sort="pk"),
        Column(
            "last", _("最近联系"), lambda lead: lead.last_contact_at, Kind.MOMENT, sort="last_contact_at", shown=False
        ),
    ),
    sort="next",
    filters=(
        Choice("state", _("状态"), lambda request: list(LEAD_STATES.items()), lambda value: Q(state=value)),
        Choice("due", _("该联系"), lambda request: [("today", _("今天以前")), ("late", _("已逾期"))], _due),
        Choice("source", _("来源"), lambda request: list(SOURCES.items()), lambda value: Q(source=value)),
        Choice("owner", _("负责人"), _mine, by_number("owner_id")),
        Choice("store", _("门店"), _stores, by_number("store_id")),
        Days("registered", _("登记日期"), "registered_at", moments=True),
    ),
    search=Search(_("手机号"), lambda typed: Q(phone_index__in=candidates(Personal.PHONE, typed))),
    views=(
        View(_("跟进中"), f"state={LeadState.OPEN}"),
        View(_("已逾期"), "due=late", red=True),
        View(_("公海"), f"state={LeadState.POOL}"),
    ),
    primary=Primary(_("登记线索"), "lead_new", "plus", "lead.register"),
    empty=_("还没有线索：登记到店的客户，或从表格导入。"),
)
