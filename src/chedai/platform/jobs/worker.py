"""Doing the jobs: claim one under a lease, run it, and write down how it ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from datetime import timedelta

from django.db import close_old_connections, transaction
from django.db.models import Q

from chedai.platform import clock
from chedai.platform.jobs.handlers import Handler, Later, Never, Progress, Stopped, handlers, pause_before
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import OPEN, State

log = logging.getLogger(__name__)

UNKNOWN = Handler(lambda payload, progress: None, tries=1)


def claim(kinds: Collection[str] = ()) -> Job | None:
    """The next job that is due, of some kinds or of any, leased to the caller; None where there is none.

    Two workers never get the same one.
    """
    now = clock.now()
    due = Job.objects.filter(state__in=OPEN, run_at__lte=now).filter(Q(leased_until=None) | Q(leased_until__lt=now))
    if kinds:
        due = due.filter(kind__in=kinds)
    with transaction.atomic():
        job = due.select_for_update(skip_locked=True).order_by("run_at", "pk").first()
        if job is None:
            return None
        job.state, job.attempts = State.RUNNING, job.attempts + 1
        job.leased_until = now + handlers().get(job.kind, UNKNOWN).lease
        job.save(update_fields=["state", "attempts", "leased_until"])
        return job


def run(job: Job) -> None:
    """Run a claimed job to its end, whatever that is. Raises nothing."""
    handler = handlers().get(job.kind)
    if handler is None:
        return _end(job, State.DEAD, fault=f"no handler for {job.kind}")
    try:
        result = handler.run(job.payload, Progress(lambda done, total: _tell(job, handler, done, total)))
    except Stopped:
        log.info("job stopped", extra={"job": job.pk, "kind": job.kind})
    except Never as never:
        _end(job, State.DEAD, fault=never.code)
    except Exception as raised:
        # The text of an exception may quote what it choked on; only its type is kept.
        fault = "later" if isinstance(raised, Later) else type(raised).__name__
        log.warning("job failed", extra={"job": job.pk, "kind": job.kind, "attempt": job.attempts, "fault": fault})
        _fail(job, handler, fault)
    else:
        Job.objects.filter(pk=job.pk).update(result=result)
        _end(job, State.DONE)


def run_due(limit: int = 1000, kinds: Collection[str] = ()) -> int:
    """Run what is due now, of some kinds or of any, one after another; how many were run."""
    for count in range(limit):
        job = claim(kinds)
        if job is None:
            return count
        run(job)
    return limit


def work_until(stop: threading.Event, idle: float = 1.0) -> None:
    """The worker's loop: run what is due, look again every `idle` seconds, end when `stop` is set."""
    while not stop.is_set():
        close_old_connections()
        job = claim()
        if job is None:
            stop.wait(idle)
        else:
            run(job)


def _tell(job: Job, handler: Handler, done: int, total: int) -> None:
    renewed = clock.now() + handler.lease
    mine = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
    if not mine.update(done=done, total=total, leased_until=renewed):
        raise Stopped


def _fail(job: Job, handler: Handler, fault: str) -> None:
    if job.attempts >= handler.tries:
        return _end(job, State.DEAD, fault=fault)
    again: timedelta = pause_before(handler, job.attempts)
    mine = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
    mine.update(state=State.WAITING, run_at=clock.now() + again, leased_until=None, fault=fault)
    return None


def _end(job: Job, state: State, fault: str = "") -> None:
    mine = Job.objects.filter(pk=job.pk, state=State.RUNNING, attempts=job.attempts)
    mine.update(state=state, ended_at=clock.now(), leased_until=None, fault=fault)
