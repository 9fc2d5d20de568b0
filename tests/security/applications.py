"""The application of a deal behind its addresses: one in each store, of somebody there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.org.models import Store
from tests import cast

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]


def _deal(house: House, store: Store) -> Values:
    """The deal of the officer of a store; whether an application was opened is no matter of rights."""
    by = house.targets[store.pk]
    found = Deal.objects.filter(officer=by, vehicle="进件").first()
    if found is None:
        customer = customer_register(
            kind=CustomerKind.PERSON, name="王芳", store_id=store.pk, owner_id=by.pk, actor=cast.acting(by)
        )
        found = deal_open(
            customer_id=customer.pk,
            store_id=store.pk,
            mode=Mode.DEALER_DESK,
            officer_id=by.pk,
            vehicle="进件",
            actor=cast.acting(by),
        )
    return {"number": found.number}


SCREENS: Final = (
    "deal_application", "application_answers", "application_party", "application_statement", "application_bureau",
    "application_submit", "application_return", "application_new_plan", "application_aims",
    "application_remove", "application_link", "application_change", "application_unlink", "application_statement_drop",
    "application_look",
    "application_resolve", "application_acknowledge", "deal_papers", "application_file", "check_hand_in",
    "check_accept", "check_return", "deal_lenders", "lender_send", "lender_answer", "lender_withdraw", "lender_win",
    "lender_funded",
)  # fmt: skip
OPERATIONS: Final = (
    "get /deals/{number}/application",
    "put /deals/{number}/application/lenders",
    "post /deals/{number}/application/parties",
    "post /deals/{number}/application/parties/{party_id}/removal",
    "put /deals/{number}/application/parties/{party_id}/answers",
    "post /deals/{number}/application/parties/{party_id}/bureau-reports",
    "post /deals/{number}/application/parties/{party_id}/confirmations",
    "post /deals/{number}/application/parties/{party_id}/statements",
    "put /deals/{number}/application/facts",
    "post /deals/{number}/application/parties/{party_id}/links",
    "post /deals/{number}/application/items/{item_id}/papers",
    "post /deals/{number}/application/items/{item_id}/reviews",
    "post /deals/{number}/application/flags/{flag_id}/resolution",
    "post /deals/{number}/application/differences/{difference_id}/acknowledgement",
    "post /deals/{number}/application/submission",
    "post /deals/{number}/application/return",
    "post /deals/{number}/application/new-plan",
    "post /deals/{number}/submissions",
    "post /deals/{number}/submissions/{submission_id}/answers",
    "post /deals/{number}/submissions/{submission_id}/withdrawal",
    "post /deals/{number}/submissions/{submission_id}/win",
    "post /deals/{number}/submissions/{submission_id}/funding",
)

OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = dict.fromkeys((*SCREENS, *OPERATIONS), _deal)

BODIES: Final[dict[str, Any]] = {
    "post /deals/{number}/application/parties/{party_id}/confirmations": {"codes": ["job"]},
    "post /deals/{number}/application/parties/{party_id}/statements": {
        "bank": "x",
        "account": "1",
        "opening": 0,
        "lines": [{"day": "2026-11-20", "balance": 0}],
    },
    "put /deals/{number}/application/facts": {"payer": "self"},
    "put /deals/{number}/application/lenders": {"codes": ["jianghe"]},
    "post /deals/{number}/application/parties": {"customer_id": 1, "role": "guarantor", "liability": "joint_guarantee"},
    "post /deals/{number}/application/parties/{party_id}/removal": {"reason": "x"},
    "put /deals/{number}/application/parties/{party_id}/answers": {"values": {}},
    "post /deals/{number}/application/parties/{party_id}/bureau-reports": {
        "number": "R1",
        "queried_on": "2026-11-20",
        "open_loans": 0,
        "balance": 0,
        "monthly": 0,
    },
    "post /deals/{number}/application/items/{item_id}/papers": {"name": "a.pdf", "content": "eA=="},
    "post /deals/{number}/application/items/{item_id}/reviews": {"verdict": "accept"},
    "post /deals/{number}/application/flags/{flag_id}/resolution": {"resolution": "x"},
    "post /deals/{number}/application/differences/{difference_id}/acknowledgement": {"paper_id": 1},
    "post /deals/{number}/application/return": {"reason": "x"},
    "post /deals/{number}/application/new-plan": {"reason": "x"},
    "post /deals/{number}/submissions": {"codes": ["jianghe"]},
    "post /deals/{number}/submissions/{submission_id}/answers": {"state": "declined"},
    "post /deals/{number}/submissions/{submission_id}/withdrawal": {"reason": "x"},
}
"""What an operation wants to be sent, so that it is refused for the right reason."""
