"""One line of the log and one count for every request: which address, how it ended, how long it took, who asked.

The address is its name in the code. Path, query, body and headers hold what people type, and are never written.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chedai.platform.actors import Actor
from chedai.platform.operations.metrics import answered

log = logging.getLogger("chedai.requests")

NOWHERE: Final = "-"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMiddleware:
    """Around everything else, so that it sees what the other layers answer as well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        take_the_word_of_proxies(request)
        answer = self._get_response(request)
        seconds = time.perf_counter() - begun
        address, status = address_of(request), answer.status_code
        method = request.method if request.method in _METHODS else "OTHER"  # whatever else was sent was typed
        answered(address=address, method=method or "OTHER", status=status, seconds=seconds)
        facts = {
            "address": address,
            "method": method,
            "status": status,
            "ms": round(seconds * 1000),
            "actor": actor_of(request),
        }
        log.log(logging.ERROR if status >= 500 else logging.INFO, "request", extra=facts)
        return answer


def take_the_word_of_proxies(request: HttpRequest) -> None:
    """Write who really calls into REMOTE_ADDR, for everybody who counts by it; with no proxy in front nothing is heard.

    Each of the CHEDAI_PROXIES servers in front adds one address at the right; what stands further left anybody may say.
    """
    count: int = getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0)
    said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if count and len(said) >= count:
        request.META["REMOTE_ADDR"] = said[-count]


def address_of(request: HttpRequest) -> str:
    """The name of the address; `-` for what is none, static files among it."""
    match = request.resolver_match
    return match.view_name if match is not None and match.url_name else NOWHERE


def actor_of(request: HttpRequest) -> str:
    """Who acted, as the audit log names them; `-` for nobody. The doors have written it to the request."""
    for holder in (request, getattr(request, "auth", None)):
        actor = getattr(holder, "actor", None)
        if isinstance(actor, Actor):
            return actor.key
    return NOWHERE
