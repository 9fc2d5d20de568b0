"""What surrounds every screen: the menu, who is signed in and where, the business date, the watermark.

A context processor hands templates a `shell`. It asks the database nothing: the session, the person, what they may do
and the business date (four queries) are read on the way to the view; the live counts come by a request of their own.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from chedai.org.access import NOBODY, Access, access_of
from chedai.org.permissions import table
from chedai.platform import clock
from chedai.web.nav import current, nav_html

RAIL_COOKIE: Final = "rail"
_WATERMARK: Final = (
    '<svg class="watermark" aria-hidden="true"><defs><pattern id="watermark" width="340" height="180" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(-18)"><text x="8" y="40">{0}</text>'
    '<text x="178" y="130">{0}</text></pattern></defs><rect width="100%" height="100%" fill="url(#watermark)"/></svg>'
)
_LANGS: Final = {"zh-hans": "zh-CN"}


class Shell:
    """The frame of one page. Everything is worked out when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def access(self) -> Access:
        """What the person may do; the door has read it already, except on pages of the accounts."""
        found: Access | None = getattr(self._request, "access", None)
        if found is not None:
            return found
        user = self._request.user
        return access_of(user.pk) if user.is_authenticated else NOBODY

    @property
    def is_open(self) -> bool:
        """Whether somebody is signed in."""
        return bool(self._request.user.is_authenticated)

    @property
    def nav(self) -> SafeString:
        """The menu of this person, on this page."""
        return nav_html(self.access.roles, current(self._request.path), self.language)

    @property
    def language(self) -> str:
        """The language of the page, as Django names it."""
        return get_language() or "zh-hans"

    @property
    def lang(self) -> str:
        """The language of the page, as HTML names it."""
        return _LANGS.get(self.language, self.language)

    @property
    def other(self) -> tuple[str, str, str]:
        """The other language: as Django and as HTML name it, and as its speakers do."""
        code, words = next(pair for pair in settings.LANGUAGES if pair[0] != self.language)
        return code, _LANGS.get(code, code), str(words)

    @property
    def name(self) -> str:
        """Who is signed in."""
        return str(getattr(self._request.user, "display_name", ""))

    @property
    def role(self) -> str:
        """Their roles in words."""
        words = [table().roles[role] for role in sorted(self.access.roles)]
        return "、".join(w.zh for w in words) if self.language.startswith("zh") else ", ".join(w.en for w in words)

    @property
    def store(self) -> str:
        """Where they belong."""
        return self.access.home

    @property
    def business_date(self) -> date | None:
        """The day the books are on, where it is not today's."""
        books = clock.business_date()
        return books if books != clock.wall_date() else None

    @property
    def watermark(self) -> str:
        """Name and time, to be read on every photograph of the screen."""
        return f"{self.name} {clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"

    @property
    def watermark_html(self) -> SafeString:
        """The watermark as a drawing over the page: no request, no cache, always the right person's."""
        return format_html(_WATERMARK, self.watermark)

    @property
    def is_rail(self) -> bool:
        """Whether the person has folded the menu."""
        return self._request.COOKIES.get(RAIL_COOKIE) == "1"


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The context processor."""
    return {"shell": Shell(request)}
