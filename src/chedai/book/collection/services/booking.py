"""The proceeds of a car on its loan, in the loan's own order; booked by somebody else than who sold it."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.book.collection.models import Recovery
from chedai.book.collection.owing import due_today
from chedai.book.collection.services.recovery import recovery_lock
from chedai.book.collection.states import RecoveryState
from chedai.book.loans.models import Loan
from chedai.book.loans.selectors import loan_lock, payoff_quote, standing_rows
from chedai.book.loans.services.receiving import Receipt, loan_prepay, loan_repay, loan_settle_early
from chedai.book.loans.states import LoanStatus
from chedai.engine.life.events import PrepaymentChoice
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed
from chedai.platform.work import record, service

SHORTFALL: Final = PrepaymentChoice.LOWER_INSTALMENT
"""What is still owed after the car keeps its days; the instalments are lower."""

PROCEEDS: Final = "车辆处置款"
"""What the customer's account calls the money, with the number of the recovery."""


@service
def car_book(*, recovery_id: int, actor: Actor) -> Recovery:
    """Another person puts the net proceeds on the loan: what is due in the loan's own order, then principal.

    So from the day of the sale no interest runs on what the car brought, and none chose to pay early: no fee for it.
    What is beyond all principal is held for the interest of the days up to the sale, which falls due with the running
    instalment. Where it covers that as well, the loan is settled at once as of the day of the sale, or of the last
    that was booked of a later day, and what is left waits for its refund to the owner (民法典 413), a date on the list
    of what a settled loan gives back.
    Errors: `NotAllowed` for who sold it; `Conflict` where it is booked or not sold.
    """
    found = recovery_lock(recovery_id)
    if found.state != RecoveryState.SOLD or found.sold_on is None:
        raise Conflict("not-sold", "尚未出售，或已入账", "not sold yet, or booked already")
    if found.sold_by_id == actor.ref:
        raise NotAllowed("seller-books", "卖车与入账不得为同一人", "who sold the car does not book the money")
    net = found.price - found.costs
    if net > 0:
        found.receipt = _put(found, net, found.sold_on, actor).event_id
        _settle_if_covered(found, found.sold_on, actor)
    found.state, found.booked_by_id = RecoveryState.BOOKED, actor.ref
    found.save()
    facts: dict[str, Scalar] = {"recovery": found.pk, "net": net}
    record(actor=actor, action="recovery.booked", subject=f"collection:{found.case_id}", facts=facts)
    return found


def _put(found: Recovery, net: int, on: date, actor: Actor) -> Receipt:
    name, told = f"recovery:{found.pk}", f"{PROCEEDS} {found.pk}"
    loan = loan_lock(found.case.loan_id)
    if _reaches_principal(loan, net, on):
        return loan_prepay(
            loan_id=loan.pk,
            amount=net,
            received_on=on,
            choice=SHORTFALL,
            reference=told,
            actor=actor,
            key=name,
            chosen=False,
        )
    return loan_repay(loan_id=loan.pk, amount=net, received_on=on, reference=told, actor=actor, key=name)


def _settle_if_covered(found: Recovery, on: date, actor: Actor) -> None:
    """Nothing is owed that is not held: the loan ends on the day of the sale, with no further money and no fee.

    Where something was booked of a later day, it ends on that; what is agreed for a day to come ends with nobody here.
    """
    loan, name, told = loan_lock(found.case.loan_id), f"recovery:{found.pk}:settled", f"{PROCEEDS} {found.pk}"
    on = max(on, *(row.on for row in standing_rows(loan.pk)))
    if not _fit(loan) or loan.owed or on > clock.business_date() or payoff_quote(loan, on).payable:
        return
    loan_settle_early(loan_id=loan.pk, amount=0, received_on=on, reference=told, actor=actor, key=name)


def _reaches_principal(loan: Loan, net: int, on: date) -> bool:
    """Whether money beyond what is due repays principal."""
    return _fit(loan) and due_today(loan, on) < net


def _fit(loan: Loan) -> bool:
    return loan.state == LoanStatus.ACTIVE and not loan.quarantine
