"""Direct debit behind its addresses: in each store a batch of a loan there with its mandate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chedai.book.loans.bulk.models import DebitBatch, DebitLine, DebitMandate
from chedai.org.models import Store
from chedai.platform import clock
from tests.security.risk import loan_of

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]
_DAY: Final = date(2026, 10, 2)


def _loan(house: House, store: Store) -> Values:
    return {"number": loan_of(house, store).number}


def _mandate(house: House, store: Store) -> Values:
    loan = loan_of(house, store)
    held, _ = DebitMandate.objects.get_or_create(
        loan=loan,
        defaults={
            "bank": "城东银行",
            "holder": "陈",
            "account": "62170001",
            "agreed_on": _DAY,
            "made_at": clock.now(),
        },
    )
    return {"number": loan.number, "mandate_id": held.pk}


def _batch(house: House, store: Store) -> Values:
    held = _mandate(house, store)
    facts = {"store": store, "state": "sent", "count": 1, "total": 1, "made_at": clock.now()}
    batch, made = DebitBatch.objects.get_or_create(number=f"DK{store.pk}", day=_DAY, defaults=facts)
    if made:
        loan = loan_of(house, store)
        DebitLine.objects.create(batch=batch, n=1, loan=loan, mandate_id=held["mandate_id"], amount=1)
    return {"number": batch.number}


OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys(("debit", "debit_send", "debit_drop", "debit_take"), _batch),
    **dict.fromkeys(("loan_debit", "loan_mandate"), _loan),
    "loan_mandate_end": _mandate,
    "loan_mandate_paper": _mandate,
    "get /debits/{number}": _batch,
    "get /loans/{number}/mandates": _loan,
    "post /loans/{number}/mandates": _loan,
}
BODIES: Final[dict[str, Any]] = {
    "post /loans/{number}/mandates": {
        "bank": "城东银行",
        "holder": "陈",
        "account": "62170001",
        "agreed_on": _DAY.isoformat(),
    },
}
