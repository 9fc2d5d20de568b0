"""Finding advances, what is outstanding, and how each bank stands."""

from __future__ import annotations

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, When

from chedai.book.advances.models import Advance, MarginMove
from chedai.book.advances.rules import Exposure
from chedai.book.advances.states import AdvanceState, MarginKind
from chedai.book.loans.models import Loan
from chedai.book.loans.states import BookKind, LoanStatus
from chedai.catalog.partners.selectors import lenders
from chedai.platform.errors import NotFound


def advances_of(loan_id: int) -> list[Advance]:
    """The advances of a loan, oldest first."""
    return list(Advance.objects.filter(loan_id=loan_id).order_by("paid_on", "pk"))


def waiting_of(loan_id: int) -> list[Advance]:
    """Those that were paid and did not come back in full, oldest first, locked until the transaction ends."""
    paid = Advance.objects.select_for_update(no_key=True, of=("self",)).filter(loan_id=loan_id, state=AdvanceState.PAID)
    return list(paid.filter(recovered__lt=F("amount")).order_by("paid_on", "pk"))


def advance_read(advance_id: int) -> Advance:
    """An advance with its loan and its approval. Errors: `NotFound`."""
    found = Advance.objects.filter(pk=advance_id).select_related("loan", "approval").first()
    if found is None:
        raise NotFound("no-such-advance", "没有这笔垫款", "there is no such advance")
    return found


def advances_seen(records: Q) -> QuerySet[Advance]:
    """The advances `records` (of `loan__store_id`, `loan__officer_id`) leaves to see, with the `lender_name`."""
    found = Advance.objects.filter(records).annotate(
        lender_name=Subquery(lenders().filter(code=OuterRef("lender_code")).values("name")[:1])
    )
    return found.select_related("loan__customer", "loan__store", "by", "proof", "approval")


def margin_of(lender_code: str) -> int:
    """What is put down at a bank."""
    return _margins(MarginMove.objects.filter(lender_code=lender_code)).get(lender_code, 0)


def exposures() -> list[Exposure]:
    """How each bank stands, the largest outstanding first."""
    alive = Loan.objects.filter(book=BookKind.BANK, state=LoanStatus.ACTIVE).values("lender_code")
    loans = {one["lender_code"]: (one["n"], one["total"]) for one in alive.annotate(n=Count("pk"), total=Sum("owed"))}
    paid = Advance.objects.filter(state=AdvanceState.PAID).values("lender_code")
    totals = paid.annotate(out=Sum("amount"), back=Sum("recovered"))
    sums = {one["lender_code"]: (one["out"], one["back"]) for one in totals}
    margins = _margins(MarginMove.objects.all())
    found = [
        Exposure(code, *loans.get(code, (0, 0)), *sums.get(code, (0, 0)), margins.get(code, 0))
        for code in loans.keys() | sums.keys() | margins.keys()
    ]
    return sorted(found, key=lambda one: (-one.outstanding, one.lender_code))


def _margins(moves: QuerySet[MarginMove]) -> dict[str, int]:
    signed = Case(When(kind=MarginKind.DEPOSIT, then=F("amount")), default=-F("amount"))
    rows = moves.values("lender_code").annotate(total=Sum(signed))
    return {row["lender_code"]: row["total"] for row in rows}
