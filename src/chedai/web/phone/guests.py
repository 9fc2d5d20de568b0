"""Letting a customer in by their link: it names one person of one application, or one loan, and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chedai.book.closing.links import loan_guest, loan_link_open
from chedai.deals.applications.services.links import guest, link_open
from chedai.org.doors import open_door
from chedai.platform.actors import Actor
from chedai.platform.calls.services import TooOften, call_count
from chedai.platform.errors import NotFound
from chedai.platform.privacy.keys import fingerprint

CALLS_A_MINUTE: Final = 240
WRONG_A_MINUTE: Final = 20

P = ParamSpec("P")


class Guest(HttpRequest):
    """A request behind a link: `link` names the party or the loan, `actor` is the guest."""

    link: Any
    actor: Actor
    token: str


View = Callable[Concatenate[Guest, P], HttpResponse]
Opened = Callable[Concatenate[HttpRequest, str, P], HttpResponse]


def by_link(view: View[P]) -> Opened[P]:
    """Wrap a view of an application. A link that no longer opens is one page for every reason."""
    return _gate(view, "link", link_open, guest)


def by_loan_link(view: View[P]) -> Opened[P]:
    """Wrap a view of a loan: the same gate, another key."""
    return _gate(view, "loan-link", loan_link_open, loan_guest)


def _gate(view: View[P], kind: str, opens: Callable[[str], Any], who: Callable[[Any], Actor]) -> Opened[P]:
    @functools.wraps(view)
    def opened(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            link = opens(token)
            call_count(caller=f"{kind}:{link.pk}", limit=CALLS_A_MINUTE)
        except NotFound:
            return _private(_closed(request))
        except TooOften as often:
            return _private(_slow_down(request, often))
        entered = cast(Guest, request)
        entered.link, entered.actor, entered.token = link, who(link), token
        return _private(view(entered, *args, **kwargs))

    marked = open_door("the link is the key: for one person, for some days, to be taken back at any time")(opened)
    return cast(Opened[P], marked)


def _closed(request: HttpRequest) -> HttpResponse:
    """Guessing is counted: after some wrong links in a minute nobody at this address is answered for a while."""
    where = fingerprint(request.META.get("REMOTE_ADDR", "").encode())[:16]
    try:
        call_count(caller=f"guess:{where}", limit=WRONG_A_MINUTE)
    except TooOften as often:
        return _slow_down(request, often)
    return render(request, "web/phone/closed.html", status=404)


def _slow_down(request: HttpRequest, often: TooOften) -> HttpResponse:
    answer = render(request, "web/phone/closed.html", {"seconds": often.seconds}, status=429)
    answer["Retry-After"] = str(often.seconds)
    return answer


def _private(answer: HttpResponse) -> HttpResponse:
    """Nothing of it stays in a shared browser, and its address goes to no other site.

    Not `no-referrer`: a browser would then send no origin with a form, and the form would be refused.
    """
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer
