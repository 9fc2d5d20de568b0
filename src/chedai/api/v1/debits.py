"""Direct debit: mandates of a loan, batches with what came of each line."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.debit_schemas import DebitOut, DebitWhole, MandateIn, MandateOut
from chedai.api.operations import caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.v1.contracts import person_of
from chedai.book.loans.bulk import debits as desk
from chedai.book.loans.bulk import mandates
from chedai.book.loans.selectors import loan_of_number
from chedai.org.permissions import Permission

router = Router(tags=["loans"])

READ: Permission = "loan.read"
MANDATE: Permission = "loan.mandate"
DEBIT: Permission = "loan.debit"

LoanNumber = Path[Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]]
BatchNumber = Path[Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]]


def _loan(request: HttpRequest, number: str, permission: Permission) -> Any:
    loan = loan_of_number(number)
    caller_of(request).require(permission, store_id=loan.store_id, owner_id=loan.officer_id)
    return loan


@reading(router, "/loans/{number}/mandates", READ, response=list[MandateOut])
def mandates_of(request: HttpRequest, number: LoanNumber) -> Any:
    """The mandates there were, newest first."""
    return mandates.mandates_of(_loan(request, number, READ).pk)


@changing(router, "/loans/{number}/mandates", MANDATE, response=MandateOut, status=201)
def mandate_give(request: HttpRequest, number: LoanNumber, mandate: MandateIn) -> Any:
    """Note a signed mandate; the one before it ends."""
    loan = _loan(request, number, MANDATE)
    return mandates.mandate_give(
        loan_id=loan.pk,
        name=mandate.file.name if mandate.file else "",
        content=mandate.file.read() if mandate.file else b"",
        actor=person_of(request),
        **mandate.model_dump(exclude={"file"}),
    )


@reading(router, "/debits", DEBIT, response=Page[DebitOut])
def debits(request: HttpRequest, cut: Query[Cut]) -> dict[str, Any]:
    """The batches of the stores the caller may debit for, newest first."""
    return page(desk.debits_seen(caller_of(request).access.records(DEBIT)), cut)


@reading(router, "/debits/{number}", DEBIT, response=DebitWhole)
def debit(request: HttpRequest, number: BatchNumber) -> Any:
    """One batch with its lines."""
    found = desk.debit_of_number(number)
    caller_of(request).require(DEBIT, store_id=found.store_id)
    return {"batch": found, "lines": list(desk.lines_of(found))}
