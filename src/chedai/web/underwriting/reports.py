"""The report of exceptions: by approver, by shop, by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.deals.underwriting.reports import ExceptionRow, exception_report
from chedai.deals.underwriting.rulebooks import book_on
from chedai.platform import clock
from chedai.web.doors import Request, door
from chedai.web.underwriting.shown import share
from chedai.web.underwriting.words import said


@require_GET
@door("decision.report")
def exceptions(request: Request) -> HttpResponse:
    """Decisions from a day to a day; without days the last ninety."""
    today = clock.business_date()
    since = _day(request.GET.get("since", ""), today - timedelta(days=90))
    until = _day(request.GET.get("until", ""), today)
    records = request.access.records("decision.report", store="case__deal__store", owner="case__deal__officer")
    found = exception_report(records, since, until)
    reasons = book_on(today).sets["words"].document["reasons"]
    return render(
        request,
        "web/underwriting/exceptions.html",
        {
            "since": since,
            "until": until,
            "groups": (("approver", _shared(found.by_approver)), ("store", _shared(found.by_store))),
            "by_rule": [(_words(reasons, code), count) for code, count in found.by_rule],
            "decisions": found.decisions,
        },
    )


def _shared(rows: Iterable[ExceptionRow]) -> list[tuple[ExceptionRow, str, str]]:
    return [(row, share(row.rate_bp), share(row.largest)) for row in rows]


def _words(reasons: Mapping[str, Mapping[str, str]], code: str) -> str:
    entry = reasons.get(code)
    if entry is None:
        return code
    text = said(entry["zh"], entry["en"])
    return text.replace("{found}", "…").replace("{limit}", "…")


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
