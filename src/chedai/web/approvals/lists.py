"""The list of approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.org.inbox import approvals_seen
from chedai.org.selectors import open_stores
from chedai.platform.approvals.states import State
from chedai.web import words
from chedai.web.approvals.about import name_all, title_of
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Primary, Row, Text, View, by_number


def _waits_for(approval: Row) -> str:
    return words.role(approval.steps[approval.step]) if approval.state == State.PENDING else ""


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(number), name) for number, name in open_stores()]


APPROVALS: Final = ListSpec(
    key="approvals",
    title=_("审批队列"),
    unit=_("件"),
    permission="approval.read",
    rows=lambda request: approvals_seen(request.access, request.actor.ref),
    columns=(
        Column(
            "subject",
            _("事项"),
            title_of,
            link=lambda approval: reverse("approval", args=[approval.pk]),
            sort="action",
        ),
        Column(
            "state",
            _("状态"),
            lambda approval: words.approval_state(approval.state),
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda approval: words.APPROVAL_TINTS.get(approval.state, ""),
        ),
        Column(
            "amount",
            _("金额（元）"),
            lambda approval: approval.amount or None,
            Kind.MONEY,
            sort="amount",
            total="amount",
        ),
        Column(
            "deviation", _("偏离（基点）"), lambda approval: approval.deviation or None, Kind.NUMBER, sort="deviation"
        ),
        Column("waits", _("等谁"), _waits_for),
        Column("maker", _("提交人"), lambda approval: approval.requested_by.display_name),
        Column("requested_at", _("提交时间"), lambda approval: approval.requested_at, Kind.MOMENT, sort="pk"),
        Column(
            "closed_at", _("结束时间"), lambda approval: approval.closed_at, Kind.MOMENT, sort="closed_at", shown=False
        ),
    ),
    sort="-requested_at",
    enrich=name_all,
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(state, words.approval_state(state)) for state in State],
            lambda value: Q(state=value),
        ),
        Choice("store", _("门店"), _stores, by_number("unit")),
        Days("asked", _("提交日期"), "requested_at", moments=True),
    ),
    views=(View(_("待审批"), "state=pending&sort=requested_at"), View(_("已退回"), "state=returned")),
    primary=Primary(_("从最早的一件开始"), "approval_next", "clipboard-check", "approval.decide", key="a"),
    empty=_("还没有需要审批的申请。"),
)
