"""Reading papers."""

from __future__ import annotations

from django.db.models import QuerySet

from chedai.platform.errors import NotFound
from chedai.platform.files import store
from chedai.platform.files.models import Paper, Upload


def papers_of(subject: str) -> QuerySet[Paper]:
    """The papers of one thing, oldest first."""
    return Paper.objects.filter(subject=subject, removed_at=None).order_by("pk")


def same_elsewhere(paper: Paper) -> QuerySet[Paper]:
    """The same content handed in for other things: a sign that somebody uses one paper twice."""
    return Paper.objects.filter(address=paper.address, removed_at=None).exclude(subject=paper.subject).order_by("pk")


def shared_with(subject: str, before: str) -> dict[int, set[str]]:
    """By paper of a subject: the other subjects, beginning with `before`, that hold the very same bytes."""
    ours = Paper.objects.filter(subject=subject, removed_at=None)
    same = Paper.objects.filter(address__in=ours.values("address"), removed_at=None, subject__startswith=before)
    holders: dict[str, set[str]] = {}
    for address, holder in same.exclude(subject=subject).values_list("address", "subject"):
        holders.setdefault(address, set()).add(holder)
    if not holders:
        return {}
    held = ours.filter(address__in=holders).order_by("pk").values_list("pk", "address")
    return {pk: holders[address] for pk, address in held}


def paper_content(paper_id: int) -> tuple[Paper, bytes]:
    """A paper and what it holds. Errors: `NotFound`."""
    paper = Paper.objects.filter(pk=paper_id, removed_at=None).first()
    if paper is None:
        raise NotFound("no-such-paper", "没有这份文件", "there is no such paper")
    return paper, store.get(paper.address)


def upload_received(token: str, by: str) -> tuple[int, int]:
    """How much of a file in pieces is here, and how much it will be. Errors: `NotFound`, also for that of others."""
    found = Upload.objects.filter(token=token, begun_by=by).values_list("received", "size").first()
    if found is None:
        raise NotFound("no-such-upload", "没有这个上传", "there is no such upload")
    return found
