"""The end of a loan: customers who ask to settle, the certificate, what goes back, and closing it."""

import base64
import hashlib
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.closing_schemas import (
    AskOut,
    ClosingItemIn,
    ClosureOut,
    ClosureWhole,
    LoanLinkIn,
    LoanLinkMade,
    LoanLinkOut,
    RefundIn,
    RefundOut,
)
from chedai.api.operations import KEY, caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.paper_schemas import FileOut
from chedai.api.v1.contracts import person_of
from chedai.book.closing import selectors
from chedai.book.closing.links import loan_link_make, loan_link_revoke
from chedai.book.closing.services import certificate_issue, closure_complete, closure_item_drop, closure_item_finish
from chedai.book.closing.states import ClosingItem, ClosureState
from chedai.book.loans.selectors import loan_of_number
from chedai.book.refunds.rules import Payee
from chedai.book.refunds.selectors import refunds_of
from chedai.book.refunds.services import refund_ask
from chedai.org.permissions import Permission
from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.platform.files.selectors import paper_content

router = Router(tags=["closing"])

READ: Permission = "loan.read"
CERTIFY: Permission = "loan.certify"
CLOSE: Permission = "loan.close"
REFUND: Permission = "loan.refund"
LINK: Permission = "loan.link"
STORE, OFFICER = "loan__store_id", "loan__officer_id"

LoanNumber = Path[Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]]


def _held(request: HttpRequest, number: str, right: Permission) -> Any:
    loan = loan_of_number(number)
    caller_of(request).require(right, store_id=loan.store_id, owner_id=loan.officer_id)
    return loan


def _closure(loan: Any) -> Any:
    found = selectors.closure_of(loan.pk)
    if found is None:
        raise Refusal("not-settled", "贷款还没有结清", "the loan is not settled yet")
    return found


def _whole(loan: Any) -> dict[str, Any]:
    found = _closure(loan)
    return {"closure": found, "items": selectors.items_of(found.pk)}


@reading(router, "/settlement-asks", READ, response=Page[AskOut])
def asks(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """Customers' wishes to settle that wait for finance, newest first."""
    return page(selectors.asks_waiting(caller_of(request).access.records(READ, store=STORE, owner=OFFICER)), cut)


@reading(router, "/closures", READ, response=Page[ClosureOut])
def closures(request: HttpRequest, cut: Query[Cut], state: ClosureState | None = None) -> dict[str, Any]:
    """Settled loans and how far their end is, newest first."""
    found = selectors.closures_seen(caller_of(request).access.records(READ, store=STORE, owner=OFFICER))
    return page(found.filter(state=state) if state else found, cut)


@reading(router, "/loans/{number}/closure", READ, response=ClosureWhole)
def closure(request: HttpRequest, number: LoanNumber) -> Any:
    """The end of a loan, with what goes back to the customer."""
    return _whole(_held(request, number, READ))


@changing(router, "/loans/{number}/closure/certificate", CERTIFY, response=ClosureWhole, status=201)
def certify(request: HttpRequest, number: LoanNumber) -> Any:
    """Issue the settlement certificate, once."""
    loan = _held(request, number, CERTIFY)
    certificate_issue(closure_id=_closure(loan).pk, actor=person_of(request))
    return _whole(loan)


@reading(router, "/loans/{number}/closure/certificate", READ, response=FileOut)
def certificate(request: HttpRequest, number: LoanNumber) -> Any:
    """The certificate as PDF."""
    found = _closure(_held(request, number, READ))
    if found.certificate_id is None:
        raise Refusal("no-such-paper", "还没有结清证明", "there is no certificate yet")
    kept, content = paper_content(found.certificate_id)
    encoded = base64.b64encode(content).decode()
    return FileOut(media_type=kept.media_type, sha256=hashlib.sha256(content).hexdigest(), content=encoded)


@changing(router, "/loans/{number}/closure/items/{kind}", CLOSE, response=ClosureWhole)
def item(request: HttpRequest, number: LoanNumber, kind: ClosingItem, given: ClosingItemIn) -> Any:
    """The lien is released, the device is out, the papers are handed over (they leave custody); or there was none."""
    loan = _held(request, number, CLOSE)
    one = next((i for i in selectors.items_of(_closure(loan).pk) if i.kind == kind), None)
    if one is None:
        raise Refusal("no-such-item", "没有这个结清事项", "there is no such item")
    if given.result == "none":
        closure_item_drop(item_id=one.pk, reason=given.reference, actor=person_of(request))
    else:
        day = given.done_on or clock.business_date()
        closure_item_finish(item_id=one.pk, reference=given.reference, done_on=day, actor=person_of(request))
    return _whole(loan)


@changing(router, "/loans/{number}/closure/completion", CLOSE, response=ClosureWhole)
def complete(request: HttpRequest, number: LoanNumber) -> Any:
    """Everything is given back: the loan is closed."""
    loan = _held(request, number, CLOSE)
    closure_complete(closure_id=_closure(loan).pk, actor=person_of(request))
    return _whole(loan)


@reading(router, "/loans/{number}/links", LINK, response=list[LoanLinkOut])
def links(request: HttpRequest, number: LoanNumber) -> Any:
    """The links ever made for the customer of a loan, newest first, without their tokens."""
    return selectors.links_of(_held(request, number, LINK).pk)


@changing(router, "/loans/{number}/links", LINK, response=LoanLinkMade, status=201)
def link(request: HttpRequest, number: LoanNumber, given: LoanLinkIn) -> Any:
    """Make the link by which a customer sees the loan and asks to settle it; the one before no longer opens."""
    loan = _held(request, number, LINK)
    made, token = loan_link_make(loan_id=loan.pk, until=given.until, actor=person_of(request))
    return LoanLinkMade(id=made.pk, token=token, path=reverse("my_loan", args=[token]), expires_at=made.expires_at)


@changing(router, "/loans/{number}/links/revocation", LINK, response=LoanLinkOut)
def unlink(request: HttpRequest, number: LoanNumber) -> Any:
    """Take the customer's link back at once."""
    loan = _held(request, number, LINK)
    newest = next(iter(selectors.links_of(loan.pk)), None)
    if newest is None:
        raise Refusal("no-such-link", "还没有发过链接", "no link was made yet")
    loan_link_revoke(link_id=newest.pk, actor=person_of(request))
    return selectors.links_of(loan.pk)[0]


@reading(router, "/loans/{number}/refunds", READ, response=list[RefundOut])
def refunds(request: HttpRequest, number: LoanNumber) -> Any:
    """The refunds of a loan's credit, newest first."""
    return refunds_of(_held(request, number, READ).pk)


@changing(router, "/loans/{number}/refunds", REFUND, response=RefundOut, status=201)
def refund(request: HttpRequest, number: LoanNumber, given: RefundIn) -> Any:
    """Ask to pay the credit of a settled loan back to who paid it; another person approves."""
    loan = _held(request, number, REFUND)
    payee = Payee(**given.model_dump(exclude={"amount"}))
    key = f"{caller_of(request).actor.key}:{request.headers[KEY]}"
    return refund_ask(loan_id=loan.pk, amount=given.amount, payee=payee, actor=person_of(request), key=key)
