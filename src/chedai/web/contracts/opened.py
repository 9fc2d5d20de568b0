"""Coming in to the paper of a deal: the right on its record."""

from __future__ import annotations

from typing import Any

from chedai.deals.contracts import selectors
from chedai.deals.pipeline.selectors import deal_of_number
from chedai.platform.errors import Refusal
from chedai.web.doors import Request


def deal_for(request: Request, number: str, right: str) -> Any:
    """The deal, for who may use `right` on it. Errors: `NotFound`, `NotAllowed`."""
    deal = deal_of_number(number)
    request.access.require(right, store_id=deal.store_id, owner_id=deal.officer_id)
    return deal


def may(request: Request, deal: Any, right: str) -> bool:
    """Whether the person may use a right on this deal."""
    return request.access.may(right, store_id=deal.store_id, owner_id=deal.officer_id)


def statement_of(deal: Any) -> Any:
    """The statement in force. Errors: `Refusal`."""
    found = selectors.statement_in_force(deal.pk)
    if found is None:
        raise Refusal("no-such-statement", "还没有综合融资成本明示表", "there is no statement of all-in cost")
    return found


def contract_of(deal: Any) -> Any:
    """The contract in force. Errors: `Refusal`."""
    found = selectors.contract_in_force(deal.pk)
    if found is None:
        raise Refusal("no-such-contract", "还没有合同", "there is no contract")
    return found
