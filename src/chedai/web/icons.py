"""Icons: single Tabler outlines from the folder `icons/`, written into the page. No font, no request.

An icon stands beside a word and is hidden from screen readers. Alone it stands only for close, more, calendar and the
collapsed rail; then it has a `label`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_DRAWING = re.compile(r"<(?:path|circle|line|rect|polyline)[^>]*/>")


class NoSuchIcon(LookupError):
    """The icon was never copied into the folder."""


@cache
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """The icon as SVG. Errors: `NoSuchIcon`."""
    return mark_safe(
        f'<svg class="icon icon-{size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" {_says(label)}>{_drawing(name)}</svg>'
    )


def _says(label: str) -> str:
    return f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true" focusable="false"'


@cache
def _drawing(name: str) -> str:
    path = files("chedai.web").joinpath("icons", f"{name}.svg")
    if not path.is_file():
        raise NoSuchIcon(name)
    parts = _DRAWING.findall(path.read_text("utf-8"))
    return "".join(re.sub(r"\s+", " ", part) for part in parts if 'stroke="none"' not in part)
