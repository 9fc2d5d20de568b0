"""What somebody has to do today, from every room, in one list: overdue, today, then what falls due soon.

A room adds its tasks by a function in `SOURCES`. A task leads in one click to the record it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.book.closing.selectors import asks_waiting, items_due, refunds_due
from chedai.book.loans.states import LoanStatus
from chedai.crm.reception.selectors import leads_due
from chedai.deals.collateral.selectors import items_seen, renewals
from chedai.deals.collateral.states import ItemKind, ItemState
from chedai.deals.pipeline.selectors import deals_seen
from chedai.deals.pipeline.states import DealState, Stage, Turn
from chedai.platform import clock
from chedai.web.deals.lists import late as past_limit
from chedai.web.deals.lists import limit_of, urgency_of, used_of
from chedai.web.deals.steps import step_words
from chedai.web.deals.words import STAGES, TURNS
from chedai.web.doors import Request
from chedai.web.formats import money, short_day, worked
from chedai.web.home.keeping import custody_due
from chedai.web.home.queues import QUEUES
from chedai.web.home.task import MOST, Group, Task
from chedai.web.home.watching import WATCHING
from chedai.web.loans.closing import ITEMS as CLOSING
from chedai.web.ui.board import Urgency

SOON: Final = timedelta(days=15)
STUCK: Final = 12


ITEMS: Final[dict[str, Promise]] = {
    ItemKind.PLATE: gettext_lazy("上牌"),
    ItemKind.LIEN: gettext_lazy("抵押登记"),
    ItemKind.GREEN_BOOK: gettext_lazy("绿本回收"),
    ItemKind.COMPULSORY: gettext_lazy("交强险"),
    ItemKind.COMMERCIAL: gettext_lazy("商业险"),
    ItemKind.GPS: gettext_lazy("定位装置"),
}


def tasks(request: Request) -> list[Task]:
    """Everything this person has to do, the overdue first."""
    found = [task for source in SOURCES for task in source(request)]
    return sorted(found, key=lambda task: (task.group, -task.age))


def _leads(request: Request) -> Iterator[Task]:
    today = clock.business_date()
    for lead in leads_due(request.access.staff_id, today)[:MOST]:
        late = (today - lead.next_contact_on).days if lead.next_contact_on else 0
        yield Task(
            group=Group.OVERDUE if late else Group.TODAY,
            kind="calls",
            icon="phone-call",
            when=_("逾期 %s 天") % late if late else _("今天内"),
            who=str(lead.name),
            phone=str(lead.phone),
            what=_("意向跟进：%s") % (lead.interest or _("未说明车型")),
            verb=gettext_lazy("记录联系"),
            url=reverse("lead", args=[lead.pk]),
            age=late * 1440,
        )


def _deals(request: Request) -> Iterator[Task]:
    """The deals in one's own hand where it is our turn."""
    me = request.access.staff_id
    mine = Q(owner=me, closed_at=None, turn=Turn.OFFICER) & ~Q(stage=Stage.COLLATERAL)
    for deal in deals_seen(mine).order_by("turn_since")[:MOST]:
        late = urgency_of(deal) is Urgency.LATE
        over = used_of(deal) - limit_of(deal)
        yield Task(
            group=Group.OVERDUE if late else Group.TODAY,
            kind="deals",
            icon="file-text",
            when=_("超时 %s") % worked(over) if late else worked(used_of(deal)),
            who=deal.customer.title,
            phone=deal.number,
            what=f"{STAGES[deal.stage]} · {step_words(deal.next_step) or deal.vehicle}",
            verb=gettext_lazy("打开案卷"),
            url=reverse("deal", args=[deal.number]),
            age=int(over.total_seconds() // 60) if late else int(used_of(deal).total_seconds() // 60),
        )


def _collateral(request: Request) -> Iterator[Task]:
    """What is owed after the payout for one's own deals while their loans are owed: plate, lien, green book, covers."""
    today = clock.business_date()
    mine = Q(owner=request.access.staff_id, state=ItemState.OPEN, due_on__lte=today + SOON)
    owing = items_seen(mine).filter(deal__state=DealState.FUNDED).exclude(deal__loan__state=LoanStatus.SETTLED)
    for item in owing.order_by("due_on", "pk")[:MOST]:
        late = (today - item.due_on).days if item.due_on else 0
        yield Task(
            group=Group.OVERDUE if late > 0 else Group.TODAY if late == 0 else Group.SOON,
            kind="papers",
            icon="certificate",
            when=_("逾期 %s 天") % late if late > 0 else _("%s 截止") % short_day(item.due_on),
            who=item.deal.customer.title,
            phone=item.deal.number,
            what=str(ITEMS[item.kind]),
            verb=gettext_lazy("去办"),
            url=reverse("deal", args=[item.deal.number]),
            age=late * 1440,
        )


def _renewals(request: Request) -> Iterator[Task]:
    """Covers of one's own deals that end soon."""
    today = clock.business_date()
    for policy in renewals(Q(deal__officer=request.access.staff_id), today)[:MOST]:
        late = (today - policy.ends).days
        yield Task(
            group=Group.OVERDUE if late > 0 else Group.SOON,
            kind="papers",
            icon="shield-check",
            when=_("%s 到期") % short_day(policy.ends),
            who=policy.deal.customer.title,
            phone=policy.deal.number,
            what=_("%s到期，续保并确认第一受益人") % ITEMS[policy.cover],
            verb=gettext_lazy("去续保"),
            url=reverse("deal", args=[policy.deal.number]),
            age=late * 1440,
        )


def _settlements(request: Request) -> Iterator[Task]:
    """Customers who ask to settle, for whoever books the money."""
    today = clock.business_date()
    records = request.access.records("loan.settle", store="loan__store_id", owner="loan__officer_id")
    for ask in asks_waiting(records)[:MOST]:
        left = (ask.settle_on - today).days
        yield Task(
            group=Group.OVERDUE if left < 0 else Group.TODAY if left == 0 else Group.SOON,
            kind="loans",
            icon="file-spreadsheet",
            when=_("%s 结清") % short_day(ask.settle_on),
            who=ask.loan.customer.title,
            phone=ask.loan.number,
            what=_("客户申请结清，试算 %s 元") % money(ask.quoted),
            verb=gettext_lazy("去办"),
            url=reverse("loan", args=[ask.loan.number]),
            age=-left * 1440,
        )


def _closures(request: Request) -> Iterator[Task]:
    """What is owed to customers whose loans are settled, of one's own loans."""
    today = clock.business_date()
    mine = Q(closure__loan__officer=request.access.staff_id)
    for item in items_due(mine, today + SOON)[:MOST]:
        late = (today - item.due_on).days
        yield Task(
            group=Group.OVERDUE if late > 0 else Group.TODAY if late == 0 else Group.SOON,
            kind="loans",
            icon="certificate",
            when=_("逾期 %s 天") % late if late > 0 else _("%s 截止") % short_day(item.due_on),
            who=item.closure.loan.customer.title,
            phone=item.closure.loan.number,
            what=_("结清后：%s") % CLOSING[item.kind],
            verb=gettext_lazy("去办"),
            url=reverse("loan_closure", args=[item.closure.loan.number]),
            age=late * 1440,
        )


def _refunds(request: Request) -> Iterator[Task]:
    """Money of customers that settled loans hold, for who may ask that it is paid back."""
    if not request.access.may("loan.refund"):
        return
    today = clock.business_date()
    for loan, due_on in refunds_due(request.access.records("loan.refund"))[:MOST]:
        late = (today - due_on).days
        yield Task(
            group=Group.OVERDUE if late > 0 else Group.TODAY if late == 0 else Group.SOON,
            kind="loans",
            icon="file-text",
            when=_("逾期 %s 天") % late if late > 0 else _("%s 截止") % short_day(due_on),
            who=loan.customer.title,
            phone=loan.number,
            what=_("贷款已结清，退还客户余款 %s 元") % money(loan.credit),
            verb=gettext_lazy("去办"),
            url=reverse("loan_closure", args=[loan.number]),
            age=late * 1440,
        )


SOURCES: Final[Sequence[Callable[[Request], Iterator[Task]]]] = (
    _leads,
    _deals,
    _collateral,
    _renewals,
    _settlements,
    _closures,
    _refunds,
    custody_due,
    *QUEUES,
    *WATCHING,
)
KINDS: Final[dict[str, Promise]] = {
    "calls": gettext_lazy("电话"),
    "queues": gettext_lazy("队列"),
    "deals": gettext_lazy("案卷"),
    "papers": gettext_lazy("证照"),
    "loans": gettext_lazy("贷款"),
    "alerts": gettext_lazy("预警"),
}


@dataclass(frozen=True, slots=True)
class StageLine:
    """One's own open deals in one stage."""

    word: Promise
    count: int
    late: int
    url: str


def own_deals(request: Request) -> list[StageLine]:
    """The open deals a person answers for, by stage, with how many are late."""
    me = request.access.staff_id
    return _by_stage(Q(officer=me), f"{reverse('deals')}?officer={me}&stage=")


def team_deals(request: Request) -> list[StageLine]:
    """The open deals of everybody whose work the person sees, by stage."""
    if not request.access.may("deal.read"):
        return []
    return _by_stage(request.access.records("deal.read", owner="officer_id"), f"{reverse('deals')}?stage=")


def stuck(request: Request) -> tuple[list[Task], int]:
    """The deals of others that are past their limit, the longest first, and how many there are."""
    if not request.access.may("deal.read"):
        return [], 0
    others = request.access.records("deal.read", owner="officer_id") & ~Q(owner=request.access.staff_id)
    found = deals_seen(others).filter(past_limit(), state=DealState.OPEN)
    shown = sorted(found.order_by("turn_since")[:MOST], key=lambda deal: limit_of(deal) - used_of(deal))
    return [
        Task(
            group=Group.OVERDUE,
            kind="deals",
            icon="file-text",
            when=_("超时 %s") % worked(used_of(deal) - limit_of(deal)),
            who=deal.customer.title,
            phone=deal.number,
            what=f"{TURNS[deal.turn]} · {step_words(deal.next_step) or STAGES[deal.stage]}",
            verb=gettext_lazy("打开案卷"),
            url=reverse("deal", args=[deal.number]),
            by=deal.owner.user.display_name,
        )
        for deal in shown[:STUCK]
    ], found.count()


def _by_stage(which: Q, board: str) -> list[StageLine]:
    counted: dict[str, list[Any]] = {}
    for deal in deals_seen(which & Q(closed_at=None)):
        counted.setdefault(deal.stage, []).append(urgency_of(deal))
    return [
        StageLine(STAGES[stage], len(found), found.count(Urgency.LATE), f"{board}{stage}")
        for stage in Stage
        if (found := counted.get(stage))
    ]
