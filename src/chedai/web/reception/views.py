"""The queue of the day: who came, who waits, who is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chedai.crm.reception import rules, selectors, services
from chedai.crm.reception.states import Purpose, Source, VisitState
from chedai.engine.money import RATE_SCALE, divide
from chedai.org.selectors import home_of, open_stores
from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.web.doors import Request, door
from chedai.web.forms.page import FormPage, form_page
from chedai.web.reception.forms import VisitForm
from chedai.web.reception.words import PURPOSES, SOURCES

_SERVED: Final = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    visit: Any
    waited: timedelta
    too_long: bool
    purpose: Any
    source: Any


def store_of(request: Request, right: str) -> int:
    """The store whose showroom the page shows: the one asked for, else where the person belongs.

    Errors: `NotAllowed`; `NotFound` for a store there is not.
    """
    asked = request.GET.get("store", "") or request.POST.get("store", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        raise NotFound("no-such-store", "没有这家门店", "there is no such store")
    store_id = int(asked) if asked else home_of(request.access.staff_id)
    request.access.require(right, store_id=store_id, owner_id=request.access.staff_id)
    return store_id


def _stores(request: Request) -> list[tuple[int, str]]:
    reached = request.access.stores("visit.read")
    return [(pk, name) for pk, name in open_stores() if reached is None or pk in reached]


@require_http_methods(["GET", "POST"])
@door("visit.read")
def reception(request: Request) -> HttpResponse:
    """Today's queue, beside it the six fields of a new visit."""
    store_id = store_of(request, "visit.read")
    now, table = clock.now(), rules.standards()
    may_serve = request.access.may("visit.serve", store_id=store_id, owner_id=request.access.staff_id)
    queue = [
        Waiting(
            visit,
            max(now - visit.arrived_at, timedelta(0)),
            rules.waited_too_long(visit.arrived_at, now, table),
            PURPOSES[visit.purpose],
            SOURCES[visit.source],
        )
        for visit in selectors.queue(store_id)
    ]
    today = selectors.visits_seen(Q(store=store_id, day=clock.business_date()))
    served = [(v, PURPOSES[v.purpose], v.waited) for v in today.filter(state=VisitState.SERVED)[:_SERVED]]
    context = {
        "queue": queue,
        "served": served,
        "figures": selectors.waits_on(store_id, clock.business_date()),
        "alert": table.wait_alert,
        "late": sum(one.too_long for one in queue),
        "store_id": store_id,
        "stores": _stores(request),
        "today": clock.business_date(),
        "may_register": request.access.may("visit.register", store_id=store_id, owner_id=request.access.staff_id),
        "may_serve": may_serve,
        "may_quote": may_serve and request.access.may("quote.make"),
    }
    page = FormPage(
        key="visit.new",
        form=VisitForm,
        template="web/reception/reception.html",
        save=_register,
        done=gettext_lazy("已登记到店"),
        initial={"purpose": Purpose.LOOK.value, "source": Source.WALK_IN.value},
        context=context,
    )
    return form_page(request, page)


def _register(data: dict[str, Any], request: Request) -> str:
    store_id = store_of(request, "visit.register")
    services.visit_register(
        store_id=store_id,
        staff_id=request.access.staff_id,
        name=data["name"],
        phone=data["phone"],
        purpose=Purpose(data["purpose"]),
        source=Source(data["source"]),
        interest=data["interest"],
        next_contact_on=data["next_contact_on"],
        actor=request.actor,
    )
    return f"{reverse('reception')}?store={store_id}"


@require_POST
@door("visit.serve")
def visit_next(request: Request) -> HttpResponse:
    """Call whoever is next."""
    store_id = store_of(request, "visit.serve")
    called = services.visit_next(store_id=store_id, officer_id=request.access.staff_id, actor=request.actor)
    if called is None:
        messages.success(request, _("没有人在等候"))
    else:
        messages.success(request, _("请 %(ticket)s 号 %(name)s") % {"ticket": called.ticket, "name": called.name})
    return HttpResponseRedirect(f"{reverse('reception')}?store={store_id}")


@require_POST
@door("visit.serve")
def visit_serve(request: Request, pk: int) -> HttpResponse:
    """Take over one of those who wait."""
    visit = selectors.visit_read(pk)
    request.access.require("visit.serve", store_id=visit.store_id)
    services.visit_serve(visit_id=pk, officer_id=request.access.staff_id, actor=request.actor)
    messages.success(request, _("已开始接待"))
    return HttpResponseRedirect(f"{reverse('reception')}?store={visit.store_id}")


@require_POST
@door("visit.register")
def visit_leave(request: Request, pk: int) -> HttpResponse:
    """Somebody has left."""
    visit = selectors.visit_read(pk)
    request.access.require("visit.register", store_id=visit.store_id)
    services.visit_leave(visit_id=pk, actor=request.actor)
    messages.success(request, _("已记录离店"))
    return HttpResponseRedirect(f"{reverse('reception')}?store={visit.store_id}")


@require_GET
@door("lead.report")
def figures(request: Request) -> HttpResponse:
    """Leads by source and the first responses of each person, over the last ninety days."""
    since = clock.business_date() - timedelta(days=90)
    records = request.access.records("lead.report")
    context = {
        "sources": [(SOURCES[one.source], one) for one in selectors.conversion_by_source(records, since)],
        "responses": selectors.first_responses(records, since),
        "screened": [
            (one, divide(one.converted * RATE_SCALE, one.leads) if one.leads else None)
            for one in selectors.conversion_by_screening(records, since)
        ],
        "passes": rules.standards().passes,
        "since": since,
        "standard": rules.standards().first_response,
    }
    return render(request, "web/reception/figures.html", context)
