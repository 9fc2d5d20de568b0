"""Contract, security and payout behind their addresses: in each store a deal of somebody there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.deals.collateral.models import CollateralItem
from chedai.deals.contracts.models import Contract, CostStatement
from chedai.deals.contracts.services.clauses import clauses_ship
from chedai.deals.disbursement.models import FundingItem, PayoutOrder
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.services import deal_open
from chedai.deals.pipeline.states import Mode
from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.files.services import paper_hand_in
from tests import cast

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]
FILE: Final = {"name": "a.pdf", "content": "JVBERi0xLjQK"}
DIGEST: Final = "0" * 64


def _deal(house: House, store: Store, what: str = "合同") -> Deal:
    """A deal of the officer of a store; how far its paper is, is no matter of rights."""
    by = house.targets[store.pk]
    found = Deal.objects.filter(officer=by, vehicle=what).first()
    if found is None:
        actor = cast.acting(by)
        of = {"store_id": store.pk, "owner_id": by.pk, "actor": actor}
        customer = customer_register(kind=CustomerKind.PERSON, name="王芳", **of)
        found = deal_open(
            customer_id=customer.pk,
            store_id=store.pk,
            mode=Mode.OWN_BOOK,
            officer_id=by.pk,
            vehicle=what,
            actor=actor,
        )
    return found


def _number(house: House, store: Store) -> Values:
    return {"number": _deal(house, store).number, "kind": "statement"}


def _payout(house: House, store: Store) -> PayoutOrder:
    """A payout that waits, with as little behind it as there can be."""
    deal, by, now = _deal(house, store, "放款"), house.targets[store.pk].user, clock.now()
    found = PayoutOrder.objects.filter(deal=deal).first()
    if found is not None:
        return found
    actor = cast.acting(house.targets[store.pk])
    content = b"%PDF-1.4\n" + deal.number.encode()
    paper = paper_hand_in(subject=f"deal:{deal.pk}", purpose="x", name="x.pdf", content=content, actor=actor)
    kept: dict[str, Any] = {"deal": deal, "version": 1, "document": b"{}", "digest": DIGEST, "principal": 1}
    statement = CostStatement.objects.create(
        **kept,
        plan_digest=DIGEST,
        nominal_rate=0,
        effective_rate=0,
        reading_seconds=1,
        paper=paper,
        made_at=now,
        made_by="person:1",
    )
    contract = Contract.objects.create(
        **kept,
        statement=statement,
        number=f"{deal.number}-H1",
        annual_rate=0,
        periods=1,
        draft=paper,
        drafted_at=now,
        drafted_by="person:1",
    )
    FundingItem.objects.create(
        deal=deal, code="down_payment", state="handed_in", paper=paper, handed_in_by=by, handed_in_at=now
    )
    CollateralItem.objects.create(deal=deal, kind="lien", owner=house.targets[store.pk], days=30)
    return PayoutOrder.objects.create(
        deal=deal,
        contract=contract,
        number=f"{deal.number}-F1",
        route="own",
        amount=1,
        agreed_on=clock.business_date(),
        digest=DIGEST,
        requested_by=by,
        requested_at=now,
    )


def _payout_number(house: House, store: Store) -> Values:
    return {"payout_id": _payout(house, store).pk}


def _evidence(house: House, store: Store) -> Values:
    return {"item_id": FundingItem.objects.get(deal=_payout(house, store).deal).pk}


def _item(house: House, store: Store) -> Values:
    return {"item_id": CollateralItem.objects.get(deal=_payout(house, store).deal).pk}


def _paid(house: House, store: Store) -> Values:
    """The deal whose payout waits: its accounts and its proof have an address."""
    return {"number": _payout(house, store).deal.number, "kind": "lien"}


SCREENS: Final = (
    "deal_contract", "deal_statement", "statement_make", "statement_decline", "contract_file", "contract_payees",
    "contract_payees_check", "contract_promise", "contract_promise_strike", "contract_draft", "contract_hand_in",
    "contract_check", "contract_amend", "deal_payout", "payout_down_payment", "payout_evidence", "payout_request",
    "payout_release", "payout_return", "payout_file", "deal_after", "deal_loan", "after_insurance",
    "after_insurance_withdraw",
)  # fmt: skip

BODIES: Final[dict[str, Any]] = {
    "post /deals/{number}/statement": {},
    "post /deals/{number}/statement/opening": {},
    "post /deals/{number}/statement/confirmation": {"digest": DIGEST, "file": FILE},
    "post /deals/{number}/statement/refusal": {"reason": "x"},
    "put /deals/{number}/payees": {
        "accounts": [{"role": "dealer", "holder": "x", "bank": "x", "account": "6222020200012345678", "amount": 1}]
    },
    "post /deals/{number}/payees/check": {"accept": True},
    "post /deals/{number}/promises": {"kind": "fee", "text": "x", "promised_on": "2026-11-20", "by": "N1"},
    "post /deals/{number}/contract": {"vin": "LFV2A21K8A3000001", "agreed_on": "2026-11-20"},
    "post /deals/{number}/contract/signed-paper": {"signed_on": "2026-11-20", "file": FILE},
    "post /deals/{number}/contract/check": {"accept": True, "sha256": DIGEST},
    "post /deals/{number}/amendments": {"change": "term", "after": "x", "reason": "x"},
    "post /deals/{number}/insurance": {
        "cover": "compulsory",
        "insurer": "x",
        "number": "x",
        "starts": "2026-11-20",
        "ends": "2027-11-19",
    },
    "post /collateral/{item_id}/done": {"reference": "x", "done_on": "2026-11-20", "file": FILE},
    "post /deals/{number}/down-payment": {"amount": 1, "file": FILE},
    "post /evidence/{item_id}/check": {"accept": True},
    "post /deals/{number}/payout": {"agreed_on": "2026-11-20"},
    "post /payouts/{payout_id}/release": {"digest": DIGEST, "paid_on": "2026-11-20", "reference": "x"},
    "post /payouts/{payout_id}/return": {"reason": "x"},
}
"""What an operation wants to be sent, so that it is refused for the right reason."""

OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys(SCREENS, _number),
    **dict.fromkeys((key for key in BODIES if "{number}" in key), _number),
    "after_done": _paid,
    "get /deals/{number}/paper": _number,
    "get /deals/{number}/paper/{kind}": _number,
    "get /deals/{number}/collateral": _number,
    "get /deals/{number}/payout": _paid,
    "post /collateral/{item_id}/done": _item,
    "post /evidence/{item_id}/check": _evidence,
    "post /payouts/{payout_id}/release": _payout_number,
    "post /payouts/{payout_id}/return": _payout_number,
}
"""A record of a store, of somebody else than who asks."""


def _clause(house: House) -> Values:
    clauses_ship(actor=system("test"))
    return {"code": "loan"}


OF_HOUSE: Final[dict[str, Callable[[House], Values]]] = {"clause": _clause}
"""A clause holds for the whole group."""
