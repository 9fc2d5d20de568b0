"""Today: what this person has to do, what waits for them, and what they wait for."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.platform import clock
from chedai.platform.approvals.selectors import approvals_asked_by
from chedai.web.approvals.about import name_all
from chedai.web.doors import Request, door
from chedai.web.frame.waiting import waiting_for
from chedai.web.home.figures import figures
from chedai.web.home.task import GROUPS
from chedai.web.home.tasks import KINDS, own_deals, stuck, tasks, team_deals

_SHOWN = 8


@require_GET
@door("home.read")
def home(request: Request) -> HttpResponse:
    """The start page. A count leads to its rows, a task to its record."""
    asked = list(approvals_asked_by(request.actor.ref)[:_SHOWN])
    every = tasks(request)
    kind = request.GET.get("kind", "")
    shown = [task for task in every if kind not in KINDS or task.kind == kind]
    waiting = waiting_for(request)
    name_all([*asked, *waiting.approvals, *waiting.returned])
    own, (late, late_count) = own_deals(request), stuck(request)
    context = {
        "waiting": waiting,
        "asked": asked,
        "today": clock.business_date(),
        "now": clock.now(),
        "groups": [(GROUPS[group], list(found)) for group, found in groupby(shown, key=lambda task: task.group)],
        "kinds": [(code, word, sum(task.kind == code for task in every)) for code, word in KINDS.items()],
        "kind": kind if kind in KINDS else "",
        "tasks": len(every),
        "total": len(every) + waiting.total,
        "figures": figures(request),
        "own": own or team_deals(request),
        "team": not own,
        "stuck": late,
        "stuck_count": late_count,
        "may_reception": request.access.may("visit.register"),
        "may_quote": request.access.may("quote.make"),
    }
    return render(request, "web/home/home.html", context)
