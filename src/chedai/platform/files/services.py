"""Handing in papers, whole or in pieces, and taking them away."""

from __future__ import annotations

import functools
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotFound, Refusal
from chedai.platform.files import rules, store
from chedai.platform.files.models import Paper, Upload
from chedai.platform.privacy.kinds import Kind
from chedai.platform.privacy.personal import Personal
from chedai.platform.rows import at_most_one
from chedai.platform.work import record, service

KEPT: Final = timedelta(days=2)
"""How long an upload that was broken off waits for its rest."""


@service
def paper_hand_in(
    *, subject: str, purpose: str, name: str, content: bytes, actor: Actor, allowed: frozenset[str] | None = None
) -> Paper:
    """Store a paper for `subject`. Handed in twice, the same content for the same purpose is the same paper."""
    media_type = rules.media_type(content, allowed)
    address = store.put(content)
    same = at_most_one(Paper.objects.filter(subject=subject, purpose=purpose, address=address, removed_at=None))
    if same is not None:
        return same
    paper = Paper.objects.create(
        subject=subject,
        purpose=purpose,
        address=address,
        name=name or purpose,
        media_type=media_type,
        size=len(content),
        handed_in_by=actor.key,
        handed_in_at=clock.now(),
    )
    facts: dict[str, Scalar] = {"paper": paper.pk, "purpose": purpose, "address": address, "size": len(content)}
    record(actor=actor, action="paper.handed_in", subject=subject, facts=facts)
    return paper


@service
def paper_remove(*, paper_id: int, reason: str, actor: Actor) -> None:
    """Take a paper away. Its bytes stay until the retention run finds that no law and no other paper holds them."""
    paper = Paper.objects.select_for_update(no_key=True).filter(pk=paper_id, removed_at=None).first()
    if paper is None:
        raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
    paper.removed_at = clock.now()
    paper.save(update_fields=["removed_at"])
    record(actor=actor, action="paper.removed", subject=paper.subject, facts={"paper": paper.pk}, reason=reason)


def papers_erase(*, subject: str, purpose: str | None = None) -> int:
    """Delete the papers of `subject` (of one purpose, where given), removed ones too; how many. For privacy only.

    Their names and addresses go at once, their bytes when the deletion has come to stand and no other paper has them.
    """
    wanted = {"subject": subject} | ({"purpose": purpose} if purpose is not None else {})
    papers = list(Paper.objects.select_for_update(no_key=True).filter(**wanted).exclude(address=""))
    for paper in papers:
        transaction.on_commit(functools.partial(_bytes_forget, paper.address))
        paper.name, paper.address, paper.size = Personal(Kind.NAME, ""), "", 0
        paper.removed_at = paper.removed_at or clock.now()
        paper.save()
    return len(papers)


def _bytes_forget(address: str) -> None:
    if not Paper.objects.filter(address=address).exists():
        store.remove(address)


@service
def upload_begin(*, subject: str, purpose: str, name: str, size: int, actor: Actor) -> Upload:
    """Announce a file that will come in pieces."""
    if size <= 0:
        raise Refusal("file-empty", "文件是空的", "the file is empty", field="file")
    rules.refuse_size(size)
    return Upload.objects.create(
        token=secrets.token_urlsafe(32),
        subject=subject,
        purpose=purpose,
        name=name or purpose,
        size=size,
        begun_by=actor.key,
        begun_at=clock.now(),
    )


@service
def upload_continue(*, token: str, offset: int, piece: bytes, actor: Actor) -> Upload:
    """Add the piece at `offset`. Errors: `Conflict` saying how much is here, so that the sender goes on there."""
    upload = _upload_lock(token, actor)
    if offset != upload.received:
        zh, en = f"已收到 {upload.received} 字节，请从此处续传", f"{upload.received} bytes are here; go on from there"
        raise Conflict("upload-offset", zh, en)
    if offset + len(piece) > upload.size:
        raise Refusal("file-size", "收到的内容超过文件大小", "more came than the file holds", field="file")
    with _piece(upload).open("r+b" if offset else "wb") as file:
        file.seek(offset)  # a piece written before a crash but not counted is written over
        file.write(piece)
    upload.received = offset + len(piece)
    upload.save(update_fields=["received"])
    return upload


@service
def upload_finish(*, token: str, actor: Actor, allowed: frozenset[str] | None = None) -> Paper:
    """Turn a complete upload into a paper."""
    upload = _upload_lock(token, actor)
    if upload.received != upload.size:
        zh, en = "文件还没有传完", "the file has not arrived completely"
        raise Conflict("upload-incomplete", zh, en)
    content = _piece(upload).read_bytes()[: upload.size]
    paper = paper_hand_in(
        subject=upload.subject,
        purpose=upload.purpose,
        name=upload.name.in_full(),
        content=content,
        actor=actor,
        allowed=allowed,
    )
    upload.delete()
    _piece(upload).unlink(missing_ok=True)
    return paper


def uploads_forget() -> int:
    """Throw away what was broken off and never went on; how many."""
    old = list(Upload.objects.filter(begun_at__lt=clock.now() - KEPT))
    for upload in old:
        _piece(upload).unlink(missing_ok=True)
        upload.delete()
    return len(old)


def _upload_lock(token: str, actor: Actor) -> Upload:
    upload = Upload.objects.select_for_update(no_key=True).filter(token=token, begun_by=actor.key).first()
    if upload is None:
        raise NotFound("no-such-upload", "没有这个上传", "there is no such upload")
    return upload


def _piece(upload: Upload) -> Path:
    folder = Path(settings.UPLOADS)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / upload.token
