"""Advances to banks and guarantee calls (垫款、代偿): paid, approved, recovered; each bank with its margin."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from chedai.api.closing_schemas import (
    AdvanceIn,
    AdvanceOut,
    ExposureOut,
    MarginIn,
    MarginOut,
    RecoveryIn,
    RecoveryOut,
)
from chedai.api.operations import KEY, caller_of, changing, reading
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import Number
from chedai.api.v1.contracts import person_of
from chedai.book.advances import selectors, services
from chedai.book.advances.states import AdvanceState
from chedai.book.loans.selectors import loan_of_number
from chedai.org.permissions import Permission
from chedai.platform.errors import Refusal

router = Router(tags=["advances"])

READ: Permission = "advance.read"
MAKE: Permission = "advance.make"

LoanNumber = Path[Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]]


def _held(request: HttpRequest, number: str) -> Any:
    loan = loan_of_number(number)
    caller_of(request).require(MAKE, store_id=loan.store_id, owner_id=loan.officer_id)
    return loan


def _key(request: HttpRequest) -> str:
    """The client's key as the entry keeps it: two callers may use the same one."""
    return f"{caller_of(request).actor.key}:{request.headers[KEY]}"


@reading(router, "/advances", READ, response=Page[AdvanceOut])
def advances(request: HttpRequest, cut: Query[Cut], state: AdvanceState | None = None) -> dict[str, Any]:
    """Advances the caller may see, newest first."""
    records = caller_of(request).access.records(READ, store="loan__store_id", owner="loan__officer_id")
    found = selectors.advances_seen(records)
    return page(found.filter(state=state) if state else found, cut)


@reading(router, "/advances/banks", READ, response=list[ExposureOut])
def banks(request: HttpRequest) -> Any:
    """How each bank stands, the largest outstanding first."""
    return selectors.exposures()


@changing(router, "/loans/{number}/advances", MAKE, response=AdvanceOut, status=201)
def make(request: HttpRequest, number: LoanNumber, given: AdvanceIn) -> Any:
    """Book an advance or a guarantee that was called; above the policy's amount another person approves it first."""
    loan = _held(request, number)
    said = given.model_dump(exclude={"file"})
    return services.advance_make(
        loan_id=loan.pk,
        name=given.file.name,
        content=given.file.read(),
        actor=person_of(request),
        key=_key(request),
        **said,
    )


@changing(router, "/loans/{number}/advance-recoveries", MAKE, response=RecoveryOut, status=201)
def recover(request: HttpRequest, number: LoanNumber, given: RecoveryIn) -> Any:
    """Book what came back for the advances of a loan."""
    loan = _held(request, number)
    stated = {one.advance: one.amount for one in given.parts} if given.parts is not None else None
    if stated is not None and given.parts is not None and len(stated) != len(given.parts):
        raise Refusal("part-twice", "同一笔垫款只能出现一次", "an advance stands once among the parts", field="parts")
    made = services.advance_recover(
        loan_id=loan.pk,
        amount=given.amount,
        received_on=given.received_on,
        reference=given.reference,
        stated=stated,
        actor=person_of(request),
        key=_key(request),
    )
    parts = [{"advance": one.advance_id, "amount": one.amount} for one in made.parts.order_by("pk")]
    return {name: getattr(made, name) for name in ("id", "amount", "received_on", "reference")} | {"parts": parts}


@changing(router, "/advances/{advance_id}/withdrawal", MAKE, response=AdvanceOut)
def withdraw(request: HttpRequest, advance_id: Path[Number]) -> Any:
    """Take back an advance that waits for its approval; only who asked for it."""
    found = selectors.advance_read(advance_id)
    caller_of(request).require(MAKE, store_id=found.loan.store_id, owner_id=found.loan.officer_id)
    return services.advance_withdraw(advance_id=found.pk, actor=person_of(request))


@changing(router, "/margin-moves", MAKE, response=MarginOut, status=201)
def margin(request: HttpRequest, given: MarginIn) -> Any:
    """Put margin down at a bank, or take it back."""
    return services.margin_move(actor=person_of(request), key=_key(request), **given.model_dump())
