"""Whom a quote is for, in an address: `visit-12`, `lead-3`, `customer-5`; numbers, never a name or a phone."""

from __future__ import annotations

import re
from typing import Final

from chedai.crm.customers.selectors import customer_found, customer_resolve
from chedai.crm.reception import selectors
from chedai.crm.reception.guests import Guest, Whom, guest_of
from chedai.platform.errors import NotFound
from chedai.web.doors import Request

_NAMED: Final = re.compile(r"(visit|lead|customer)-(\d{1,17})", re.ASCII)


def guest_named(request: Request, named: str) -> Guest | None:
    """Who is named, where the person may see the record; nobody where nobody is. Errors: `NotFound`, `NotAllowed`."""
    if not named:
        return None
    parts = _NAMED.fullmatch(named)
    if parts is None:
        raise NotFound("no-such-guest", "没有这位客人", "there is nobody of this number")
    kind, number = parts[1], int(parts[2])
    require = request.access.require
    if kind == "visit":
        visit = selectors.visit_read(number)
        require("visit.serve", store_id=visit.store_id, owner_id=visit.officer_id)
        return guest_of(Whom(visit_id=number))
    if kind == "lead":
        lead = selectors.lead_read(number)
        require("lead.work", store_id=lead.store_id, owner_id=lead.owner_id)
        return guest_of(Whom(lead_id=number))
    customer = customer_found(customer_resolve(number).pk)
    require("customer.read", store_id=customer.store_id, owner_id=customer.owner_id)
    return guest_of(Whom(customer_id=customer.pk))
