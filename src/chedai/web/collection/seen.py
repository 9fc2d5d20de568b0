"""Which cases a person may see and work on."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from chedai.book.collection import selectors
from chedai.web.doors import Request

READ = "collection.read"
WORK = "collection.work"
MANAGE = "collection.manage"
BOOK = "collection.book"
REPORT = "collection.report"


def cases(request: Request, right: str = READ, at: str = "") -> Q:
    """The filter of the records behind a case, whose path is `at` ("case__")."""
    return request.access.records(right, store=f"{at}store_id", owner=f"{at}collector_id")


def case_seen(request: Request, case_id: int, right: str = READ) -> Any:
    """The case, where the person may use `right` on it. Errors: `NotFound`, `NotAllowed`."""
    found = selectors.case_read(case_id)
    request.access.require(right, store_id=found.store_id, owner_id=found.collector_id)
    return found


def may(request: Request, case: Any, right: str) -> bool:
    """Whether the person may use `right` on a case."""
    return request.access.may(right, store_id=case.store_id, owner_id=case.collector_id)
