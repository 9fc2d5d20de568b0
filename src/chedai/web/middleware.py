"""What every screen goes through: its language, refusals as pages, nothing left in the cache of a shared PC."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web.errors import refused

Get = Callable[[HttpRequest], HttpResponseBase]

API: Final = "/api/"


class ScreenMiddleware:
    """Around every view. The API answers in its own way and is left alone."""

    def __init__(self, get_response: Get) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with clock.one_reading():
            if request.path.startswith(API):
                return self._get_response(request)
            return self._screen(request)

    def _screen(self, request: HttpRequest) -> HttpResponseBase:
        person = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if person and request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)  # on a shared PC the cookie is the last person's
        answer = self._get_response(request)
        if person:
            # Who signs out on the PC of the showroom takes the pages along: "back" shows the sign-in page.
            answer.headers.setdefault("Cache-Control", "private, no-store")
        if request.headers.get("HX-Request") and isinstance(answer, HttpResponse):
            _toasts(request, answer)
        return answer

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """A refusal becomes a page, or a part of one; anything else goes its way."""
        if isinstance(raised, Refusal) and not request.path.startswith(API):
            return refused(request, raised)
        return None


def _toasts(request: HttpRequest, answer: HttpResponse) -> None:
    """A part of a page brings its toasts along in a header; the page puts them up."""
    said = [str(message) for message in messages.get_messages(request)] if answer.status_code < 300 else []
    if said:
        answer.headers["HX-Trigger-After-Swap"] = json.dumps({"toast": {"words": said}})
