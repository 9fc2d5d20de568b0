"""Asking for a job, and what people do with one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.errors import Conflict, NotFound
from chedai.platform.inserting import Column, rows_write
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State
from chedai.platform.work import record, service


def job_ask(
    *, kind: str, payload: Mapping[str, Any], actor: Actor, key: str | None = None, run_at: datetime | None = None
) -> Job:
    """Ask for a job, in the transaction that is open. Asked for twice with one `key` it is the same job."""
    asked_at = clock.now()
    facts = {"kind": kind, "payload": dict(payload), "asked_by": actor.key, "asked_at": asked_at}
    if key is not None:
        found = Job.objects.filter(key=key).first()
        if found is not None:
            return found
    try:
        with transaction.atomic():
            return Job.objects.create(**facts, key=key, run_at=run_at or asked_at)
    except IntegrityError:  # somebody else asked with the same key in this moment
        return Job.objects.get(key=key)


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that is asked for once: its key, and what it needs to know."""

    key: str
    payload: Mapping[str, Any]


def jobs_ask(kind: str, asked: Sequence[Asked], actor: Actor) -> None:
    """Ask for jobs of a kind, in the transaction that is open; where the key is there it is left."""
    if not asked:
        return
    now = clock.now()
    columns: dict[str, Column] = {
        "kind": kind,
        "payload": [json.dumps(one.payload) for one in asked],
        "key": [one.key for one in asked],
        "asked_by": actor.key,
        "asked_at": now,
        "run_at": now,
    }
    rows_write(Job, columns, unless="key")


@service
def job_retry(*, job_id: int, actor: Actor) -> Job:
    """Put a dead job back into the queue."""
    job = _job_lock(job_id)
    if job.state != State.DEAD:
        raise Conflict("job-not-dead", "只有失败的任务可以重试", "only a job that failed can be retried")
    job.state, job.attempts, job.run_at, job.fault, job.ended_at = State.WAITING, 0, clock.now(), "", None
    job.save(update_fields=["state", "attempts", "run_at", "fault", "ended_at"])
    record(actor=actor, action="job.retried", subject=f"job:{job.pk}", facts={"kind": job.kind})
    return job


@service
def job_again(*, kind: str, payload: Mapping[str, Any], key: str, actor: Actor) -> Job:
    """Put the job of a key back into the queue however it ended; one that was tidied away is asked for anew.

    The room that owns the job records who wanted it. Errors: `Conflict` while it waits or runs.
    """
    job = Job.objects.select_for_update(no_key=True).filter(key=key).first()
    if job is None:
        return job_ask(kind=kind, payload=payload, actor=actor, key=key)
    if job.state in (State.WAITING, State.RUNNING):
        raise Conflict("job-under-way", "还在重试中，不必重发", "it is still being tried")
    job.state, job.attempts, job.run_at, job.fault, job.ended_at = State.WAITING, 0, clock.now(), "", None
    job.save(update_fields=["state", "attempts", "run_at", "fault", "ended_at"])
    return job


@service
def job_cancel(*, job_id: int, actor: Actor) -> Job:
    """Take a job out of the queue, or stop it at its next step."""
    job = _job_lock(job_id)
    if job.state not in (State.WAITING, State.RUNNING, State.DEAD):
        raise Conflict("job-ended", "任务已结束", "the job has ended")
    job.state, job.ended_at = State.CANCELLED, clock.now()
    job.save(update_fields=["state", "ended_at"])
    record(actor=actor, action="job.cancelled", subject=f"job:{job.pk}", facts={"kind": job.kind})
    return job


def _job_lock(job_id: int) -> Job:
    job = Job.objects.select_for_update(no_key=True).filter(pk=job_id).first()
    if job is None:
        raise NotFound("no-such-job", "没有这个任务", "there is no such job")
    return job
