"""The queue of cases: what is due first stands first."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.deals.underwriting.selectors import cases_seen
from chedai.deals.underwriting.states import CaseKind, CaseState
from chedai.platform import clock
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Kind, ListSpec, Primary, Row, Text, View
from chedai.web.underwriting import words

READ: Final = "decision.read"
KINDS: Final = {CaseKind.FULL: _("本公司审批"), CaseKind.PRECHECK: _("送审前预审")}


def _due_tint(case: Row) -> str:
    return "red" if case.state in (CaseState.OPEN, CaseState.PROPOSED) and case.due_at < clock.now() else ""


def _late(case: Row) -> Text:
    return _("超时") if _due_tint(case) else ""


CASES: Final = ListSpec(
    key="cases",
    title=_("授信审批"),
    unit=_("件"),
    permission=READ,
    rows=lambda request: cases_seen(request.access.records(READ, store="deal__store", owner="deal__officer")),
    columns=(
        Column(
            "deal",
            _("案卷"),
            lambda case: case.deal.number,
            Kind.CODE,
            link=lambda case: reverse("case", args=[case.pk]),
            sort="deal__number",
            note=lambda case: case.deal.vehicle,
        ),
        Column("customer", _("客户"), lambda case: case.deal.customer.name),
        Column(
            "state",
            _("状态"),
            lambda case: str(words.CASES[case.state]),
            Kind.TAG,
            sort="state",
            group="state",
            tint=lambda case: words.CASE_TINTS[CaseState(case.state)],
        ),
        Column("kind", _("类别"), lambda case: str(KINDS[CaseKind(case.kind)]), sort="kind"),
        Column("amount", _("金额（元）"), lambda case: case.deal.amount, Kind.MONEY, sort="deal__amount"),
        Column("round", _("轮次"), lambda case: case.round, Kind.NUMBER, sort="round"),
        Column("store", _("门店"), lambda case: case.deal.store.name, sort="deal__store__name"),
        Column("opened_at", _("收到"), lambda case: case.opened_at, Kind.MOMENT, sort="opened_at"),
        Column(
            "due_at",
            _("时限"),
            lambda case: case.due_at,
            Kind.MOMENT,
            sort="due_at",
            note=_late,
            tint=_due_tint,
        ),
    ),
    sort="-opened_at",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(state.value, words.CASES[state]) for state in CaseState],
            lambda value: Q(state=value),
        ),
        Choice(
            "kind",
            _("类别"),
            lambda request: [(kind.value, KINDS[kind]) for kind in CaseKind],
            lambda value: Q(kind=value),
        ),
    ),
    views=(View(_("待提结论"), "state=open&sort=due_at"), View(_("待复核"), "state=proposed&sort=due_at")),
    primary=Primary(_("从最急的一件开始"), "case_next", "clipboard-check", "decision.confirm", key="a"),
    empty=_("还没有需要审批的案卷。"),
)


def next_case(request: Request, after: int = 0) -> int | None:
    """The most urgent case this person may do something on: confirm what others proposed, propose what is open."""
    access, me = request.access, request.actor.ref
    waiting = cases_seen(access.records(READ, store="deal__store", owner="deal__officer")).exclude(pk=after)
    proposed = waiting.filter(access.records("decision.confirm", store="deal__store", owner="deal__officer"))
    mine = Q(decisions__state="proposed", decisions__proposed_by=me)
    said = Q(decisions__state="proposed", decisions__approval__decisions__decided_by=me)
    to_confirm = proposed.filter(state=CaseState.PROPOSED).exclude(mine).exclude(said)
    may_propose = access.records("decision.propose", store="deal__store", owner="deal__officer")
    to_propose = waiting.filter(may_propose, state=CaseState.OPEN)
    found = [*to_confirm[:1], *to_propose[:1]]
    return min(found, key=lambda case: case.due_at).pk if found else None
