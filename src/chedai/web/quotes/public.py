"""What a customer opens behind a link: no account, for a while, counted, on record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chedai.deals.quotes.sharing import OPENINGS_A_MINUTE, Opened, quote_opened
from chedai.org.doors import open_door
from chedai.platform.calls.services import call_count
from chedai.platform.privacy.keys import fingerprint
from chedai.web.quotes.desk import language
from chedai.web.quotes.sheets import image_answer, pdf_answer, sheet_context

_LINK = "the link is the key: made by an officer for one quote, good for days, every opening is on record"


@open_door(_LINK)
@never_cache
@require_GET
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet, as the officer sees it."""
    found = _opened(request, token, Opened.PAGE)
    context = {"quote": found, "token": token} | sheet_context(found, language())
    answer = render(request, "web/quotes/public.html", context)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@open_door(_LINK)
@never_cache
@require_GET
def as_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The same as PDF."""
    return pdf_answer(_opened(request, token, Opened.PDF), language())


@open_door(_LINK)
@never_cache
@require_GET
def as_image(request: HttpRequest, token: str) -> HttpResponse:
    """The same as a picture."""
    return image_answer(_opened(request, token, Opened.IMAGE), language())


def _opened(request: HttpRequest, token: str, what: Opened) -> Any:
    """The quote behind the link. Errors: `TooOften`, `NotFound`, `LinkOver`."""
    visitor = fingerprint(str(request.META.get("REMOTE_ADDR", "")).encode())[:16]
    call_count(caller=f"link:{visitor}", limit=OPENINGS_A_MINUTE)
    phone = "Mobile" in request.headers.get("User-Agent", "")
    return quote_opened(token=token, what=what, device="phone" if phone else "computer")
