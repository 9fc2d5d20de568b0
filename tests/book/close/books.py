"""A small mixed book for the tests of the close: loans put on it and paid by the rooms' own rebuild."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chedai.book.ledger.kinds import EntryKind
from chedai.book.loans.forms import form_body, form_keep
from chedai.book.loans.history import body_of, kind_of
from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.selectors import loan_lock, rows_of
from chedai.book.loans.working import Moved, loan_rebuild
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.engine.accrual import PenaltyTerms
from chedai.engine.life import Conventions
from chedai.engine.life.events import BaseEvent, Disbursement, Repayment
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import LoanTerms
from chedai.platform import clock
from chedai.platform.actors import system
from chedai.platform.work import work
from tests import cast

BEGIN: Final = date(2026, 1, 5)
CLOSER: Final = system("close")
PENALTY: Final = PenaltyTerms(rate=10_800_000)


@dataclass(frozen=True, slots=True)
class House:
    """Whom every loan of the small book belongs to."""

    customer: int
    store: int
    officer: int


def house() -> House:
    """A store, an officer and a customer."""
    store = cast.store()
    officer = cast.person("lin", "林晓", store, "officer")
    customer = customer_register(
        kind=CustomerKind.PERSON, name="张三", store_id=store.pk, owner_id=officer.pk, actor=cast.acting(officer)
    )
    return House(customer.pk, store.pk, officer.pk)


def loan_put(house: House, terms: LoanTerms, conventions: Conventions | None = None) -> Loan:
    """A loan on the book from its payout on, as of the day of the payout."""
    conventions = conventions or Conventions(penalty=PENALTY)
    with work():
        loan = Loan.objects.create(
            number=f"CD202601-{Loan.objects.count() + 1:04}-L",
            customer_id=house.customer,
            store_id=house.store,
            officer_id=house.officer,
            lender_code="OWN",
            form=form_keep(form_body(terms, conventions, SettlementFee())),
            principal=terms.principal,
            annual_rate=terms.annual_rate,
            periods=terms.periods,
            disbursed_on=terms.disbursed_on,
            first_due=terms.first_due or terms.disbursed_on,
            due_day=0,
            owed=terms.principal,
            plan_version=0,
        )
        paid_out = Disbursement(on=terms.disbursed_on, amount=terms.principal)
        _rebuild(loan.pk, paid_out, terms.disbursed_on, Moved(EntryKind.PAYOUT, -terms.principal))
    loan.refresh_from_db()
    return loan


def happen(loan_id: int, event: BaseEvent, day: date) -> None:
    """Something happens to a loan, booked on `day`."""
    cash = event.amount if isinstance(event, Repayment) else 0
    with work():
        _rebuild(loan_id, event, day, Moved(EntryKind.REPAYMENT if cash else EntryKind.RESTRUCTURE, cash))


def _rebuild(loan_id: int, event: BaseEvent, day: date, moved: Moved) -> None:
    loan = loan_lock(loan_id)
    held = rows_of(loan_id)
    loan.last_seq += 1
    row = LoanEvent.objects.create(
        loan=loan,
        seq=loan.last_seq,
        kind=kind_of(event),  # type: ignore[arg-type]
        on=event.on,
        recorded_on=day,
        amount=getattr(event, "amount", 0),
        body=body_of(event),  # type: ignore[arg-type]
        channel="counter",
        at=clock.now(),
    )
    loan_rebuild(loan, booked=held, rows=[*held, row], day=day, moved=moved, actor=CLOSER)


def random_terms(chance: random.Random) -> LoanTerms:
    """Terms of a loan paid out in the month before the book begins, so that it soon falls due."""
    return LoanTerms(
        principal=chance.randrange(3_000_000, 20_000_000, 100),
        annual_rate=chance.choice([4_990_000, 7_200_000, 12_000_000]),
        periods=chance.choice([3, 6, 12]),
        disbursed_on=BEGIN - timedelta(chance.randrange(22, 31)),
        due_day=chance.choice([None, None, 29, 31]),
    )
