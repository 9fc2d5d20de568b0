"""The views that `frame` measures."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from chedai.config.urls import urlpatterns as product
from chedai.web.doors import Request, door


def nobody(request: HttpRequest) -> HttpResponse:
    """Nothing at all."""
    return HttpResponse()


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing, for somebody who is signed in."""
    return HttpResponse()


@door("home.read")
def page(request: Request) -> HttpResponse:
    """The frame around nothing."""
    return render(request, "web/base.html")


urlpatterns = [path("open/", nobody), path("empty/", empty), path("page/", page), *product]
