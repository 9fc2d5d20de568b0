"""Writing to the audit log, sealing it, and reading it over."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from itertools import islice

from django.db import transaction

from chedai.platform import clock
from chedai.platform.audit import selectors
from chedai.platform.audit.chain import Chain, MerkleTree, canonical
from chedai.platform.audit.entries import Entry, reason_digest
from chedai.platform.audit.models import AuditCheckpoint, AuditEntry, AuditReason
from chedai.platform.audit.signing import Checkpoint, sign
from chedai.platform.audit.verify import Fault, Finding, Report, verify
from chedai.platform.inserting import Column, rows_write
from chedai.platform.statements import ask

_BATCH = 500
_SALT = 16
_MOVE = "UPDATE platform_audit_head SET size = %s, link = %s WHERE id = 1"


def entries_append(entries: Sequence[Entry]) -> None:
    """Chain `entries` to the end of the log, in the open transaction. The end stays locked until it commits."""
    if not entries:
        return
    size, link, today = selectors.end_lock()
    chain, moment = Chain(link, size), clock.now()
    at, business_date = moment.astimezone(UTC).isoformat(timespec="microseconds"), today.isoformat()
    bodies, reasons = list[bytes](), list[AuditReason]()
    for number, entry in enumerate(entries, size + 1):
        chained = entry
        if entry.reason:
            salt = secrets.token_bytes(_SALT)
            reasons.append(AuditReason(seq=number, salt=salt, text=entry.reason))
            chained = replace(entry, reason=reason_digest(entry.reason, salt))
        bodies.append(canonical(chained, number, at, business_date))
    written: dict[str, Column] = {
        "seq": list(range(size + 1, size + 1 + len(entries))),
        "body": bodies,
        "link": chain.extend(bodies),
        "at": moment,
        "actor": [entry.actor for entry in entries],
        "action": [entry.action for entry in entries],
        "subject": [entry.subject for entry in entries],
    }
    rows_write(AuditEntry, written)
    if reasons:
        AuditReason.objects.bulk_create(reasons, batch_size=_BATCH)
    ask(_MOVE, [chain.size, chain.head])


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
    copies = [finding for finding in (*_false_copies(), *_false_reasons()) if finding.first not in known]
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


def _false_reasons() -> Iterator[Finding]:
    """Entries whose reason, as it is kept, is not the one that was chained. One that was taken away is no fault."""
    rows = AuditReason.objects.order_by("seq").iterator(chunk_size=_BATCH)
    while piece := list(islice(rows, _BATCH)):
        chained = selectors.reason_digests(row.seq for row in piece)
        for row in piece:
            said = reason_digest(row.text.in_full(), bytes(row.salt))
            if chained.get(row.seq, said) != said:  # an entry that is gone is found by its chain
                yield Finding(Fault.EDITED, row.seq, row.seq)


def reasons_forget(subject: str) -> int:
    """Take away what people wrote about a thing whose person is deleted; how many reasons. The chain stays whole."""
    about = AuditEntry.objects.filter(subject=subject).values("seq")
    return AuditReason.objects.filter(seq__in=about).delete()[0]
