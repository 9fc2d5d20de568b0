"""Loans behind the operations of the interface: in each store one loan of somebody there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chedai.book.advances.models import Advance
from chedai.book.loans.forms import Agreement
from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.services.opening import loan_enter
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.engine.life import Conventions
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import LoanTerms
from chedai.org.models import Store
from chedai.platform import clock
from chedai.platform.files.services import paper_hand_in
from tests import cast
from tests.security.catalog import CODE

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]
DIGEST: Final = "0" * 64
PAID: Final = {
    "amount": 1,
    "paid_on": "2026-11-20",
    "reason": "instalment",
    "reference": "x",
    "file": {"name": "a.pdf", "content": "JVBERi0xLjQK"},
}


def _loan(house: House, store: Store) -> Loan:
    """A loan of the officer of a store that has really been paid out."""
    by = house.targets[store.pk]
    number = f"L-{store.code}"
    found = Loan.objects.filter(number=number).first()
    if found is not None:
        return found
    actor = cast.acting(by)
    customer = customer_register(kind=CustomerKind.PERSON, name="王芳", store_id=store.pk, owner_id=by.pk, actor=actor)
    terms = LoanTerms(principal=100_000_00, annual_rate=6_000_000, periods=12, disbursed_on=date(2026, 10, 20))
    agreed = Agreement(terms, Conventions(), SettlementFee(), fees_stop=True)
    loan = Loan(number=number, customer=customer, store=store, officer=by, lender_code="own")
    return loan_enter(loan=loan, agreed=agreed, actor=actor)


def _number(house: House, store: Store) -> Values:
    return {"number": _loan(house, store).number}


def _event(house: House, store: Store) -> Values:
    return {"event_id": LoanEvent.objects.filter(loan=_loan(house, store)).latest("seq").pk}


def _advance(house: House, store: Store) -> Values:
    loan, by = _loan(house, store), house.targets[store.pk]
    found = Advance.objects.filter(loan=loan).first()
    if found is None:
        actor, day = cast.acting(by), date(2026, 11, 20)
        proof = paper_hand_in(
            subject=f"customer:{loan.customer_id}",
            purpose="advance",
            name="a.pdf",
            content=b"%PDF-1.4\n" + loan.number.encode(),
            actor=actor,
        )
        found = Advance.objects.create(
            loan=loan,
            lender_code="own",
            amount=1,
            paid_on=day,
            reason="instalment",
            state="paid",
            reference="x",
            proof=proof,
            key=loan.number,
            by=by.user,
            at=clock.now(),
        )
    return {"advance_id": found.pk}


def _closing_item(house: House, store: Store) -> Values:
    return _number(house, store) | {"kind": "lien"}


BODIES: Final[dict[str, Any]] = {
    "post /loans/{number}/repayments": {"amount": 1, "received_on": "2026-11-20"},
    "post /loans/{number}/prepayments": {"amount": 1, "received_on": "2026-11-20", "choice": "shorter_term"},
    "post /loans/{number}/settlement": {"amount": 1, "received_on": "2026-11-20"},
    "post /loans/{number}/changes/preview": {"kind": "extension", "periods": 6},
    "post /loans/{number}/changes": {"kind": "extension", "periods": 6, "digest": DIGEST, "reason": "x"},
    "post /loans/{number}/heal": {"reason": "x"},
    "post /loan-events/{event_id}/reversal": {"reason": "x"},
    "post /loans/{number}/closure/certificate": {},
    "post /loans/{number}/closure/items/{kind}": {"result": "none", "reference": "x"},
    "post /loans/{number}/closure/completion": {},
    "post /loans/{number}/links": {"until": "2026-12-20"},
    "post /loans/{number}/links/revocation": {},
    "post /loans/{number}/refunds": {"amount": 1, "bank": "x", "holder": "x", "account": "62220212345678"},
    "post /loans/{number}/advances": PAID,
    "post /loans/{number}/advance-recoveries": {"amount": 1, "received_on": "2026-11-20", "reference": "x"},
    "post /advances/{advance_id}/withdrawal": {},
    "post /margin-moves": {
        "lender_code": CODE,
        "kind": "deposit",
        "amount": 1,
        "on": "2026-11-20",
        "reference": "x",
    },
}
"""What an operation wants to be sent, so that it is refused for the right reason."""

_READ: Final = (
    "",
    "/open-items",
    "/schedule",
    "/statement",
    "/penalties",
    "/payoff",
    "/changes",
    "/closure",
    "/closure/certificate",
    "/refunds",
    "/links",
)

OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys((key for key in BODIES if "{number}" in key), _number),
    **dict.fromkeys((f"get /loans/{{number}}{rest}" for rest in _READ), _number),
    "post /loan-events/{event_id}/reversal": _event,
    "post /loans/{number}/closure/items/{kind}": _closing_item,
    "post /advances/{advance_id}/withdrawal": _advance,
    "advance_withdraw": _advance,
}
"""A record of a store, of somebody else than who asks."""
