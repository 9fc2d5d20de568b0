"""How long each stage takes, who waits for whom, and whose papers pass at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from chedai.deals.applications.selectors import first_pass
from chedai.deals.pipeline.selectors import bottlenecks, deals_seen
from chedai.deals.pipeline.states import Turn
from chedai.org.selectors import staff_seen
from chedai.platform import clock
from chedai.web.deals.words import STAGES, TURNS
from chedai.web.doors import Request, door

RIGHT: Final = "deal.read"
SPANS: Final = (30, 90, 365)
"""The days a person may look back on."""


@require_GET
@door(RIGHT)
def efficiency(request: Request) -> HttpResponse:
    """The stages of the deals a person may see, by median and ninth decile; open deals by whose turn it is."""
    days = next((n for n in SPANS if str(n) == request.GET.get("days")), SPANS[1])
    first = clock.business_date() - timedelta(days=days)
    records = request.access.records(RIGHT, owner="officer_id")
    context = {
        "spans": [(ngettext("近 %d 天", "近 %d 天", n) % n, f"?days={n}", n == days) for n in SPANS],
        "stages": _stages(records, datetime.combine(first, time.min, clock.SHANGHAI)),
        "turns": _turns(records),
        "people": _people(request, first),
    }
    return render(request, "web/deals/efficiency.html", context)


def _stages(records: Q, since: datetime) -> list[dict[str, Any]]:
    found = bottlenecks(records, since, clock.now())
    slowest = max((one.p90 for one in found), default=timedelta())
    return [
        {
            "word": STAGES[one.stage],
            "one": one,
            "slowest": one.p90 == slowest,
            "url": f"{reverse('deals')}?stage={one.stage}&state=open",
        }
        for one in found
    ]


def _turns(records: Q) -> list[dict[str, Any]]:
    """Open deals by whose turn it is, with the longest wait of each."""
    waiting = deals_seen(records & Q(closed_at=None)).order_by().values("turn")
    rows = {row["turn"]: row for row in waiting.annotate(count=Count("pk"), since=Min("turn_since"))}
    return [
        {
            "word": TURNS[turn],
            "count": rows[turn]["count"],
            "longest": clock.now() - rows[turn]["since"],
            "url": f"{reverse('deals')}?turn={turn}&state=open",
        }
        for turn in Turn
        if turn in rows and turn is not Turn.NOBODY
    ]


def _people(request: Request, first: Any) -> list[dict[str, Any]]:
    """The first-pass rate of each officer whose deals a person may see, the lowest first."""
    records = request.access.records(RIGHT, store="application__deal__store_id", owner="application__deal__officer_id")
    rates = first_pass(first, records)
    names = {one.pk: one.user.display_name for one in staff_seen(Q(pk__in=[rate.officer_id for rate in rates]))}
    return [{"name": names[rate.officer_id], "rate": rate} for rate in sorted(rates, key=lambda one: one.rate)]
