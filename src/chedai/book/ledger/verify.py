"""Reading the journal over: its chain, the copies by which it is found, its postings, and the totals kept of them.

Each finding names the entry, or the account and the day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from itertools import islice

from django.db.models import F

from chedai.book.ledger import selectors
from chedai.book.ledger.drafts import Moved
from chedai.book.ledger.journal import POSTED
from chedai.book.ledger.models import AccountDay, AccountMonth, JournalEntry, Posting
from chedai.platform.audit.models import AuditEntry
from chedai.platform.audit.verify import Finding, Line, verify

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Report:
    """The result: how many entries were read, the link of the last, everything found in both languages."""

    size: int
    head: bytes
    findings: tuple[tuple[str, str], ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def ledger_verify() -> Report:
    """Read the whole journal over."""
    size, head = selectors.head()
    chain = verify(_lines(), size=size, head=head)
    known = {finding.first for finding in chain.findings}
    found = [_words(finding) for finding in chain.findings]
    days: dict[tuple[str, date], Moved] = {}
    for entry, postings in selectors.stored():
        if not _as_said(entry, postings) and entry.seq not in known:
            found.append((f"第 {entry.seq} 号凭证与其原文不符", f"entry {entry.seq} is not what its bytes say"))
        for one in postings:
            days.setdefault((one.debit, entry.day), Moved()).debit += one.amount
            days.setdefault((one.credit, entry.day), Moved()).credit += one.amount
    found += _vouched()
    found += _strays()
    found += _totals(days)
    return Report(chain.size, chain.head, tuple(found))


def ledger_read() -> tuple[int, tuple[str, ...]]:
    """The journal read over, for who upgrades or restores a house: how many entries, and what was found."""
    report = ledger_verify()
    return report.size, tuple(f"{zh} / {en}" for zh, en in report.findings)


def _lines() -> Iterator[Line]:
    rows = JournalEntry.objects.order_by("seq").values_list("seq", "body", "link")
    for seq, body, link in rows.iterator(chunk_size=_CHUNK):
        yield seq, bytes(body), bytes(link)


def _as_said(entry: JournalEntry, postings: tuple[object, ...]) -> bool:
    """Whether the columns and the postings of an entry are what its bytes say."""
    said = selectors.said(bytes(entry.body))
    at = entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    columns = (at, entry.actor, entry.kind, entry.subject, entry.day.isoformat(), entry.value_on.isoformat(), postings)
    return said is not None and columns == (
        said.at,
        said.actor,
        said.kind,
        said.subject,
        said.day,
        said.value_on,
        said.postings,
    )


def _words(finding: Finding) -> tuple[str, str]:
    return finding.text("zh"), finding.text("en")


def _vouched() -> Iterator[tuple[str, str]]:
    """Entries the audit log has seen with another link, or that are gone."""
    rows = AuditEntry.objects.filter(action=POSTED).order_by("seq").values_list("body", flat=True).iterator(_CHUNK)
    while piece := [json.loads(bytes(body))["facts"] for body in islice(rows, _CHUNK)]:
        wanted = [facts["to"] for facts in piece]
        links = dict(JournalEntry.objects.filter(seq__in=wanted).values_list("seq", "link"))
        for facts in piece:
            if bytes(links.get(facts["to"], b"")).hex() != facts["link"]:
                yield (
                    f"第 {facts['to']} 号凭证与审计日志所记不符",
                    f"entry {facts['to']} is not the one the audit log saw",
                )


def _strays() -> list[tuple[str, str]]:
    """Postings on another day than their entry."""
    from_others = Posting.objects.exclude(day=F("entry__day")).order_by("pk").values_list("entry_id", flat=True)
    return [(f"第 {seq} 号凭证的分录日期不符", f"a posting of entry {seq} has another day") for seq in from_others]


def _totals(days: dict[tuple[str, date], Moved]) -> Iterator[tuple[str, str]]:
    """Totals that are not the sum of the postings."""
    months: dict[tuple[str, date], Moved] = {}
    for (code, day), moved in days.items():
        sums = months.setdefault((code, day.replace(day=1)), Moved())
        sums.debit, sums.credit = sums.debit + moved.debit, sums.credit + moved.credit
    kept_days = {(r.account, r.day): Moved(r.debit, r.credit) for r in AccountDay.objects.iterator(_CHUNK)}
    kept_months = {(r.account, r.month): Moved(r.debit, r.credit) for r in AccountMonth.objects.iterator(_CHUNK)}
    for kept, summed in ((kept_days, days), (kept_months, months)):
        for code, on in sorted(kept.keys() | summed.keys()):
            if kept.get((code, on), Moved()) != summed.get((code, on), Moved()):
                yield f"科目 {code} 在 {on} 的合计不符", f"the total of {code} on {on} is not that of its postings"
