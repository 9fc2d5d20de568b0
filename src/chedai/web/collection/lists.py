"""The lists of collection: cases, promises, those before the due day, claims, cars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chedai.book.collection import selectors
from chedai.book.collection.services.legal import claims_seen
from chedai.book.collection.states import CaseState, Group, LegalStage, PromiseState, RecoveryState
from chedai.org.selectors import open_stores
from chedai.platform import clock
from chedai.web.collection import words
from chedai.web.collection.seen import READ, cases
from chedai.web.doors import Request
from chedai.web.lists.spec import Choice, Column, Days, Kind, ListSpec, Row, Text, View, by_number

BUCKETS: Final = ("M1", "M2", "M3", "M4", "M5", "M6", "M7+")
FROM_M4: Final = "from-M4"


def _buckets(request: Request) -> Sequence[tuple[str, Text]]:
    return [*((bucket, bucket) for bucket in BUCKETS), (FROM_M4, _("M4 以上"))]


def _of_bucket(value: str) -> Q:
    """A bucket, or M4 and everything later."""
    return Q(bucket__in=BUCKETS[BUCKETS.index("M4") :]) if value == FROM_M4 else Q(bucket=value)


def _stores(request: Request) -> Sequence[tuple[str, Text]]:
    return [(str(number), name) for number, name in open_stores()]


def _days(case: Row) -> int | None:
    return (clock.business_date() - case.since).days if case.state == CaseState.OPEN else None


def _case_link(row: Any) -> str:
    return reverse("collection_case", args=[row.case_id])


def _collector(case: Any) -> str:
    return case.collector.user.display_name if case.collector is not None else ""


CASES: Final = ListSpec(
    key="collection",
    title=_("催收案件"),
    unit=_("件"),
    permission=READ,
    rows=lambda request: selectors.cases_seen(cases(request)),
    columns=(
        Column(
            "loan",
            _("贷款"),
            lambda c: c.loan.number,
            Kind.CODE,
            link=lambda c: reverse("collection_case", args=[c.pk]),
            sort="loan__number",
        ),
        Column("customer", _("客户"), lambda c: c.customer.title),
        Column(
            "state",
            _("状态"),
            lambda c: words.STATES[c.state][0],
            Kind.TAG,
            group="state",
            tint=lambda c: words.STATES[c.state][1],
        ),
        Column("bucket", _("档位"), lambda c: c.bucket, sort="bucket", group="bucket"),
        Column("days", _("逾期天数"), _days, Kind.NUMBER, sort="since", tint=lambda c: "red" if _days(c) else ""),
        Column("overdue", _("逾期（元）"), lambda c: c.overdue, Kind.MONEY, sort="overdue", total="overdue"),
        Column("action", _("策略"), lambda c: words.ACTIONS.get(c.action, ""), group="action", sort="priority"),
        Column("arm", _("分组"), lambda c: words.ARMS.get(c.arm, ""), group="arm", shown=False),
        Column("next_on", _("下次联系"), lambda c: c.next_on, Kind.DAY, sort="next_on"),
        Column("last", _("上次结果"), lambda c: words.result_word(c.last_result) if c.last_result else ""),
        Column("collector", _("催收员"), _collector, group="collector__user__display_name"),
        Column("store", _("门店"), lambda c: c.store.name, group="store__name", shown=False),
    ),
    sort="-overdue",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(s.value, words.STATES[s][0]) for s in CaseState],
            lambda value: Q(state=value),
        ),
        Choice("bucket", _("档位"), _buckets, _of_bucket),
        Choice("action", _("策略"), lambda request: list(words.ACTIONS.items()), lambda value: Q(action=value)),
        Choice("store", _("门店"), _stores, by_number("store")),
        Days("next", _("下次联系"), "next_on"),
    ),
    views=(
        View(_("催收中"), "state=open&sort=-overdue"),
        View(_("M4 以上"), f"state=open&bucket={FROM_M4}&sort=-overdue", red=True),
    ),
    empty=_("没有催收案件。贷款逾期后自动建案。"),
)

PROMISES: Final = ListSpec(
    key="collection.promises",
    title=_("承诺还款"),
    unit=_("笔"),
    permission=READ,
    rows=lambda request: selectors.promises_seen(cases(request, at="case__")),
    columns=(
        Column("loan", _("贷款"), lambda p: p.case.loan.number, Kind.CODE, link=_case_link),
        Column("customer", _("客户"), lambda p: p.case.customer.title),
        Column(
            "state",
            _("状态"),
            lambda p: words.PROMISES[p.state][0],
            Kind.TAG,
            group="state",
            tint=lambda p: words.PROMISES[p.state][1],
        ),
        Column("amount", _("承诺（元）"), lambda p: p.amount, Kind.MONEY, sort="amount", total="amount"),
        Column("received", _("到账（元）"), lambda p: p.received, Kind.MONEY, sort="received", total="received"),
        Column("due_on", _("承诺日期"), lambda p: p.due_on, Kind.DAY, sort="due_on"),
        Column("made_on", _("登记"), lambda p: p.made_on, Kind.DAY, sort="made_on"),
        Column("by", _("催收员"), lambda p: p.made_by.user.display_name, group="made_by__user__display_name"),
    ),
    sort="due_on",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(s.value, words.PROMISES[s][0]) for s in PromiseState],
            lambda value: Q(state=value),
        ),
        Days("due", _("承诺日期"), "due_on"),
    ),
    views=(
        View(_("待兑现"), "state=open&sort=due_on"),
        View(_("未兑现"), "state=broken&sort=-due_on", red=True),
    ),
    empty=_("还没有承诺。通话中登记，由到账核对。"),
)

BEFORE: Final = ListSpec(
    key="collection.before",
    title=_("提前催收"),
    unit=_("人"),
    permission=READ,
    rows=lambda request: selectors.pre_due_seen(request.access.records(READ, owner="called_by_id")),
    columns=(
        Column(
            "loan",
            _("贷款"),
            lambda e: e.loan.number,
            Kind.CODE,
            link=lambda e: reverse("collection_before_call", args=[e.pk]),
        ),
        Column("customer", _("客户"), lambda e: e.customer.title),
        Column("due_on", _("还款日"), lambda e: e.due_on, Kind.DAY, sort="due_on"),
        Column("group", _("分组"), lambda e: words.GROUPS[e.group], Kind.TAG, group="group"),
        Column("result", _("结果"), lambda e: words.before_word(e.result)),
        Column("paid", _("按时还款"), lambda e: words.YES[e.paid_in_time], group="paid_in_time"),
        Column("listed_on", _("列入"), lambda e: e.listed_on, Kind.DAY, sort="listed_on", shown=False),
    ),
    sort="-due_on",
    filters=(
        Choice(
            "group",
            _("分组"),
            lambda request: [(g.value, words.GROUPS[g]) for g in Group],
            lambda value: Q(group=value),
        ),
        Days("due", _("还款日"), "due_on"),
    ),
    views=(View(_("联系组"), "group=treated&sort=-due_on"), View(_("对照组"), "group=hold_out&sort=-due_on")),
    empty=_("没有列入名单的客户。近期逾期过、三天内到期的自动列入。"),
)

CLAIMS: Final = ListSpec(
    key="collection.claims",
    title=_("诉讼与时效"),
    unit=_("件"),
    permission=READ,
    rows=lambda request: claims_seen(cases(request, at="case__")),
    columns=(
        Column("loan", _("贷款"), lambda c: c.case.loan.number, Kind.CODE, link=_case_link),
        Column("customer", _("客户"), lambda c: c.case.customer.title),
        Column("stage", _("阶段"), lambda c: words.STAGES[c.stage], Kind.TAG, group="stage"),
        Column("amount", _("标的（元）"), lambda c: c.amount, Kind.MONEY, sort="amount", total="amount"),
        Column("costs", _("费用（元）"), lambda c: c.costs, Kind.MONEY, sort="costs", total="costs"),
        Column(
            "deadline",
            _("下一步期限"),
            lambda c: c.next_deadline,
            Kind.DAY,
            sort="next_deadline",
            tint=lambda c: _late(c),
        ),
        Column("court", _("法院"), lambda c: c.court, note=lambda c: c.court_number),
        Column("owner", _("经办"), lambda c: c.owner.user.display_name, group="owner__user__display_name"),
    ),
    sort="deadline",
    filters=(
        Choice(
            "stage",
            _("阶段"),
            lambda request: [(s.value, words.STAGES[s]) for s in LegalStage],
            lambda value: Q(stage=value),
        ),
        Days("deadline", _("下一步期限"), "next_deadline"),
    ),
    empty=_("没有诉讼。在催收案件的页面提起。"),
)

CARS: Final = ListSpec(
    key="collection.cars",
    title=_("收车与处置"),
    unit=_("辆"),
    permission=READ,
    rows=lambda request: selectors.recoveries_seen(cases(request, at="case__")),
    columns=(
        Column("loan", _("贷款"), lambda r: r.case.loan.number, Kind.CODE, link=_case_link),
        Column("customer", _("客户"), lambda r: r.case.customer.title),
        Column(
            "state",
            _("状态"),
            lambda r: words.CARS[r.state][0],
            Kind.TAG,
            group="state",
            tint=lambda r: words.CARS[r.state][1],
        ),
        Column("taken_on", _("收车"), lambda r: r.taken_on, Kind.DAY, sort="taken_on"),
        Column("valued", _("评估（元）"), lambda r: r.valued, Kind.MONEY, total="valued", sort="valued"),
        Column("price", _("成交（元）"), lambda r: r.price, Kind.MONEY, total="price", sort="price"),
        Column("costs", _("费用（元）"), lambda r: r.costs, Kind.MONEY, total="costs", sort="costs"),
    ),
    sort="-taken_on",
    filters=(
        Choice(
            "state",
            _("状态"),
            lambda request: [(s.value, words.CARS[s][0]) for s in RecoveryState],
            lambda value: Q(state=value),
        ),
    ),
    empty=_("没有收回的车辆。"),
)


def _late(claim: Any) -> str:
    day = claim.next_deadline
    return "red" if day is not None and day < clock.business_date() and claim.stage != LegalStage.CLOSED else ""
