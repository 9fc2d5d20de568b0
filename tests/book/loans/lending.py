"""A loan of our own book for the tests, without the road of a deal: 100,000.00 at 6 % over 36 months."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import count

from chedai.book.ledger.balances import account_balance, trial_balance
from chedai.book.loans import selectors
from chedai.book.loans.forms import Agreement
from chedai.book.loans.models import Loan, LoanEvent, OpenItem
from chedai.book.loans.services.opening import loan_enter
from chedai.book.loans.services.receiving import Receipt, loan_repay
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.services import customer_register
from chedai.engine.accrual import PenaltyTerms
from chedai.engine.life import Conventions, PayoffInterest
from chedai.engine.settlement import SettlementFee
from chedai.engine.terms import LoanTerms
from chedai.engine.waterfall import Component
from chedai.org.models import Staff
from chedai.platform import clock
from chedai.platform.actors import Actor
from tests import cast

OUT = date(2025, 4, 10)
TERMS = LoanTerms(principal=100_000_00, annual_rate=6_000_000, periods=36, disbursed_on=OUT)
INSTALMENT = 3_042_19
CONVENTIONS = Conventions(
    allocation=(Component.FEE, Component.PENALTY, Component.INTEREST, Component.PRINCIPAL),
    penalty=PenaltyTerms(rate=9_000_000),
    payoff_interest=PayoffInterest.ACCRUED,
)
AGREED = Agreement(TERMS, CONVENTIONS, SettlementFee(share=3_000_000), fees_stop=True)
_keys = count(1)


@contextmanager
def on(day: date) -> Iterator[None]:
    """Ten in the morning in Shanghai of a day."""
    with clock.frozen(datetime.combine(day, time(2), UTC)):
        yield


@dataclass
class Lent:
    """A loan with who books its money."""

    loan_id: int
    finance: Staff
    officer: Staff
    keys: Iterator[int] = field(default_factory=lambda: _keys)

    @property
    def loan(self) -> Loan:
        return selectors.loan_read(self.loan_id)

    @property
    def money(self) -> Actor:
        return cast.acting(self.finance)

    def pay(self, amount: int, day: date, *, key: str = "", booked: date | None = None) -> Receipt:
        """Money received on a day, booked that day or later."""
        with on(booked or day):
            key = key or f"k{next(self.keys)}"
            return loan_repay(loan_id=self.loan_id, amount=amount, received_on=day, actor=self.money, key=key)

    def event(self, receipt: Receipt) -> LoanEvent:
        return LoanEvent.objects.get(pk=receipt.event_id)

    def parts(self) -> list[tuple[int, int, int, int]]:
        """Open items: number, principal, interest, fee."""
        return [(i.n, i.principal, i.interest, i.fee) for i in OpenItem.objects.filter(loan=self.loan_id).order_by("n")]


def lend(
    agreed: Agreement = AGREED,
    *,
    fees: list[tuple[date, int]] | None = None,
    name: str = "one",
    booked: date | None = None,
) -> Lent:
    """Lend the money on the day of the terms; the loan comes on the book that day, or is `booked` later."""
    store = cast.store()
    finance = Staff.objects.filter(user__username="fang").first() or cast.person("fang", "方财", store, "finance")
    officer = Staff.objects.filter(user__username="lin").first() or cast.person("lin", "林晓", store, "officer")
    actor = cast.acting(officer)
    customer = customer_register(
        kind=CustomerKind.PERSON, name="王伟", store_id=store.pk, owner_id=officer.pk, actor=actor
    )
    loan = Loan(
        number=f"CD-{name}", customer=customer, store=store, officer=officer, lender_code="tongzhou", product_code="own"
    )
    with on(booked or agreed.terms.disbursed_on):
        loan_enter(loan=loan, agreed=agreed, fees=fees or [], actor=cast.acting(finance))
    return Lent(loan.pk, finance, officer)


def stands(day: date, *codes: str) -> dict[str, int]:
    """What the accounts hold."""
    return {code: account_balance(code, day) for code in codes}


def is_balanced(day: date) -> bool:
    """Whether what was debited is what was credited."""
    trial = trial_balance(day, since=date(2020, 1, 1))
    return trial.debit == trial.credit and trial.debit_balance == trial.credit_balance
