"""Two guards around every screen: a forgotten PC signs out by itself, and nobody works without a second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from chedai.org.doors import lock_of
from chedai.platform import clock
from chedai.platform.accounts.factors import has_second_factor
from chedai.web.public_doors import SETTING_UP

Get = Callable[[HttpRequest], HttpResponseBase]

SEEN: Final = "seen"
PROVEN: Final = "second_factor"
QUIET: Final = frozenset({"shell_counts"})
"""What a page asks by itself, without anybody touching it."""

_NOTED_EVERY: Final = 60


class _Guard:
    """Looks at a request when it is known which view it is for."""

    def __init__(self, get_response: Get) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)


class IdleMiddleware(_Guard):
    """Signs out who has not clicked for a while. When somebody last did is written at most once a minute."""

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """The way to the sign-in page, where the time is over."""
        if not _is_signed_in(request):
            return None
        now = int(clock.now().timestamp())
        seen = request.session.get(SEEN, now)
        if now - seen > settings.IDLE_MINUTES * 60:
            get_adapter().logout(request)
            messages.info(request, _("%s 分钟没有操作，已自动退出。") % settings.IDLE_MINUTES)
            return _to(request, redirect_to_login(request.get_full_path()).url)
        is_quiet = request.resolver_match is not None and request.resolver_match.url_name in QUIET
        if not is_quiet and (SEEN not in request.session or now - seen >= _NOTED_EVERY):
            request.session[SEEN] = now
        return None


class SecondFactorMiddleware(_Guard):
    """Sends who has no second factor to where one is set up, while the setting demands one."""

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """The way there, unless the person has one or the page is open to everybody."""
        if not settings.SECOND_FACTOR_REQUIRED or not _is_signed_in(request) or request.session.get(PROVEN):
            return None
        if has_second_factor(request.user.pk or 0):
            request.session[PROVEN] = True  # the last one cannot be removed, and a reset ends every session
            return None
        found = lock_of(view)
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in SETTING_UP or (found is not None and found.permission is None):
            return None
        messages.warning(request, _("请先设置第二重验证，再开始工作。"))
        return _to(request, reverse("mfa_index"))


def _is_signed_in(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def _to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})  # not 200: the words wait for the next page
    return HttpResponseRedirect(address)
