"""The pages of webhooks."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.platform.errors import Refusal
from chedai.platform.webhooks import services
from chedai.platform.webhooks.selectors import deliveries_told, endpoint_get
from chedai.platform.webhooks.told import told
from chedai.web.doors import Request, door
from chedai.web.forms.page import refuse
from chedai.web.lists.page import list_page
from chedai.web.webhooks.forms import EndpointForm, EventsForm
from chedai.web.webhooks.lists import DELIVERIES, ENDPOINTS, MANAGE, event_words, events_line


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def webhooks(request: Request) -> HttpResponse:
    """Every endpoint."""
    return list_page(request, ENDPOINTS)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def webhook_new(request: Request) -> HttpResponse:
    """Add an endpoint. Its secret is on the answer of the form, and nowhere else."""
    form = EndpointForm(request.POST or None, told=_choices())
    made = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.endpoint_add(url=data["url"], events=data["events"], actor=request.actor)
        except Refusal as refused:
            refuse(form, refused)
    status = 422 if request.method == "POST" and made is None else 200
    return render(request, "web/webhooks/new.html", {"form": form, "made": made}, status=status)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def webhook(request: Request, pk: int) -> HttpResponse:
    """One endpoint, and the log of what was delivered to it."""
    endpoint = endpoint_get(pk)
    spec = replace(DELIVERIES, rows=lambda request: deliveries_told(endpoint.pk))
    head = {"before": "web/webhooks/head.html", "endpoint": endpoint, "events_line": events_line(endpoint.events)}
    return list_page(request, spec, head)


@require_http_methods(["GET", "POST"])
@door(MANAGE)
def webhook_events(request: Request, pk: int) -> HttpResponse:
    """Change what an endpoint is told of; an event that is no longer told falls away."""
    endpoint = endpoint_get(pk)
    form = EventsForm(request.POST or None, told=_choices(), initial={"events": endpoint.events})
    if request.method == "POST" and form.is_valid():
        events = form.cleaned_data["events"]
        services.endpoint_change(endpoint_id=pk, is_active=endpoint.is_active, events=events, actor=request.actor)
        messages.success(request, _("已更改通知的事件"))
        return HttpResponseRedirect(reverse("webhook", args=[pk]))
    status = 422 if request.method == "POST" else 200
    return render(request, "web/webhooks/events.html", {"form": form, "endpoint": endpoint}, status=status)


@require_POST
@door(MANAGE)
def webhook_switch(request: Request, pk: int) -> HttpResponse:
    """Pause an endpoint, or take it up again."""
    endpoint = endpoint_get(pk)
    active = not endpoint.is_active
    services.endpoint_change(endpoint_id=pk, is_active=active, events=endpoint.events, actor=request.actor)
    messages.success(request, _("已启用回调") if active else _("已停用回调"), extra_tags=request.path)
    return HttpResponseRedirect(reverse("webhook", args=[pk]))


@require_POST
@door(MANAGE)
def webhook_test(request: Request, pk: int) -> HttpResponse:
    """Send a test; its line is on top of the log."""
    services.endpoint_test(endpoint_id=pk, actor=request.actor)
    messages.success(request, _("已发出测试，送达与否见投递记录"))
    return HttpResponseRedirect(reverse("webhook", args=[pk]))


@require_POST
@door(MANAGE)
def delivery_retry(request: Request, pk: int) -> HttpResponse:
    """Send again what was given up."""
    delivery = services.delivery_retry(delivery_id=pk, actor=request.actor)
    messages.success(request, _("已重新发送"))
    return HttpResponseRedirect(reverse("webhook", args=[delivery.endpoint_id]))


def _choices() -> list[tuple[str, str]]:
    return [(code, event_words(code)) for code in told()]
