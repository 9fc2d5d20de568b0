"""What the book asks of somebody: a step of a playbook, a watched loan to be reviewed, a claim before its day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.book.collection.services.legal import claims_due, lapses_near
from chedai.book.risk.selectors import reviews_due, steps_due
from chedai.platform import clock
from chedai.web.collection.seen import READ, WORK, cases
from chedai.web.doors import Request
from chedai.web.formats import short_day
from chedai.web.home.task import MOST, Group, Task
from chedai.web.risk import words as risk

SOON: Final = timedelta(days=15)
ALERTS: Final = "alerts"
LOANS: Final = "loans"


def _group(due: date, today: date) -> Group:
    return Group.OVERDUE if due < today else Group.TODAY if due == today else Group.SOON


def _steps(request: Request) -> Iterator[Task]:
    """One's own steps of playbooks, whatever else one may see of what is watched."""
    today = clock.business_date()
    for step in steps_due(request.access.staff_id)[:MOST]:
        late = (today - step.due_on).days
        yield Task(
            group=_group(step.due_on, today),
            kind=ALERTS,
            icon="clipboard-check",
            when=_("逾期 %s 天") % late if late > 0 else _("%s 截止") % short_day(step.due_on),
            who=risk.playbook(step.run.playbook),
            phone=_("演练") if step.run.is_drill else "",
            what=_("预案第 %(n)s 步：%(text)s") % {"n": step.place, "text": risk.step_text(step)},
            verb=gettext_lazy("去办"),
            url=reverse("playbook_step", args=[step.pk]),
            age=late * 1440,
        )


def _reviews(request: Request) -> Iterator[Task]:
    """Watched loans whose review is due, in one line."""
    if not request.access.may("risk.act"):
        return
    today = clock.business_date()
    records = request.access.records("risk.act", store="loan__store_id", owner="loan__officer_id")
    due = list(reviews_due(records, today))
    if due:
        yield Task(
            group=_group(due[0], today),
            kind=ALERTS,
            icon="eye",
            when=_("最早 %s") % short_day(due[0]),
            who=_("%s 笔关注贷款") % len(due),
            phone="",
            what=_("待复核，逾期未复核的已触发预警"),
            verb=gettext_lazy("去复核"),
            url=f"{reverse('watch')}?on=now&sort=review_due",
            age=(today - due[0]).days * 1440,
        )


def _claims(request: Request) -> Iterator[Task]:
    """One's own claims whose next step is due soon."""
    if not request.access.may(READ):
        return
    today = clock.business_date()
    for claim in claims_due(Q(owner=request.access.staff_id), today + SOON)[:MOST]:
        due = claim.next_deadline or today
        late = (today - due).days
        yield Task(
            group=_group(due, today),
            kind=LOANS,
            icon="scale",
            when=_("逾期 %s 天") % late if late > 0 else _("%s 截止") % short_day(due),
            who=claim.case.customer.title,
            phone=claim.case.loan.number,
            what=_("诉讼下一步期限"),
            verb=gettext_lazy("去办"),
            url=reverse("collection_case", args=[claim.case_id]),
            age=late * 1440,
        )


def _lapses(request: Request) -> Iterator[Task]:
    """One's own cases whose limitation ends within the days of the policy; the others stand on the page of claims."""
    if not request.access.may(WORK):
        return
    today = clock.business_date()
    for case, lapse in lapses_near(cases(request, WORK) & Q(collector=request.access.staff_id), today)[:MOST]:
        yield Task(
            group=_group(lapse.last_day, today),
            kind=LOANS,
            icon="alert-triangle",
            when=_("时效 %s 届满") % lapse.last_day.isoformat(),
            who=case.customer.title,
            phone=case.loan.number,
            what=_("诉讼时效还有 %s 天：起诉、催告或取得债务确认") % max(lapse.left, 0),
            verb=gettext_lazy("去办"),
            url=reverse("collection_case", args=[case.pk]),
            age=-lapse.left * 1440,
        )


WATCHING: Final[Sequence[Callable[[Request], Iterator[Task]]]] = (_steps, _reviews, _claims, _lapses)
