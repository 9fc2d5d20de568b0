"""Reading the audit log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet

from chedai.platform import clock
from chedai.platform.audit.chain import GENESIS
from chedai.platform.audit.models import AuditCheckpoint, AuditEntry, AuditHead, AuditReason
from chedai.platform.audit.signing import Checkpoint, read
from chedai.platform.audit.verify import Line
from chedai.platform.errors import NotFound
from chedai.platform.rows import at_most_one
from chedai.platform.statements import ask, day_answered

_HEAD = 1
_DAY = '(SELECT "on" FROM platform_business_day WHERE id = 1)'
_END = f"SELECT size, link, {_DAY} FROM platform_audit_head WHERE id = {_HEAD}"
_END_LOCKED = f"{_END} FOR NO KEY UPDATE"


def head_lock() -> AuditHead:
    """The head of the chain, locked until the transaction ends; made on the first use."""
    rows = AuditHead.objects.select_for_update(no_key=True).filter(pk=_HEAD)
    found = at_most_one(rows)
    if found is None:
        AuditHead.objects.get_or_create(pk=_HEAD, defaults={"link": GENESIS})
        found = rows.get()
    return found


def end_lock() -> tuple[int, bytes, date]:
    """Where the chain ends, locked until the transaction ends: number and link of the last entry; the business date.

    Every piece of work asks for both, so they are asked in plain SQL, in one statement.
    """
    found = ask(_END_LOCKED if connection.vendor == "postgresql" else _END)
    if not found:
        made = head_lock()
        return made.size, bytes(made.link), clock.business_date()
    ((size, link, turned),) = found
    return size, bytes(link), clock.business_date_as(day_answered(turned))


def head() -> tuple[int, bytes]:
    """How many entries the log says it has, and the link of the last."""
    row = AuditHead.objects.filter(pk=_HEAD).first()
    return (row.size, bytes(row.link)) if row else (0, GENESIS)


def lines(first: int = 1) -> Iterator[Line]:
    """Number, bytes and link of each entry from `first` on, in order, without holding the log in memory."""
    rows = AuditEntry.objects.filter(seq__gte=first).order_by("seq").values_list("seq", "body", "link")
    for seq, body, link in rows.iterator(chunk_size=5000):
        yield seq, bytes(body), bytes(link)


def checkpoints() -> list[Checkpoint]:
    """All signed checkpoints, oldest first."""
    return [read(line) for line in AuditCheckpoint.objects.order_by("size").values_list("line", flat=True)]


def entries() -> QuerySet[AuditEntry]:
    """The whole log, for a list that filters and sorts it."""
    return AuditEntry.objects.all()


def entry(seq: int) -> AuditEntry:
    """One entry. Errors: `NotFound`."""
    found = AuditEntry.objects.filter(seq=seq).first()
    if found is None:
        raise NotFound("no-such-entry", "没有这条日志", "there is no such entry")
    return found


def entries_of(subject: str) -> QuerySet[AuditEntry]:
    """What was done to one thing, newest first."""
    return AuditEntry.objects.filter(subject=subject).order_by("-seq")


def entries_of_any(subjects: Iterable[str], until: datetime | None = None) -> QuerySet[AuditEntry]:
    """What was done to any of several things, newest first; with `until` no later than that moment."""
    found = AuditEntry.objects.filter(subject__in=list(subjects))
    return (found if until is None else found.filter(at__lte=until)).order_by("-at", "-seq")


def reasons(seqs: Iterable[int]) -> dict[int, str]:
    """What people typed as the reason of entries, by number; one that was taken away, or never given, is missing."""
    return {row.seq: row.text.in_full() for row in AuditReason.objects.filter(seq__in=list(seqs))}


def reason_digests(seqs: Iterable[int]) -> dict[int, str]:
    """What the chain holds of the reasons of entries, by number; bytes somebody has spoilt are left out."""
    found = {}
    for seq, body in AuditEntry.objects.filter(seq__in=list(seqs)).values_list("seq", "body"):
        try:
            found[seq] = str(json.loads(bytes(body))["reason"])
        except (ValueError, KeyError, TypeError):
            continue
    return found
