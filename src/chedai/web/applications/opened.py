"""Coming in to the application of a deal: the right on its record, and the things that belong to it and no other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chedai.deals.applications.selectors import application_if_any
from chedai.deals.pipeline.selectors import deal_of_number
from chedai.platform.errors import Refusal
from chedai.web.doors import Request


def application_for(request: Request, number: str, right: str) -> Any:
    """The application of the deal with a number. Errors: `NotFound`, `NotAllowed`, `Refusal` where none was opened."""
    deal = deal_of_number(number)
    request.access.require(right, store_id=deal.store_id, owner_id=deal.officer_id)
    found = application_if_any(deal.pk)
    if found is None:
        raise Refusal("no-application", "该案卷尚未开立进件", "no application has been opened for this deal")
    return found


def may(request: Request, deal: Any, right: str) -> bool:
    """Whether the person may use a right on this deal."""
    return request.access.may(right, store_id=deal.store_id, owner_id=deal.officer_id)


def chosen(request: Request, name: str, among: Iterable[Any]) -> Any:
    """The thing of this application that the request names by number. Errors: `Refusal` for any other."""
    given = request.POST.get(name) or request.GET.get(name) or ""
    found = next((one for one in among if str(one.pk) == given), None)
    if found is None:
        raise Refusal("not-of-this-deal", "请选择本案卷中的一项", "choose one of this deal", field=name)
    return found
