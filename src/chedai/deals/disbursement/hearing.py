"""Hearing that a partner lender has paid: its word asks for the payout, one of us confirms it."""

from __future__ import annotations

from typing import Final

from chedai.deals.applications.events import LenderFunded
from chedai.deals.contracts.selectors import contract_document, contract_signed
from chedai.deals.disbursement import selectors
from chedai.deals.disbursement.models import LenderNotice
from chedai.deals.disbursement.services import ACTOR, order_place
from chedai.deals.disbursement.states import Route
from chedai.deals.pipeline.models import Deal
from chedai.deals.pipeline.selectors import deal_lock
from chedai.deals.pipeline.services import deal_turn
from chedai.deals.pipeline.states import Stage, Turn
from chedai.platform import clock
from chedai.platform.audit.entries import Scalar
from chedai.platform.work import record, service

ENTER: Final = "资方已放款，核对并登记放款"
OTHER_AMOUNT: Final = "资方放款金额与合同不符，请核对"
OPEN_LINES: Final = "资方已放款，但放款条件未满足"
UNSIGNED: Final = "资方放款日早于合同签署日，请核对"


@service
def lender_paid_note(event: LenderFunded) -> None:
    """A partner lender says that its money is out.

    By its own message, over the contract's amount, of a day since it was signed and with every condition met, it asks
    for the payout itself: one of us confirms. Else finance is told what is wrong, and a person asks once it is right.
    """
    deal = deal_lock(event.deal_id)
    given = {"deal": deal, "told_at": clock.now(), "amount": event.amount, "paid_on": event.paid_on}
    notice, fresh = LenderNotice.objects.get_or_create(
        submission=event.submission_id, defaults={**given, "reference": event.reference.strip()[:60]}
    )
    if not fresh:
        return
    facts: dict[str, Scalar] = {"submission": event.submission_id, "amount": event.amount or 0}
    record(actor=ACTOR, action="lender.paid", subject=f"deal:{deal.pk}", facts=facts)
    if deal.stage == Stage.DISBURSEMENT:
        _follow(deal, notice)


def _follow(deal: Deal, notice: LenderNotice) -> None:
    """Ask for the payout in the lender's name, or say why that cannot be."""
    contract, step = contract_signed(deal.pk), ENTER
    waits = selectors.payout_of(deal.pk) is not None or selectors.route_of(deal.pk) is not Route.LENDER
    if contract is not None and notice.amount is not None and notice.paid_on is not None:
        if notice.amount != contract.principal:
            step = OTHER_AMOUNT
        elif contract.signed_on is not None and notice.paid_on < contract.signed_on:
            step = UNSIGNED
        elif any(line.blocks for line in selectors.funding_checklist(deal)):
            step = OPEN_LINES
        elif not waits:
            wanted = {part.payee_id: part.amount for part in contract_document(contract).payees}
            order_place(deal, contract, wanted, notice.paid_on, ACTOR)
            return
    deal_turn(deal_id=deal.pk, turn=Turn.FINANCE, next_step=step, actor=ACTOR)
