"""The files of the book: which edition is in force, who published it, and how two editions differ."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.policies import selectors
from chedai.platform.policies.comparing import compare_texts
from chedai.web.doors import Request, door
from chedai.web.policies import words
from chedai.web.policies.shown import difference
from chedai.web.policies.views import READ


@require_GET
@door(READ)
def files(request: Request) -> HttpResponse:
    """Every file, with its edition and the drafts under way."""
    titles = selectors.titles_in_force()
    under_way: dict[str, int] = {}
    for draft in selectors.drafts_under_way():
        under_way[draft.name] = under_way.get(draft.name, 0) + 1
    found = [(one, words.title_of(titles[one.name]), under_way.get(one.name, 0)) for one in selectors.policy_files()]
    return render(request, "web/policies/files.html", {"files": found, "may_draft": request.access.may("policy.draft")})


@require_GET
@door(READ)
def file(request: Request, name: str) -> HttpResponse:
    """One file: its editions, newest first, and its open drafts."""
    editions = selectors.editions(name)
    here = next(one for one in selectors.policy_files() if one.name == name)
    context = {
        "file": here,
        "title": words.title_of(selectors.titles_in_force()[name]),
        "editions": editions,
        "drafts": [(draft, *words.DRAFTS[draft.state]) for draft in selectors.drafts_open(name)],
        "may_draft": request.access.may("policy.draft"),
    }
    return render(request, "web/policies/file.html", context)


@require_GET
@door(READ)
def compare(request: Request, name: str) -> HttpResponse:
    """Two editions, row by row and line by line."""
    editions = selectors.editions(name)
    numbers = [one.number for one in editions]
    a, b = (
        _number(request.GET.get(side, ""), numbers, other) for side, other in (("a", numbers[-1]), ("b", numbers[0]))
    )
    texts = selectors.edition_text(name, a), selectors.edition_text(name, b)
    context = {
        "title": words.title_of(selectors.titles_in_force()[name]),
        "name": name,
        "editions": editions,
        "a": a,
        "b": b,
        **difference(selectors.compare_files_if_readable(name, *texts), compare_texts(*texts), clock.business_date()),
    }
    return render(request, "web/policies/compare.html", context)


def _number(asked: str, numbers: list[int], other: int) -> int:
    if not asked:
        return other
    if not asked.isdigit() or int(asked) not in numbers:
        raise NotFound("no-such-edition", "没有这个版本", "there is no such edition")
    return int(asked)
