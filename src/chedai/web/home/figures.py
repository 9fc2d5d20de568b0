"""The strip above the day: what this month has come to so far, counts beside amounts, own figures or the store's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.deals.pipeline.selectors import bottlenecks, deals_seen
from chedai.deals.pipeline.states import DealState
from chedai.platform import clock
from chedai.web.deals.lists import late
from chedai.web.deals.words import STAGES
from chedai.web.doors import Request
from chedai.web.formats import span, wan


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its sentence."""

    label: Promise
    value: str
    note: str
    tint: str = ""


def figures(request: Request) -> list[Figure]:
    """Deals paid out this month, deals under way, deals that are late, and how long an application takes."""
    if not request.access.may("deal.read"):
        return []
    records = request.access.records("deal.read", owner="officer_id")
    today = clock.business_date()
    month = datetime.combine(today.replace(day=1), time.min, clock.SHANGHAI)
    seen = deals_seen(records).order_by()
    paid = seen.filter(state=DealState.FUNDED, stages__stage="collateral", stages__entered_at__gte=month)
    out = paid.aggregate(n=Count("pk", distinct=True), total=Sum("amount"))
    way = seen.filter(state=DealState.OPEN).aggregate(n=Count("pk"), total=Sum("amount"))
    overdue = seen.filter(late(), state=DealState.OPEN).count()
    return [
        Figure(gettext_lazy("本月放款"), _("%s 单") % out["n"], wan(out["total"] or 0)),
        Figure(gettext_lazy("在途"), _("%s 单") % way["n"], wan(way["total"] or 0)),
        Figure(
            gettext_lazy("超时"),
            _("%s 单") % overdue,
            _("在途 %s 单中") % way["n"],
            "red" if overdue else "",
        ),
        _slowest(records),
    ]


def _slowest(records: Q) -> Figure:
    """The stage that takes longest of the last ninety days, by its median."""
    since = clock.now() - timedelta(days=90)
    found = [one for one in bottlenecks(records, since, clock.now()) if one.stage != "collateral" and one.stays > 1]
    if not found:
        return Figure(gettext_lazy("最慢环节"), "—", _("近 90 天没有足够的单"))
    worst = max(found, key=lambda one: one.p50)
    said = _("半数不超过 %(span)s，%(n)s 单") % {"span": span(worst.p50), "n": worst.stays}
    return Figure(gettext_lazy("最慢环节"), str(STAGES[worst.stage]), said)
