"""Reading imports: the batches, what is in their file, and how far the work on them is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from chedai.platform import clock
from chedai.platform.errors import NotFound
from chedai.platform.files.selectors import paper_content
from chedai.platform.imports import reading
from chedai.platform.imports.models import Batch, BatchRow
from chedai.platform.imports.services import CHECK, UNDO, UNDO_WITHIN, WRITE
from chedai.platform.imports.states import BatchState, RowState
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State

JOBS = {BatchState.CHECKING: CHECK, BatchState.WRITING: WRITE, BatchState.UNDOING: UNDO}


@dataclass(frozen=True, slots=True)
class Pace:
    """How far the long step of a batch is; `failed` where it has died and waits for a person."""

    done: int
    total: int
    failed: bool


def batches_seen(kinds: Iterable[str], mine: Iterable[str], actor_key: str) -> QuerySet[Batch]:
    """Every batch of `kinds`, and of the kinds in `mine` those the actor brought; newest first."""
    own = Q(kind__in=list(mine), brought_by=actor_key)
    return Batch.objects.filter(Q(kind__in=list(kinds)) | own).select_related("paper").order_by("-pk")


def batch_heads(batch: Batch) -> tuple[str, ...]:
    """The heads of the file, in order. Errors: `NotFound` where the file was taken away."""
    return reading.read(paper_content(batch.paper_id)[1]).heads


def batch_pace(batch: Batch) -> Pace | None:
    """How far the work is; None where nothing is under way."""
    kind = JOBS.get(BatchState(batch.state))
    if kind is None:
        return None
    job = Job.objects.filter(kind=kind, payload__batch=batch.pk).order_by("-pk").first()
    if job is None:
        raise NotFound("no-such-job", "没有这个任务", "there is no such job")
    failed = job.state in (State.DEAD, State.CANCELLED)
    return Pace(job.done, job.total or batch.counts.get("rows", 0), failed)


def undo_until(batch: Batch) -> datetime | None:
    """Until when the batch can be taken out again; None where it cannot."""
    if batch.state != BatchState.WRITTEN or batch.committed_at is None:
        return None
    until = batch.committed_at + UNDO_WITHIN
    return until if clock.now() <= until else None


def bad_of(batch: Batch) -> list[BatchRow]:
    """The rows that could not come in, or not be taken out again, in order."""
    return list(batch.rows.filter(state__in=(RowState.BAD, RowState.KEPT)).order_by("number"))
