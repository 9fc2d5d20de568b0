"""allauth's pages behind our locks: each takes its lock from `public_doors`; one without a lock gets no address."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver

from chedai.org.doors import Lock, open_door
from chedai.platform.accounts.factors import factors_watched
from chedai.web.doors import Request, door
from chedai.web.public_doors import ALLAUTH

View = Callable[..., HttpResponseBase]


def locked(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern | URLResolver]:
    """The same addresses with locked views; what has no lock is left out."""
    for each in patterns:
        if isinstance(each, URLResolver):
            inside = list(locked(each.url_patterns))
            if inside:
                yield URLResolver(each.pattern, inside, each.default_kwargs, each.app_name, each.namespace)
        elif each.name is not None and each.name in ALLAUTH:
            yield URLPattern(each.pattern, _locked(each.callback, ALLAUTH[each.name]), each.default_args, each.name)


def _locked(view: View, its: Lock) -> View:
    if its.permission is None:

        @functools.wraps(view)
        def opened(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return open_door(its.open_because)(opened)

    @functools.wraps(view)
    def watched(request: Request, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with factors_watched(request.actor.ref, request.actor):
            return view(request, *args, **kwargs)

    return door(its.permission)(watched)
