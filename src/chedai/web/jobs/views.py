"""The page of jobs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chedai.platform.jobs.services import job_cancel, job_retry
from chedai.web.doors import Request, door
from chedai.web.jobs.lists import JOBS
from chedai.web.lists.page import list_page


@require_http_methods(["GET", "POST"])
@door("job.read")
def jobs(request: Request) -> HttpResponse:
    """The list; dead letters are a view of it."""
    return list_page(request, JOBS)


@require_POST
@door("job.retry")
def retry(request: Request, job_id: int) -> HttpResponse:
    """Put a failed job back into the queue."""
    job_retry(job_id=job_id, actor=request.actor)
    messages.success(request, _("已重试任务"))
    return _back(request)


@require_POST
@door("job.retry")
def cancel(request: Request, job_id: int) -> HttpResponse:
    """Take a job out of the queue."""
    job_cancel(job_id=job_id, actor=request.actor)
    messages.success(request, _("已取消任务"))
    return _back(request)


def _back(request: Request) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{reverse('jobs')}?{query}" if query else reverse("jobs"))
