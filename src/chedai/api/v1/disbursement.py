"""The payout of a deal: its checklist, the request, the release by another person."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.paper_schemas import (
    CheckIn,
    DownPaymentIn,
    OrderOut,
    PartOut,
    PayoutIn,
    PayoutOut,
    ReleaseIn,
    ReturnIn,
)
from chedai.api.schemas import Number
from chedai.api.v1.contracts import person_of
from chedai.api.v1.deals import DealNumber, deal_for
from chedai.deals.disbursement import selectors, services
from chedai.deals.disbursement.states import PayoutState
from chedai.org.permissions import Permission

router = Router(tags=["payouts"])

READ: Permission = "payout.read"
REQUEST: Permission = "payout.request"
RELEASE: Permission = "payout.release"


def _order(order: Any) -> OrderOut:
    parts = [PartOut(payee=one.pk, amount=amount) for one, amount in selectors.parts_of(order.pk)]
    facts = {name: getattr(order, name) for name in OrderOut.model_fields if name != "parts"}
    return OrderOut(**facts, parts=parts)


def _payout(deal: Any) -> dict[str, Any]:
    order = selectors.payout_of(deal.pk)
    return {
        "checklist": list(selectors.funding_checklist(deal)),
        "evidence": selectors.evidence_of(deal.pk),
        "order": _order(order) if order is not None else None,
    }


def _held(request: HttpRequest, payout_id: int, permission: Permission) -> Any:
    order = selectors.payout_read(payout_id)
    caller_of(request).require(permission, store_id=order.deal.store_id, owner_id=order.deal.officer_id)
    return order


@reading(router, "/payouts", READ, response=Page[OrderOut])
def payouts(request: HttpRequest, cut: Query[Cut], state: PayoutState | None = None) -> dict[str, Any]:
    """Payouts the caller may see, newest first."""
    records = caller_of(request).access.records(READ, store="deal__store_id", owner="deal__officer_id")
    found = selectors.payouts_seen(records)
    shown = page(found.filter(state=state) if state else found, cut)
    shown["items"] = [_order(order) for order in shown["items"]]
    return shown


@reading(router, "/deals/{number}/payout", READ, response=PayoutOut)
def payout(request: HttpRequest, number: DealNumber) -> Any:
    """Checklist, proofs and order of a deal."""
    return _payout(deal_for(request, number, READ))


@changing(router, "/deals/{number}/down-payment", REQUEST, response=PayoutOut, status=201)
def down_payment(request: HttpRequest, number: DealNumber, given: DownPaymentIn) -> Any:
    """Hand in the proof of the down payment."""
    deal = deal_for(request, number, REQUEST)
    services.down_payment_prove(
        deal_id=deal.pk,
        amount=given.amount,
        note=given.note,
        name=given.file.name,
        content=given.file.read(),
        actor=person_of(request),
    )
    return _payout(deal)


@changing(router, "/evidence/{item_id}/check", RELEASE, response=PayoutOut)
def evidence(request: HttpRequest, item_id: Path[Number], check: CheckIn) -> Any:
    """A second person accepts a proof, or returns it."""
    item = selectors.evidence_read(item_id)
    caller_of(request).require(RELEASE, store_id=item.deal.store_id, owner_id=item.deal.officer_id)
    services.evidence_check(item_id=item_id, accept=check.accept, reason=check.reason, actor=person_of(request))
    return _payout(item.deal)


@changing(router, "/deals/{number}/payout", REQUEST, response=PayoutOut, status=201)
def ask(request: HttpRequest, number: DealNumber, given: PayoutIn) -> Any:
    """Ask for the payout."""
    deal = deal_for(request, number, REQUEST)
    parts = {one.payee: one.amount for one in given.parts} if given.parts is not None else None
    services.funds_request(deal_id=deal.pk, agreed_on=given.agreed_on, parts=parts, actor=person_of(request))
    return _payout(deal)


@changing(router, "/payouts/{payout_id}/release", RELEASE, response=PayoutOut)
def release(request: HttpRequest, payout_id: Path[Number], given: ReleaseIn) -> Any:
    """Let the money go, as another person than who asked for it."""
    order = _held(request, payout_id, RELEASE)
    services.funds_release(
        payout_id=payout_id,
        digest=given.digest,
        paid_on=given.paid_on,
        reference=given.reference,
        name=given.file.name if given.file else "",
        content=given.file.read() if given.file else b"",
        actor=person_of(request),
    )
    return _payout(order.deal)


@changing(router, "/payouts/{payout_id}/return", RELEASE, response=PayoutOut)
def send_back(request: HttpRequest, payout_id: Path[Number], given: ReturnIn) -> Any:
    """Do not let the money go."""
    order = _held(request, payout_id, RELEASE)
    services.funds_return(payout_id=payout_id, reason=given.reason, actor=person_of(request))
    return _payout(order.deal)
