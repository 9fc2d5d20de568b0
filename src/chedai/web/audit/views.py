"""The pages of the audit log."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from chedai.platform.audit import selectors
from chedai.platform.audit.services import log_verify
from chedai.web.audit.lists import AUDIT
from chedai.web.doors import Request, door
from chedai.web.lists.page import list_page


@require_http_methods(["GET", "POST"])
@door("audit.read")
def audit(request: Request) -> HttpResponse:
    """The list of entries, newest first."""
    return list_page(request, AUDIT)


@require_GET
@door("audit.read")
def entry(request: Request, seq: int) -> HttpResponse:
    """One entry: what it says, its bytes and its link, and what else was done to the same thing."""
    found = selectors.entry(seq)
    body = bytes(found.body).decode()
    others = selectors.entries_of(found.subject)[:20]
    reason = selectors.reasons([seq]).get(seq, "")
    said, link = _said(body), bytes(found.link).hex()
    context = {"entry": found, "body": body, "said": said, "reason": reason, "link": link, "others": others}
    return render(request, "web/audit/entry.html", context)


@require_http_methods(["GET", "POST"])
@door("audit.verify")
def verify(request: Request) -> HttpResponse:
    """Read the log over. A POST reads; the page before it says what has been sealed so far."""
    size, link = selectors.head()
    context = {"size": size, "link": link.hex(), "checkpoints": list(reversed(selectors.checkpoints()[-10:]))}
    if request.method == "POST":
        report = log_verify()
        language = get_language() or "zh-hans"
        context |= {"report": report, "findings": [finding.text(language) for finding in report.findings]}
    return render(request, "web/audit/verify.html", context)


def _said(body: str) -> dict[str, object]:
    """The facts of an entry; nothing for bytes that somebody has spoilt."""
    try:
        facts = json.loads(body).get("facts", {})
    except (ValueError, AttributeError):
        return {}
    return facts if isinstance(facts, dict) else {}
