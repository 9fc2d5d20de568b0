"""What waits in the queues somebody works from: customers in the shop, decisions, money to be paid out, calls, alerts.

The rows of a queue belong to nobody until somebody takes them, so they are found by right and store, not by owner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.book.collection.selectors import queue_size
from chedai.book.risk.selectors import alerts_seen
from chedai.book.risk.states import AlertState
from chedai.crm.reception.rules import standards, waited_too_long
from chedai.crm.reception.selectors import queue
from chedai.deals.pipeline.limits import limits
from chedai.deals.pipeline.selectors import deals_seen
from chedai.deals.pipeline.states import DealState, Stage, Turn
from chedai.deals.underwriting.selectors import cases_seen
from chedai.deals.underwriting.states import CaseState
from chedai.org.selectors import home_of
from chedai.platform import clock
from chedai.web.deals.lists import limit_of, urgency_of, used_of
from chedai.web.deals.steps import step_words
from chedai.web.deals.words import STAGES
from chedai.web.doors import Request
from chedai.web.formats import moment, money, short_day, span, worked
from chedai.web.home.task import MOST, Group, Task
from chedai.web.risk import words as risk
from chedai.web.ui.board import Urgency

_PLACES: Final = {Stage.CONTRACT: "deal_contract", Stage.DISBURSEMENT: "deal_payout"}
KIND: Final = "queues"


def _waiting(request: Request) -> Iterator[Task]:
    """Who waits in the person's own store, in one line."""
    store_id = home_of(request.access.staff_id) if request.access.may("visit.register") else 0
    here = queue(store_id) if store_id else []
    if not here:
        return
    first = min(visit.arrived_at for visit in here)
    now = clock.now()
    yield Task(
        group=Group.OVERDUE if waited_too_long(first, now, standards()) else Group.TODAY,
        kind=KIND,
        icon="users",
        when=_("最久 %s") % span(now - first),
        who=_("%s 位客户") % len(here),
        phone="",
        what=_("在店里等候接待"),
        verb=gettext_lazy("去接待"),
        url=reverse("reception"),
        age=int((now - first).total_seconds() // 60),
    )


def _decisions(request: Request) -> Iterator[Task]:
    """Cases nobody has proposed a decision on, for who decides on the deals of others; a proposal is an approval."""
    if request.access.stores("decision.propose") == frozenset():
        return
    records = request.access.records("decision.propose", store="deal__store", owner="deal__officer")
    now = clock.now()
    for case in cases_seen(records).filter(state=CaseState.OPEN)[:MOST]:
        late = case.due_at < now
        yield Task(
            group=Group.OVERDUE if late else Group.TODAY,
            kind=KIND,
            icon="scale",
            when=_("超时 %s") % worked(limits().worked(case.due_at, now)) if late else _("%s 前") % moment(case.due_at),
            who=case.deal.customer.title,
            phone=case.deal.number,
            what=_("审核资料并提出结论，%s 元") % money(case.deal.amount),
            verb=gettext_lazy("去审批"),
            url=reverse("case", args=[case.pk]),
            age=int((now - case.due_at).total_seconds() // 60),
        )


def _finance(request: Request) -> Iterator[Task]:
    """Deals where it is the turn of finance: signatures to be checked, money to be paid out."""
    if not request.access.may("payout.release"):
        return
    records = request.access.records("payout.release", owner="officer_id")
    waiting = deals_seen(records).filter(turn=Turn.FINANCE, state=DealState.OPEN, closed_at=None)
    for deal in waiting.order_by("turn_since")[:MOST]:
        over, late = used_of(deal) - limit_of(deal), urgency_of(deal) is Urgency.LATE
        yield Task(
            group=Group.OVERDUE if late else Group.TODAY,
            kind=KIND,
            icon="send",
            when=_("超时 %s") % worked(over) if late else worked(used_of(deal)),
            who=deal.customer.title,
            phone=deal.number,
            what=f"{step_words(deal.next_step) or STAGES[deal.stage]} · {money(deal.amount)} {_('元')}",
            verb=gettext_lazy("去办"),
            url=reverse(_PLACES.get(Stage(deal.stage), "deal"), args=[deal.number]),
            age=int(used_of(deal).total_seconds() // 60),
        )


def _calls(request: Request) -> Iterator[Task]:
    """What is left of a collector's morning, in one line."""
    if not request.access.may("collection.work"):
        return
    done, every = queue_size(request.access.staff_id, clock.business_date())
    if done < every:
        yield Task(
            group=Group.TODAY,
            kind=KIND,
            icon="phone-call",
            when=_("今天内"),
            who=_("%s 件催收") % (every - done),
            phone="",
            what=_("今日催收队列，已办 %(done)s / %(every)s 件") % {"done": done, "every": every},
            verb=gettext_lazy("开始催收"),
            url=reverse("collection"),
        )


def _alerts(request: Request) -> Iterator[Task]:
    """Alerts nobody has worked on yet."""
    if not request.access.may("risk.act"):
        return
    today = clock.business_date()
    for alert in alerts_seen(request.access).filter(state=AlertState.OPEN).order_by("opened_on", "pk")[:MOST]:
        yield Task(
            group=Group.TODAY,
            kind="alerts",
            icon="bell",
            when=_("%s 触发") % short_day(alert.opened_on),
            who=risk.subject(alert),
            phone="",
            what=f"{risk.indicator(alert.indicator)} {risk.figure(alert.indicator, alert.value)}",
            verb=gettext_lazy("去处理"),
            url=reverse("alert", args=[alert.pk]),
            age=(today - alert.opened_on).days * 1440,
        )


QUEUES: Final[Sequence[Callable[[Request], Iterator[Task]]]] = (_waiting, _decisions, _finance, _calls, _alerts)
