"""Showing a paper in the page: only kinds a browser shows without running anything."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_INLINE: Final = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf"})


def inline(paper: Any, content: bytes) -> HttpResponse:
    """The paper as it is; anything that is no picture and no PDF is handed over as a download."""
    shown = paper.media_type in _INLINE
    answer = HttpResponse(content, content_type=paper.media_type if shown else "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(not shown, paper.name.in_full()) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
