"""A loan stands on the book from the day its money went out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from chedai.book.ledger.kinds import EntryKind
from chedai.book.loans.events import LoanOpened
from chedai.book.loans.forms import Agreement, form_body, form_keep
from chedai.book.loans.models import Loan, Plan
from chedai.book.loans.noting import event_note, loan_record
from chedai.book.loans.plans import PlanRows, anchor_day, pack
from chedai.book.loans.rules import refusal_of
from chedai.book.loans.services.keeping import rebuilt
from chedai.book.loans.states import BookKind
from chedai.book.loans.working import Moved
from chedai.catalog.partners.selectors import lender_of
from chedai.deals.contracts.documents import ContractDocument
from chedai.deals.contracts.plans import plan_in_hand
from chedai.deals.contracts.selectors import contract_document
from chedai.deals.disbursement.events import FundsReleased
from chedai.deals.disbursement.models import PayoutOrder
from chedai.deals.disbursement.selectors import payout_read
from chedai.deals.quotes.frozen import FrozenPlan
from chedai.engine.accrual import PenaltyTerms, penalty_rate
from chedai.engine.errors import EngineError
from chedai.engine.life import Conventions, PayoffInterest
from chedai.engine.life.events import Charge, ChargeKind, Disbursement
from chedai.engine.rates import When
from chedai.engine.schedule import schedule
from chedai.engine.terms import LoanTerms
from chedai.engine.waterfall import COMPONENTS, Component
from chedai.platform import clock
from chedai.platform.actors import Actor, system
from chedai.platform.errors import Refusal
from chedai.platform.policies.selectors import book_in_force
from chedai.platform.work import emit, service

ACTOR = system("loans")


@service
def loan_open_on_payout(event: FundsReleased) -> None:
    """The money of a deal is out: its loan opens."""
    order = payout_read(event.payout_id)
    loan_open(payout=order, actor=ACTOR)


@service
def loan_open(*, payout: PayoutOrder, actor: Actor) -> Loan:
    """Open the loan of a payout: on our book with its plan and its entry in the ledger, on a bank's with its plan.

    Terms are those of the plan in hand, days those of the contract; the order of payment and the penalty rate are the
    policies of the day. Errors: `Refusal` for a deal that was paid in cash.
    """
    deal, plan = payout.deal, plan_in_hand(payout.deal_id)
    document = contract_document(payout.contract)
    paid_on = payout.paid_on or clock.business_date()
    if plan.terms is None:
        raise Refusal("cash-plan", "全款方案没有贷款", "a deal in cash has no loan")
    own = lender_of(plan.lender_code).own_book
    loan = Loan(
        number=f"{deal.number}-L",
        deal=deal,
        book=BookKind.OWN if own else BookKind.BANK,
        customer_id=deal.customer_id,
        store_id=deal.store_id,
        officer_id=deal.officer_id,
        lender_code=plan.lender_code,
        product_code=plan.product_code,
        product_version=plan.product_version,
        vehicle_id=document.vehicle_id,
    )
    terms = replace(plan.terms, disbursed_on=paid_on)
    agreed = Agreement(terms, conventions_on(plan, paid_on), plan.settlement_rule, plan.fees_stop)
    if own:
        return loan_enter(loan=loan, agreed=agreed, fees=_fees(plan, terms), actor=actor)
    return loan_watch(loan=loan, agreed=agreed, document=document, actor=actor)


@service
def loan_enter(*, loan: Loan, agreed: Agreement, actor: Actor, fees: Sequence[tuple[date, int]] = ()) -> Loan:
    """Put a loan on our own book: its form, payout, plan and entry in the ledger. `fees` come with instalments.

    `loan` holds who and where; its figures are filled in from what was agreed. Errors: `Refusal` for terms without a
    plan.
    """
    _fill(loan, agreed)
    rows = [event_note(loan, Disbursement(on=loan.disbursed_on, amount=loan.principal), actor=actor)]
    for due, fee in fees:
        charge = Charge(on=loan.disbursed_on, kind=ChargeKind.FEE, amount=fee, due_on=due)
        rows.append(event_note(loan, charge, actor=actor))
    rebuilt(loan, rows, [], moved=Moved(EntryKind.PAYOUT, -loan.principal), actor=actor)
    return _opened(loan, actor)


@service
def loan_watch(*, loan: Loan, agreed: Agreement, document: ContractDocument, actor: Actor) -> Loan:
    """Put a bank's loan beside our book: the schedule of the contract for the watch list, nothing in the ledger."""
    _fill(loan, agreed)
    rows = document.schedule
    columns = [[row.principal for row in rows], [row.interest for row in rows], [row.fee for row in rows]]
    due = np.array([row.due.toordinal() for row in rows], dtype=np.int32)
    plan = PlanRows(due, *(np.array(one, dtype=np.int64) for one in columns))
    loan.first_due, loan.due_day = rows[0].due, anchor_day(plan.due)
    Plan.objects.create(loan=loan, version=1, due_day=loan.due_day, from_day=loan.disbursed_on, packed=pack(plan))
    loan.save(update_fields=["first_due", "due_day"])
    return _opened(loan, actor)


def _fill(loan: Loan, agreed: Agreement) -> None:
    terms = agreed.terms
    try:
        first_due = schedule(terms).rows[0].due
    except EngineError as error:
        raise refusal_of(error) from error
    loan.form = form_keep(form_body(terms, agreed.conventions, agreed.fee, fees_stop=agreed.fees_stop))
    loan.principal, loan.owed = terms.principal, terms.principal
    loan.annual_rate, loan.periods = terms.annual_rate, terms.periods
    loan.disbursed_on, loan.first_due, loan.due_day = terms.disbursed_on, terms.first_due or first_due, 0
    loan.save()


def _opened(loan: Loan, actor: Actor) -> Loan:
    loan_record(loan, "loan.opened", {"principal": loan.principal, "book": str(loan.book)}, actor)
    emit(LoanOpened(loan.pk))
    return loan


def conventions_on(plan: FrozenPlan, day: date) -> Conventions:
    """How a loan of our own book is counted: contract interest stands, a payoff owes it to the day (民法典 677).

    The order of payment is that of the contract however late the loan is (民法典 561 leaves it to the contract, whose
    clause `default` names it). Principal first beyond 90 days is a convention of banks, and not of our contract.
    """
    book = book_in_force()
    order = book.in_force("allocation.convention.up_to_90_days", day).value
    allocation = tuple(Component(str(name)) for name in order) if isinstance(order, tuple) else COMPONENTS
    markup = book.in_force("paper.overdue_markup", day).rate
    return Conventions(
        allocation=allocation,
        penalty=PenaltyTerms(rate=penalty_rate(plan.annual_rate, markup)),
        payoff_interest=PayoffInterest.ACCRUED,
    )


def _fees(plan: FrozenPlan, terms: LoanTerms) -> list[tuple[date, int]]:
    """The fees of each instalment with its due day."""
    periodic = sum(fee.each for fee in plan.fees if fee.when is When.PERIODIC)
    first = sum(fee.each for fee in plan.fees if fee.when is When.FIRST_INSTALMENT)
    rows = schedule(terms).rows
    fees = [(row.due, periodic * (row.n > 0) + first * (row.n == 1)) for row in rows]
    return [(due, fee) for due, fee in fees if fee]
