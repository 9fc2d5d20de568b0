"""Staff of the stores the caller may see."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from chedai.api.operations import caller_of, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import StaffOut
from chedai.org.selectors import staff_seen

router = Router(tags=["staff"])


@reading(router, "/staff", "staff.read", response=Page[StaffOut])
def staff(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """Staff, newest first."""
    records = caller_of(request).access.records("staff.read", store="home_id", owner="pk")
    return page(staff_seen(records), cut)
