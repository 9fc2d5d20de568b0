"""What a monitor wants to know, in the words of Prometheus: requests by address, jobs by state, age of the queue.

Labels are names from the code (the name of a URL, a kind of job), never what somebody typed. Where several processes
answer, each counts into a file of its own in the folder `PROMETHEUS_MULTIPROC_DIR`, and the page adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from django.db.models import Count, Min
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from chedai.platform import clock
from chedai.platform.audit.selectors import head
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"

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


class House(Collector):
    """What the database says at the moment somebody asks."""

    def collect(self) -> Iterator[Metric]:
        """Jobs by kind and state, how late the queue is, how long the audit log."""
        jobs = GaugeMetricFamily("chedai_jobs", "Jobs by kind and state", labels=["kind", "state"])
        listed = Job.objects.exclude(state__in=(State.DONE, State.CANCELLED)).values_list("kind", "state")
        for kind, state, count in listed.annotate(n=Count("pk")):
            jobs.add_metric([kind, state], count)
        yield jobs
        due = Job.objects.filter(state=State.WAITING, run_at__lte=clock.now()).aggregate(first=Min("run_at"))["first"]
        late = (clock.now() - due).total_seconds() if due else 0
        yield GaugeMetricFamily("chedai_oldest_due_job_seconds", "Age of the oldest job that is due", late)
        yield GaugeMetricFamily("chedai_audit_entries", "Entries in the audit log", head()[0])


_HOUSE: Final = CollectorRegistry()
_HOUSE.register(House())


def answered(*, address: str, method: str, status: int, seconds: float) -> None:
    """Count one request."""
    REQUESTS.labels(address, method, str(status)).inc()
    SECONDS.labels(address).observe(seconds)


def page() -> bytes:
    """All metrics as Prometheus reads them."""
    counted = REGISTRY
    if os.environ.get(SHARED):
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(counted) + generate_latest(_HOUSE)
