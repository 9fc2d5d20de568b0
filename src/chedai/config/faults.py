"""What is answered where no view did: a page to a person, a problem document to a program."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from chedai.api import problems
from chedai.web import errors
from chedai.web.middleware import API


def _to_program(request: HttpRequest) -> bool:
    return request.path.startswith(API)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a host that is not ours, or what cannot be read."""
    return problems.unreadable(400) if _to_program(request) else errors.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return problems.absent() if _to_program(request) else errors.not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return problems.fault() if _to_program(request) else errors.server_error(request)
