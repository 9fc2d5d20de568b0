"""The answers for a load balancer and for a monitor. Neither has an account."""

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST

from chedai.org.doors import open_door
from chedai.platform.operations.health import health
from chedai.platform.operations.metrics import page

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_FORWARDED: Final = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


@open_door("says only whether the system is well; a load balancer has no account")
@never_cache
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where every check holds, 503 otherwise; which of them, and no details."""
    found = health()
    return JsonResponse(found, status=200 if all(found.values()) else 503)


@open_door("guarded by its own token, or by being asked on this machine; a monitor has no account")
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus; for everybody else there is nothing here."""
    if not _may_read(request):
        return HttpResponse(status=404)
    return HttpResponse(page(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    """Whether the caller shows the token, or sits on this machine and is not just passed on by a proxy that does."""
    token = str(getattr(settings, "METRICS_TOKEN", ""))
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(shown.encode(), token.encode()):
        return True
    passed_on = any(name in request.headers for name in _FORWARDED)
    return not passed_on and request.META.get("REMOTE_ADDR") in _LOOPBACK
