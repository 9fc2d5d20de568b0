"""What is in force on a day, and the history of one policy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.policies import PolicyBook, UnknownPolicy
from chedai.platform.policies.laying_over import Place
from chedai.platform.policies.selectors import book_in_force, drafts, titles_in_force
from chedai.platform.policies.states import DraftState
from chedai.web.doors import Request, door
from chedai.web.policies import words
from chedai.web.policies.shown import Line, faults, line

READ = "policy.read"
_ASKED = ("lender_type", "vehicle_kind", "region")
_MOST: Final = 60
"""Rules that are shown line by line; of more, the subjects are, each with how many it holds."""
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject with rules in force: its title, its file, the address of its rules, the first of them, how many."""

    title: str
    file: str
    address: str
    names: str
    count: int
    stale: bool


@require_GET
@door(READ)
def policies(request: Request) -> HttpResponse:
    """Every rule in force on a day, narrowed by subject, lender, vehicle and region."""
    book, titles = book_in_force(), titles_in_force()
    on, chosen = day_asked(request.GET), _chosen(request.GET, titles)
    lines = [line(row) for row in book.all_in_force(on, **{d: chosen[d] or None for d in _ASKED})]
    shown = [one for one in lines if _fits(one, chosen)]
    keys = dict.fromkeys(one.row.key for one in shown)
    warnings = book.warnings(on, *keys)
    folded = len(shown) > _MOST and not chosen["subject"]
    context = {
        "on": on,
        "today": clock.business_date(),
        "chosen": chosen,
        "narrowed": any(chosen.values()),
        "groups": [] if folded else _groups(shown, titles),
        "folded": _subjects(shown, titles, request.GET, {fault.key for fault in warnings}) if folded else [],
        "count": len(shown),
        "warnings": faults(Place(finding, None) for finding in warnings),
        "subjects": [(name.removesuffix(".toml"), words.title_of(titles[name])) for name in sorted(titles)],
        "lenders": words.LENDERS.items(),
        "vehicles": words.VEHICLES.items(),
        "regions": words.REGIONS.items(),
        "pending": drafts().filter(state=DraftState.PENDING).count(),
        "may_draft": request.access.may("policy.draft"),
    }
    return render(request, "web/policies/policies.html", context)


@require_GET
@door(READ)
def policy(request: Request, key: str) -> HttpResponse:
    """One policy: every row it ever had, newest first, and what is in force today."""
    book, today = book_in_force(), clock.business_date()
    series = _series(book, key)
    rows = sorted(series.rows, key=lambda row: (row.start, row.id), reverse=True)
    context = {
        "series": series,
        "title": words.title(series),
        "evaluated": words.EVALUATED[series.rows[0].evaluated_at],
        "rows": [(line(row), row.in_force(today), row.start > today) for row in rows],
        "warnings": faults(Place(finding, None) for finding in book.warnings(today, key)),
        "file_title": words.title_of(titles_in_force()[series.file]),
        "may_draft": request.access.may("policy.draft"),
    }
    return render(request, "web/policies/policy.html", context)


def _series(book: PolicyBook, key: str) -> Any:
    try:
        return book.series(key)
    except UnknownPolicy:
        raise NotFound("no-such-policy", "没有这项政策", "there is no such policy") from None


def day_asked(asked: QueryDict) -> date:
    """The day asked for; the business date where none, or none that is a day."""
    try:
        return date.fromisoformat(asked.get("on", ""))
    except ValueError:
        return clock.business_date()


def _chosen(asked: QueryDict, titles: Mapping[str, Any]) -> dict[str, str]:
    """The filters of the address; what the vocabulary does not know is left out."""
    chosen = {d: asked.get(d, "") if asked.get(d, "") in words.SCOPES[d] else "" for d in _ASKED}
    subject = asked.get("subject", "")
    return chosen | {"subject": subject if f"{subject}.toml" in titles else "", "q": asked.get("q", "").strip()[:100]}


def _fits(one: Line, chosen: Mapping[str, str]) -> bool:
    if chosen["subject"] and one.row.file != f"{chosen['subject']}.toml":
        return False
    text = " ".join((one.title, one.value, one.row.id, one.row.source, one.row.note)).lower()
    return chosen["q"].lower() in text


def _groups(lines: list[Line], titles: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, list[Line]]]:
    """The lines by file: title, name, lines."""
    ordered = sorted(lines, key=lambda one: one.row.file)
    return [
        (words.title_of(titles[file]), file, list(some))
        for file, some in groupby(ordered, key=lambda one: one.row.file)
    ]


def _subjects(
    lines: list[Line], titles: Mapping[str, tuple[str, str]], asked: QueryDict, stale: Collection[str]
) -> list[Subject]:
    """The subjects of the lines; an address keeps what else is asked for."""
    found = []
    for title, file, some in _groups(lines, titles):
        where = asked.copy()
        where["subject"] = file.removesuffix(".toml")
        names = list(dict.fromkeys(one.title for one in some))
        said = _("；").join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")
        old = any(one.row.key in stale for one in some)
        found.append(Subject(title, file, f"?{where.urlencode()}", said, len(some), old))
    return found
