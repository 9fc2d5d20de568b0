"""What a monitor wants to know, in the words of Prometheus: requests by address, jobs by state, age of the queue.

Labels are names from the code (the name of a URL, a kind of job), never what somebody typed.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from chedai.platform import clock
from chedai.platform.audit.selectors import head
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State

REGISTRY: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "chedai_requests_total", "Requests answered", ["address", "method", "status"], registry=REGISTRY
)
SECONDS: Final = Histogram(
    "chedai_request_seconds",
    "Time to answer",
    ["address"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
    registry=REGISTRY,
)
_JOBS: Final = Gauge("chedai_jobs", "Jobs by kind and state", ["kind", "state"], registry=REGISTRY)
_OLDEST: Final = Gauge("chedai_oldest_due_job_seconds", "Age of the oldest job that is due", registry=REGISTRY)
_ENTRIES: Final = Gauge("chedai_audit_entries", "Entries in the audit log", registry=REGISTRY)


def answered(*, address: str, method: str, status: int, seconds: float) -> None:
    """Count one request."""
    REQUESTS.labels(address, method, str(status)).inc()
    SECONDS.labels(address).observe(seconds)


def page() -> bytes:
    """All metrics as Prometheus reads them."""
    _JOBS.clear()
    listed = Job.objects.exclude(state__in=(State.DONE, State.CANCELLED)).values_list("kind", "state")
    for kind, state, count in listed.annotate(n=Count("pk")):
        _JOBS.labels(kind, state).set(count)
    due = Job.objects.filter(state=State.WAITING, run_at__lte=clock.now()).aggregate(first=Min("run_at"))["first"]
    _OLDEST.set((clock.now() - due).total_seconds() if due else 0)
    _ENTRIES.set(head()[0])
    return generate_latest(REGISTRY)
