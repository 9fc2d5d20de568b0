"""Loans behind their addresses: in each store a loan of the officer there, with something booked on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chedai.book.loans.models import LoanEvent
from chedai.book.loans.states import Channel, EventKind
from chedai.org.models import Store
from chedai.platform import clock
from tests.security.risk import loan_of

if TYPE_CHECKING:
    from tests.security.holdings import House

Values = dict[str, Any]


def _number(house: House, store: Store) -> Values:
    return {"number": loan_of(house, store).number, "kind": "extension"}


def _event(house: House, store: Store) -> Values:
    loan = loan_of(house, store)
    event, _ = LoanEvent.objects.get_or_create(
        loan=loan,
        seq=1,
        defaults={
            "kind": EventKind.REPAYMENT,
            "on": date(2026, 5, 15),
            "recorded_on": date(2026, 5, 15),
            "amount": 100,
            "channel": Channel.COUNTER,
            "at": clock.now(),
        },
    )
    return {"number": loan.number, "event_id": event.pk}


OF_STORE: Final[dict[str, Callable[[House, Store], Values]]] = {
    **dict.fromkeys(
        (
            "loan",
            "loan_plan",
            "loan_account",
            "loan_payoff",
            "loan_closure",
            "advance_pay",
            "advance_recover",
            "loan_link",
            "loan_unlink",
            "loan_certify",
            "loan_certificate",
            "loan_close",
            "loan_closing_item",
            "loan_refund",
            "loan_repay",
            "loan_prepay",
            "loan_settle",
            "loan_changes",
            "loan_change",
            "loan_heal",
            "loan_watch",
            "loan_class",
        ),
        _number,
    ),
    "loan_reverse": _event,
}
