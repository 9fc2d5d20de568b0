"""Coming in to the application of a deal through the interface: the right on its record, and what belongs to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from chedai.api.operations import caller_of
from chedai.deals.applications.selectors import application_if_any
from chedai.deals.pipeline.selectors import deal_of_number
from chedai.platform.errors import Refusal


def application_found(request: HttpRequest, number: str, permission: str) -> Any:
    """The application of the deal with a number. Errors: `NotFound`, `NotAllowed`, `Refusal` where none was opened."""
    deal = deal_of_number(number)
    caller_of(request).require(permission, store_id=deal.store_id, owner_id=deal.officer_id)
    found = application_if_any(deal.pk)
    if found is None:
        raise Refusal("no-application", "该案卷尚未开立进件", "no application has been opened for this deal")
    return found


def belonging(rows: list[Any], number: int) -> Any:
    """The thing of this deal with a number. Errors: `Refusal`, also for what is another deal's."""
    found = next((row for row in rows if row.pk == number), None)
    if found is None:
        raise Refusal("not-of-this-deal", "不属于该案卷", "this is not of this deal")
    return found
