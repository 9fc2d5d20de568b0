"""The proceeds of a car on its loan, in the loan's own order; booked by somebody else than who sold it."""

from __future__ import annotations

from chedai.book.collection.models import Recovery
from chedai.book.collection.services.recovery import recovery_lock
from chedai.book.collection.states import RecoveryState
from chedai.book.loans.services.receiving import loan_repay
from chedai.book.loans.states import Channel
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, NotAllowed
from chedai.platform.work import record, service


@service
def car_book(*, recovery_id: int, actor: Actor) -> Recovery:
    """Another person puts the net proceeds on the loan, as a receipt in the loan's own order; beyond it, a credit.

    Errors: `NotAllowed` for who sold it; `Conflict` where it is booked or not sold.
    """
    found = recovery_lock(recovery_id)
    if found.state != RecoveryState.SOLD or found.sold_on is None:
        raise Conflict("not-sold", "尚未出售，或已入账", "not sold yet, or booked already")
    if found.sold_by_id == actor.ref:
        raise NotAllowed("seller-books", "卖车与入账不得为同一人", "who sold the car does not book the money")
    net = found.price - found.costs
    if net > 0:
        receipt = loan_repay(
            loan_id=found.case.loan_id,
            amount=net,
            received_on=found.sold_on,
            channel=Channel.COUNTER,
            reference=f"recovery:{found.pk}",
            actor=actor,
            key=f"recovery:{found.pk}",
        )
        found.receipt = receipt.event_id
    found.state, found.booked_by_id = RecoveryState.BOOKED, actor.ref
    found.save()
    facts: dict[str, Scalar] = {"recovery": found.pk, "net": net}
    record(actor=actor, action="recovery.booked", subject=f"collection:{found.case_id}", facts=facts)
    return found
