"""Pages for what went wrong: which rule or right, and the way out. A part of a page gets a part of a page."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext_lazy as _

from chedai.platform.errors import Refusal, Refusals

_TITLES: Final[dict[int, Promise]] = {
    400: _("这个请求读不懂"),
    403: _("没有这项权限"),
    404: _("没有这个页面或记录"),
    409: _("内容已经变了"),
    410: _("链接已失效"),
    422: _("这一步没有做"),
    429: _("操作太频繁"),
    500: _("系统出了问题"),
}
_WAYS: Final[dict[int, Promise]] = {
    400: _("请返回上一页，刷新后再试。"),
    403: _("需要时请管理员按权限表授予。"),
    404: _("它可能已被移走，或不在你的范围内。"),
    409: _("请刷新后按最新内容再做。"),
    410: _("请向发给您链接的人索取新的链接。"),
    422: _("没有任何内容被改动。"),
    429: _("请稍等一分钟再试。"),
    500: _("没有任何内容被改动，问题已记录。请稍后再试。"),
}


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refusal, with its status and its sentences."""
    language = get_language() or "zh-hans"
    several = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    return problem(request, refusal.status, [one.text(language) for one in several])


def problem(request: HttpRequest, status: int, said: list[str]) -> HttpResponse:
    """A page, or for htmx a notice, that says what went wrong."""
    part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
    context = {"status": status, "said": said, "heading": _TITLES[status], "way": _WAYS[status]}
    return render(request, "web/errors/part.html" if part else "web/errors/page.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400. Nothing has been read of the request, not even who sends it."""
    return _bare(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return problem(request, 403, [])


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return problem(request, 404, [])


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, because the form is too old or came from elsewhere."""
    return problem(request, 403, [str(_("页面打开太久或来自别处，没有提交。请刷新后再试。"))])


def server_error(request: HttpRequest) -> HttpResponse:
    """500. The page asks nothing of what has just failed: no person, no database."""
    return _bare(request, 500)


def _bare(request: HttpRequest, status: int) -> HttpResponse:
    """A page of itself. Where it was refused before its language was read, it is read here."""
    spoken = get_language() if hasattr(request, "LANGUAGE_CODE") else get_language_from_request(request)
    with override(spoken):
        context = {"heading": _TITLES[status], "way": _WAYS[status]}
        return render(request, "web/errors/bare.html", context, status=status)
