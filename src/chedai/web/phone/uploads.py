"""A file in pieces: announced, sent piece by piece, gone on with where the line broke."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from chedai.deals.applications.selectors import deal_subject, item_purpose
from chedai.deals.applications.services.papers import check_handed
from chedai.platform.errors import Refusal
from chedai.platform.files.selectors import upload_received
from chedai.platform.files.services import upload_begin, upload_continue, upload_finish
from chedai.platform.work import work
from chedai.web.phone.guests import Guest, by_link
from chedai.web.phone.views import item_of

PIECE: Final = 256 * 1024
"""Small enough for a line that breaks every few seconds."""


@by_link
@require_POST
def begin(request: Guest, item_id: int) -> HttpResponse:
    """Announce a file: `name` and `size`; the answer names the upload and how much is here."""
    item, size = item_of(request, item_id), request.POST.get("size", "")
    try:
        upload = upload_begin(
            subject=deal_subject(item.application.deal_id),
            purpose=item_purpose(item),
            name=request.POST.get("name", "")[:200],
            size=int(size) if size.isascii() and size.isdigit() and len(size) < 12 else 0,
            actor=request.actor,
        )
    except Refusal as refused:
        return _refused(refused)
    return JsonResponse({"upload": upload.token, "received": 0, "piece": PIECE})


@by_link
@require_GET
def received(request: Guest, item_id: int, upload: str) -> HttpResponse:
    """How much of it is here: where to go on."""
    item_of(request, item_id)
    try:
        here, size = upload_received(upload, request.actor.key)
    except Refusal as refused:
        return _refused(refused)
    return JsonResponse({"upload": upload, "received": here, "size": size, "piece": PIECE})


@by_link
@require_POST
def piece(request: Guest, item_id: int, upload: str, offset: int) -> HttpResponse:
    """One piece at its place. Where the place is wrong, 409 says how much is here."""
    item_of(request, item_id)
    try:
        if len(request.body) > PIECE:
            raise Refusal("piece-size", "分片过大", "the piece is too large")
        taken = upload_continue(token=upload, offset=offset, piece=request.body, actor=request.actor)
    except Refusal as refused:
        answer = _refused(refused)
        return answer if refused.code != "upload-offset" else _where(request, upload)
    return JsonResponse({"received": taken.received})


@by_link
@require_POST
def finish(request: Guest, item_id: int, upload: str) -> HttpResponse:
    """All of it is here: the paper counts as handed in."""
    item = item_of(request, item_id)
    try:
        with work():
            paper: Any = upload_finish(token=upload, actor=request.actor)
            check_handed(item_id=item.pk, paper_id=paper.pk, actor=request.actor)
    except Refusal as refused:
        return _refused(refused)
    return JsonResponse({"next": reverse("phone_papers", args=[request.token])})


def _where(request: Guest, upload: str) -> HttpResponse:
    return JsonResponse({"received": upload_received(upload, request.actor.key)[0]}, status=409)


def _refused(refused: Refusal) -> HttpResponse:
    said = refused.text(get_language() or "zh-hans")
    return JsonResponse({"code": refused.code, "said": said}, status=refused.status)
