"""The audit log: its entries as they were hashed, and its verification."""

import base64
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from chedai.api.operations import reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import EntryOut, FindingOut, ReportOut
from chedai.platform.audit import selectors, services

router = Router(tags=["audit"])


@reading(router, "/audit/entries", "audit.read", response=Page[EntryOut])
def entries(request: HttpRequest, cut: Query[Cut], subject: str | None = None) -> dict[str, Any]:
    """Entries, newest first; of one thing where `subject` names it."""
    found = page(selectors.entries_of(subject) if subject else selectors.entries(), cut)
    found["items"] = [
        EntryOut(seq=entry.seq, body=base64.b64encode(bytes(entry.body)).decode(), link=bytes(entry.link).hex())
        for entry in found["items"]
    ]
    return found


@reading(router, "/audit/verification", "audit.verify", response=ReportOut)
def verification(request: HttpRequest) -> ReportOut:
    """Read the whole log over now."""
    report = services.log_verify()
    findings = [
        FindingOut(fault=f.fault, first=f.first, last=f.last, zh=f.text("zh"), en=f.text("en")) for f in report.findings
    ]
    return ReportOut(size=report.size, head=report.head.hex(), sound=report.sound, findings=findings)
