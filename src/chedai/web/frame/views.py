"""Counts beside the menu, the bell, the search of Ctrl K, the language, drafts that keep themselves."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chedai.org.doors import open_door
from chedai.platform.accounts.services import account_language
from chedai.platform.actors import Actor, ActorKind
from chedai.web import services
from chedai.web.approvals.about import name_all
from chedai.web.doors import Request, door
from chedai.web.formats import moment
from chedai.web.frame.finding import records_found
from chedai.web.frame.waiting import waiting_for
from chedai.web.nav import entries

_LONGEST = 60
YEAR = 365 * 24 * 3600


@require_GET
@door("home.read")
def counts(request: Request) -> HttpResponse:
    """The figures beside the menu and on the bell, as parts that htmx puts into their places."""
    return render(request, "web/frame/counts.html", {"waiting": waiting_for(request)})


@require_GET
@door("home.read")
def bell(request: Request) -> HttpResponse:
    """What waits for this person, in a few lines."""
    waiting = waiting_for(request)
    name_all([*waiting.bell_approvals, *waiting.returned])
    return render(request, "web/frame/bell.html", {"waiting": waiting})


@require_POST
@door("home.read")
def find(request: Request) -> HttpResponse:
    """The customers and deals that fit what is typed, and the screens whose name or address holds it."""
    typed = request.POST.get("q", "").replace("\0", "").strip()[:_LONGEST]
    words = typed.casefold()
    fits = [e for e in entries(request.access) if words in str(e.label).casefold() or words in e.name]
    return render(
        request, "web/frame/find.html", {"entries": fits, "found": records_found(request, typed), "typed": typed}
    )


@require_POST
@open_door("choosing the language of the sign-in page")
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages; it is remembered in the browser and on the account."""
    wanted, onward = request.POST.get("language", ""), request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = "/"
    answer = HttpResponseRedirect(onward)
    if wanted not in dict(settings.LANGUAGES):
        return answer
    if request.user.is_authenticated:
        account_language(language=wanted, actor=Actor(ActorKind.PERSON, request.user.pk, request.user.display_name))
    answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax", httponly=True)
    return answer


@require_POST
@door("self.manage")
def draft_keep(request: Request, form_key: str) -> HttpResponse:
    """Keep what is in the form so far. The answer is the line the page shows."""
    values = {name: request.POST.getlist(name) for name in request.POST if name != "form_key"}
    kept_at = services.draft_keep(form_key=form_key, values=values, actor=request.actor)
    return HttpResponse(_("%s 已暂存") % moment(kept_at), content_type="text/plain; charset=utf-8")


@require_POST
@door("self.manage")
def draft_drop(request: Request, form_key: str) -> HttpResponse:
    """Throw the draft away and show the form anew."""
    services.draft_drop(form_key=form_key, actor=request.actor)
    onward = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = "/"
    return HttpResponseRedirect(onward)
