"""Today: what waits for this person, and what they wait for."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.platform import clock
from chedai.platform.approvals.selectors import approvals_asked_by
from chedai.web.doors import Request, door
from chedai.web.frame.waiting import waiting_for

_SHOWN = 20


@require_GET
@door("home.read")
def home(request: Request) -> HttpResponse:
    """The start page."""
    asked = list(approvals_asked_by(request.actor.ref)[:_SHOWN])
    context = {"waiting": waiting_for(request), "asked": asked, "today": clock.business_date(), "now": clock.now()}
    return render(request, "web/home/home.html", context)
