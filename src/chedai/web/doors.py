"""Letting a person into a screen: signed in, with the right the address asks for, and with what they may see."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from chedai.org.access import Access, access_of
from chedai.org.doors import lock
from chedai.org.permissions import Permission
from chedai.platform.actors import Actor, ActorKind

P = ParamSpec("P")


class Request(HttpRequest):
    """A request that came through a door: it knows who acts and what they may do."""

    access: Access
    actor: Actor


View = Callable[Concatenate[Request, P], HttpResponseBase]
Opened = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def door(permission: Permission) -> Callable[[View[P]], Opened[P]]:
    """Wrap a view: sign in first, then hold `permission` somewhere, else the page says what is missing."""

    def wrap(view: View[P]) -> Opened[P]:
        @functools.wraps(view)
        def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            entered = cast(Request, request)
            entered.access = access_of(request.user.pk)
            entered.actor = Actor(ActorKind.PERSON, request.user.pk, request.user.display_name)
            entered.access.require(permission)
            return view(entered, *args, **kwargs)

        return lock(opened, permission)

    return wrap


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and back again; a part of a page tells the browser to go there as a whole."""
    answer = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": answer.url})
    return answer
