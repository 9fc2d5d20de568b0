"""Whether the product can do its work: the database answers, papers can be written, somebody does the jobs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.files.storage import storages
from django.db import DatabaseError, connection

from chedai.platform import clock
from chedai.platform.jobs.models import Job
from chedai.platform.jobs.states import State

LEAST_DISK: Final = 200 * 1024 * 1024
LATE: Final = timedelta(minutes=15)


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _disk() -> bool:
    return shutil.disk_usage(settings.VAR).free >= LEAST_DISK


def _papers() -> bool:
    storages["papers"].exists("health")
    return True


def _worker() -> bool:
    """No job that is due has waited too long: somebody is doing them."""
    return not Job.objects.filter(state=State.WAITING, run_at__lt=clock.now() - LATE).exists()


CHECKS: Final[Mapping[str, Callable[[], bool]]] = {
    "database": _database,
    "disk": _disk,
    "papers": _papers,
    "worker": _worker,
}


def health() -> dict[str, bool]:
    """Each check and whether it holds; a check that fails in whatever way does not."""
    found = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check()
        except (DatabaseError, OSError):
            found[name] = False
    return found
