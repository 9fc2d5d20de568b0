"""The route of the day on the telephone, and what it sends when it has a line again."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from chedai.book.collection.codes import codes
from chedai.book.collection.services import visits
from chedai.book.collection.services.visits import Report, visit_report
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.web.collection.seen import READ, WORK
from chedai.web.collection.words import VISITS, result_word, spoken
from chedai.web.doors import Request, door

MOST_PHOTOS: Final = 6
LARGEST: Final = 2_000_000
_MICRO: Final = 1_000_000
_WORKER: Final = Path(__file__).parents[1] / "static" / "chedai" / "js" / "visits-worker.js"


class _Photo(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    data: str  # base64


class _Sent(msgspec.Struct, forbid_unknown_fields=True):
    """What the telephone kept while it had no line."""

    client_id: str
    visit: int
    visited_at: datetime
    latitude: float
    longitude: float
    accuracy: float
    result: str
    statement: str
    photos: list[_Photo] = []


@require_GET
@door(READ)
def route(request: Request) -> HttpResponse:
    """The visits of the day, in order, each with its form. Opened once, it works without a line."""
    day = clock.business_date()
    found = visits.visits_of(request.access.staff_id, day)
    reports = visits.reports_of([one.pk for one in found])
    rows = [
        {
            "it": one,
            "late": one.planned_on < day,
            "word": VISITS[one.state][0],
            "tint": VISITS[one.state][1],
            "address": one.address.in_full() if one.address else "",
            "reports": [(said, result_word(said.result)) for said in reports.get(one.pk, ())],
        }
        for one in found
    ]
    results = [(one.code, spoken(one)) for one in codes().visit]
    return render(request, "web/collection/route.html", {"rows": rows, "results": results, "day": day})


@require_GET
@door(READ)
def worker(_request: Request) -> HttpResponse:
    """What keeps that page on the telephone for a day. Its address says over what it has power: the visits alone."""
    return HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


@require_POST
@door(WORK)
def sync(request: Request) -> HttpResponse:
    """Take one report. Sent again, it is the same one; what is refused says why and stays on the telephone."""
    try:
        sent = msgspec.json.decode(request.body, type=_Sent)
        report = _report(sent)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as refused:
        return JsonResponse({"said": str(refused)}, status=422)
    try:
        made = visit_report(visit_id=sent.visit, report=report, actor=request.actor)
    except Refusal as refused:
        return JsonResponse({"said": refused.text(get_language() or "zh-hans")}, status=refused.status)
    return JsonResponse({"client_id": made.client_id, "visit": made.visit_id, "said": result_word(made.result)})


def _report(sent: Any) -> Report:
    if len(sent.photos) > MOST_PHOTOS:
        raise ValueError(f"at most {MOST_PHOTOS} photos")
    photos = [(photo.name, base64.b64decode(photo.data, validate=True)) for photo in sent.photos]
    if any(len(content) > LARGEST for _name, content in photos):
        raise ValueError("a photo is too large")
    moment = sent.visited_at if sent.visited_at.tzinfo is not None else sent.visited_at.replace(tzinfo=clock.SHANGHAI)
    return Report(
        client_id=sent.client_id,
        visited_at=moment,
        latitude=round(sent.latitude * _MICRO),
        longitude=round(sent.longitude * _MICRO),
        accuracy=max(round(sent.accuracy), 1),
        result=sent.result,
        statement=sent.statement,
        photos=photos,
    )
