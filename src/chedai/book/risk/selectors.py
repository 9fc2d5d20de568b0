"""Reading what is watched, as far as a person may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count, Q, QuerySet

from chedai.book.loans.models import Loan
from chedai.book.risk import limits
from chedai.book.risk.indicators import CATALOGUE, SHARES, Indicator
from chedai.book.risk.limits import Watched
from chedai.book.risk.models import Alert, PlaybookRun, PlaybookStep, WatchItem
from chedai.book.risk.states import AlertState, Outcome, RunState
from chedai.org.access import Access
from chedai.org.permissions import Permission
from chedai.platform.errors import NotFound
from chedai.platform.policies.selectors import book_in_force

READ: Permission = "risk.read"


@dataclass(frozen=True, slots=True)
class IndicatorSummary:
    """One line of the policy with its indicator: how many alerts stand, and how its alerts turned out.

    `hours` is the median time to the first action, None where nobody acted yet; `false_share` in percent of those
    closed, None where none is.
    """

    watched: Watched
    indicator: Indicator
    standing: int
    opened: int
    closed: int
    false_alarms: int
    hours: int | None

    @property
    def false_share(self) -> int | None:
        """How many of a hundred closed alerts were false."""
        return round(100 * self.false_alarms / self.closed) if self.closed else None


def alerts_seen(access: Access) -> QuerySet[Alert]:
    """The alerts of the person's stores; those of the whole group only for who sees the whole group."""
    stores = access.stores(READ)
    seen = Alert.objects.select_related("store", "staff__user")
    return seen if stores is None else seen.filter(store__in=stores)


def alert_seen(access: Access, alert_id: int) -> Alert:
    """One alert. Errors: `NotFound`."""
    found = alerts_seen(access).select_related("closed_by").filter(pk=alert_id).first()
    if found is None:
        raise NotFound("alert-unknown", "没有这条预警", "there is no such alert")
    return found


def run_of(alert: Alert) -> PlaybookRun | None:
    """The playbook an alert began."""
    return PlaybookRun.objects.filter(alert=alert).first()


def steps_of(run: PlaybookRun) -> list[PlaybookStep]:
    """The steps of a run with their owners."""
    return list(run.steps.select_related("owner__user", "done_by"))


def drills_seen(access: Access) -> QuerySet[PlaybookRun]:
    """The drills of the person's stores, newest first."""
    stores = access.stores(READ)
    drills = PlaybookRun.objects.filter(is_drill=True).select_related("store").order_by("-pk")
    return drills if stores is None else drills.filter(Q(store__in=stores) | Q(store=None))


def step_seen(access: Access, step_id: int) -> PlaybookStep:
    """A step of an alert or a drill the person may see, or one's own. Errors: `NotFound`."""
    step = PlaybookStep.objects.select_related("run__alert__store", "owner__user").filter(pk=step_id).first()
    if step is not None and step.owner_id is not None and step.owner_id == access.staff_id:
        return step
    seen = drills_seen(access) if step is None or step.run.is_drill else alerts_seen(access)
    known = step is not None and seen.filter(pk=step.run_id if step.run.is_drill else step.run.alert_id or 0).exists()
    if step is None or not known:
        raise NotFound("step-unknown", "没有这个步骤", "there is no such step")
    return step


def steps_due(staff_id: int) -> QuerySet[PlaybookStep]:
    """What is left of a person's own steps in runs that go on, the most urgent first."""
    left = PlaybookStep.objects.filter(owner_id=staff_id, done_on=None, run__state=RunState.RUNNING)
    return left.select_related("run").order_by("due_on", "pk")


def reviews_due(records: Q, by: date) -> QuerySet[WatchItem, date]:
    """By when watched loans were to be reviewed, of those due by a day, the oldest first."""
    due = WatchItem.objects.filter(records, ended_on=None, review_due__lte=by)
    return due.order_by("review_due", "pk").values_list("review_due", flat=True)


def loans_named(numbers: list[str]) -> dict[str, int]:
    """The keys of loans by number."""
    return dict(Loan.objects.filter(number__in=numbers).values_list("number", "pk"))


def watch_seen(records: Q) -> QuerySet[WatchItem]:
    """The items of the watch list whose loans the person may see."""
    return WatchItem.objects.filter(records).select_related("loan__store", "loan__officer__user", "loan__customer")


def watch_item(records: Q, item_id: int) -> WatchItem:
    """One item. Errors: `NotFound`."""
    found = watch_seen(records).filter(pk=item_id).first()
    if found is None:
        raise NotFound("watch-unknown", "没有这条关注记录", "there is no such item of the watch list")
    return found


def indicator_summaries(access: Access, day: date) -> list[IndicatorSummary]:
    """Every indicator of the policy of a day, with what became of its alerts."""
    seen = alerts_seen(access)
    found = []
    for watched in limits.watched_on(book_in_force(), day, SHARES):
        if (indicator := CATALOGUE.get(watched.indicator)) is None:
            continue
        prefix = {"officer": "staff"}.get(watched.by, watched.by)
        own = seen.filter(indicator=watched.indicator, subject__startswith=f"{prefix}:")
        counts = own.aggregate(
            opened=Count("pk"),
            standing=Count("pk", filter=~Q(state=AlertState.CLOSED)),
            closed=Count("pk", filter=Q(state=AlertState.CLOSED)),
            false_alarms=Count("pk", filter=Q(outcome=Outcome.FALSE_ALARM)),
        )
        times = own.filter(acted_at__isnull=False).order_by("-pk").values_list("opened_at", "acted_at")[:200]
        hours = [(acted - opened).total_seconds() / 3600 for opened, acted in times if acted is not None]
        found.append(IndicatorSummary(watched, indicator, hours=round(median(hours)) if hours else None, **counts))
    return found


def first_payment_days(day: date) -> int:
    """From how many days late on a first instalment counts as a first-payment default."""
    return book_in_force().in_force(limits.FIRST_PAYMENT_DAYS, day).number


def playbooks(day: date) -> dict[str, limits.Playbook]:
    """The playbooks in force on a day."""
    return limits.playbooks_on(book_in_force(), day)
