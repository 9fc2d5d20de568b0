"""A deal that was paid out has its loan: on our book with plan and ledger, on a bank's to be watched."""

from __future__ import annotations

import pytest

from chedai.book.ledger.balances import account_balance
from chedai.book.ledger.models import JournalEntry
from chedai.book.loans import selectors
from chedai.book.loans.forms import agreement_of
from chedai.book.loans.models import Loan, LoanEvent, Plan
from chedai.book.loans.plans import unpack
from chedai.book.loans.services.receiving import loan_repay
from chedai.deals.applications.events import LenderFunded
from chedai.deals.contracts.selectors import contract_document
from chedai.platform import clock
from chedai.platform.audit.models import AuditEntry
from chedai.platform.errors import Conflict
from chedai.platform.work import emit, work
from tests.deals.papering import approved, papered, ready
from tests.deals.quoting import shelf
from tests.support.ground import begins_with, given

pytestmark = [
    pytest.mark.django_db,
    begins_with(shelf, papered, ready),
    pytest.mark.usefixtures("held_clock"),
]


def test_the_payout_of_our_own_money_opens_the_loan_with_its_plan_and_its_entry() -> None:
    papering = given(ready)
    papering.request()
    papering.release()
    loan = selectors.loan_of_deal(papering.deal.pk)
    assert loan is not None
    plan, document = papering.plan, contract_document(papering.contract)
    assert (loan.book, loan.number, loan.principal) == ("own", f"{papering.deal.number}-L", plan.principal)
    assert (loan.owed, loan.vehicle_id) == (plan.principal, papering.vehicle.pk)
    assert loan.first_due == document.schedule[0].due
    rows = unpack(bytes(Plan.objects.get(loan=loan).packed))
    assert [(due, p, i, f) for due, p, i, f in zip(*(column.tolist() for column in rows), strict=True)] == [
        (row.due.toordinal(), row.principal, row.interest, row.fee) for row in document.schedule
    ]
    agreed = agreement_of(loan)
    assert agreed.fee == plan.settlement_rule
    assert agreed.conventions.penalty is not None
    assert agreed.conventions.penalty.rate == plan.annual_rate * 3 // 2
    assert account_balance("1301", clock.business_date()) == plan.principal
    assert JournalEntry.objects.get().subject == f"loan:{loan.pk}"
    assert AuditEntry.objects.filter(action="loan.opened", subject=f"deal:{papering.deal.pk}").count() == 1


@begins_with(shelf)
def test_a_loan_of_a_bank_has_the_plan_of_the_contract_and_no_postings() -> None:
    papering = approved(own=False).ready()
    with work():
        emit(LenderFunded(papering.deal.pk, 71))
    papering.request()
    papering.release(content=b"")
    loan = Loan.objects.get()
    document = contract_document(papering.contract)
    assert (loan.book, loan.first_due) == ("bank", document.schedule[0].due)
    assert unpack(bytes(Plan.objects.get(loan=loan).packed)).due.size == len(document.schedule)
    assert (LoanEvent.objects.count(), JournalEntry.objects.count()) == (0, 0)
    with pytest.raises(Conflict) as refused:
        loan_repay(loan_id=loan.pk, amount=1, received_on=clock.business_date(), actor=papering.money, key="k")
    assert refused.value.code == "bank-book"
