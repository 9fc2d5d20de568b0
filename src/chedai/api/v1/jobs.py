"""Background jobs: what runs, what failed for good, and trying again."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import JobOut, Number
from chedai.platform.jobs import selectors, services

router = Router(tags=["jobs"])


@reading(router, "/jobs", "job.read", response=Page[JobOut])
def jobs(request: HttpRequest, cut: Query[Cut], state: str | None = None) -> dict[str, Any]:
    """Jobs, newest first."""
    return page(selectors.jobs().filter(**({"state": state} if state else {})), cut)


@changing(router, "/jobs/{job_id}/retries", "job.retry", response=JobOut, status=201)
def retry(request: HttpRequest, job_id: Path[Number]) -> Any:
    """Put a job that failed for good back into the queue."""
    return services.job_retry(job_id=job_id, actor=caller_of(request).actor)
