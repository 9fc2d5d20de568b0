"""Writing to the audit log, sealing it, and reading it over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC

from django.db import transaction

from chedai.platform import clock
from chedai.platform.audit import selectors
from chedai.platform.audit.chain import Chain, MerkleTree, canonical
from chedai.platform.audit.entries import Entry
from chedai.platform.audit.models import AuditCheckpoint, AuditEntry
from chedai.platform.audit.signing import Checkpoint, sign
from chedai.platform.audit.verify import Fault, Finding, Report, verify

_BATCH = 500


def entries_append(entries: Sequence[Entry]) -> None:
    """Chain `entries` to the head of the log, in the open transaction. The head stays locked until it commits."""
    if not entries:
        return
    head = selectors.head_lock()
    chain, moment = Chain(bytes(head.link), head.size), clock.now()
    at, business_date = moment.astimezone(UTC).isoformat(timespec="microseconds"), clock.business_date().isoformat()
    rows = []
    for entry in entries:
        body = canonical(entry, chain.size + 1, at, business_date)
        link = chain.append(body)
        found_by = {"actor": entry.actor, "action": entry.action, "subject": entry.subject}
        rows.append(AuditEntry(seq=chain.size, body=body, link=link, at=moment, **found_by))
    AuditEntry.objects.bulk_create(rows, batch_size=_BATCH)
    head.size, head.link = chain.size, chain.head
    head.save(update_fields=["size", "link"])


def log_seal(seed: bytes) -> Checkpoint | None:
    """Sign the root over everything appended so far; None where nothing came since the last checkpoint."""
    with transaction.atomic():
        head = selectors.head_lock()
        if head.size == 0 or AuditCheckpoint.objects.filter(size=head.size).exists():
            return None
        tree = MerkleTree()
        tree.add(link for _, _, link in selectors.lines())
        at = clock.now().astimezone(UTC).isoformat(timespec="seconds")
        checkpoint = sign(seed, head.size, tree.root(), at)
        AuditCheckpoint.objects.create(size=head.size, line=checkpoint.line())
        return checkpoint


def log_verify(anchors: Sequence[Checkpoint] = ()) -> Report:
    """Read the log in the database over: its chain, its checkpoints, and the copies by which entries are found.

    `anchors` are checkpoints kept outside the house: they find what somebody with the whole database has cut.
    """
    size, head = selectors.head()
    signed = {checkpoint.line(): checkpoint for checkpoint in (*selectors.checkpoints(), *anchors)}
    report = verify(selectors.lines(), size=size, head=head, checkpoints=list(signed.values()))
    known = {finding.first for finding in report.findings}
    copies = [finding for finding in _false_copies() if finding.first not in known]
    return Report(report.size, report.head, (*report.findings, *copies))


def _false_copies() -> Iterator[Finding]:
    """Entries whose columns for finding them say something else than their bytes."""
    rows = AuditEntry.objects.order_by("seq").values_list("seq", "body", "at", "actor", "action", "subject")
    for seq, body, at, actor, action, subject in rows.iterator(chunk_size=5000):
        try:
            stated = json.loads(bytes(body))
        except ValueError:
            stated = {}
        said = (at.astimezone(UTC).isoformat(timespec="microseconds"), actor, action, subject)
        if said != tuple(stated.get(name) for name in ("at", "actor", "action", "subject")):
            yield Finding(Fault.EDITED, seq, seq)
