"""A personal value in full: asked for with a reason, on record, shown for half a minute.

The address names the record and the field, never the value; the reason and the value travel in bodies only.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from chedai.platform.errors import NotFound, Refusal
from chedai.platform.privacy.services import personal_reveal
from chedai.web.doors import Request, door
from chedai.web.privacy.subjects import Shown, found

SECONDS: Final = 30
TEMPLATE: Final = "web/privacy/reveal.html"


@require_http_methods(["GET", "POST"])
@door("privacy.reveal")
def reveal(request: Request, kind: str, pk: int, field: str) -> HttpResponse:
    """The control masked, asking for the reason (`?ask`), or, once a reason is given, the value for a while."""
    value = found(kind, pk, field, request.access)
    if request.method == "POST":
        return _told(request, value)
    return render(request, TEMPLATE, {"shown": value, "asks": "ask" in request.GET})


def _told(request: Request, value: Shown) -> HttpResponse:
    if value.value is None:
        raise NotFound("no-such-value", "没有这一项", "there is no such value")
    reason = request.POST.get("reason", "").strip()
    try:
        text = personal_reveal(
            subject=value.subject, field=value.field, value=value.value, reason=reason, actor=request.actor
        )
    except Refusal as refused:
        context = {"shown": value, "asks": True, "reason": reason, "error": refused.text(get_language() or "zh-hans")}
        return render(request, TEMPLATE, context, status=422)
    answer = render(request, TEMPLATE, {"shown": value, "text": text, "seconds": SECONDS})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
