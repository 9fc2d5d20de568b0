"""Something to see of direct debit: a batch with what came of it, one not sent, reminders, a bank's list."""

from __future__ import annotations

from datetime import timedelta

from chedai.book.loans.bulk.debits import debit_make, debit_send
from chedai.book.loans.bulk.mandates import mandate_give
from chedai.book.loans.bulk.models import BankLine, DebitLine
from chedai.book.loans.bulk.reminders import reminders_send
from chedai.book.loans.models import Loan
from chedai.crm.models import Customer
from chedai.platform import clock
from chedai.platform.actors import system
from tests import cast
from tests.browser.loan_rooms import lent
from tests.house import House


def furnish(house: House) -> list[str]:
    """The addresses that lie behind the menu."""
    today, actor = clock.business_date(), cast.acting(house.manager)
    one, other = lent(house, "韩信", today - timedelta(40)), lent(house, "萧何", today - timedelta(70))
    for loan in (one, other):
        for bank, account in (("城东银行", "6222021234567890123"), ("城西银行", "6217000012345678")):
            mandate_give(
                loan_id=loan.pk,
                bank=bank,
                holder="韩信",
                account=account,
                agreed_on=today - timedelta(30),
                actor=actor,
            )
    sent = debit_send(batch_id=debit_make(day=today, store_id=house.east.pk, actor=actor).pk, actor=actor)
    DebitLine.objects.filter(batch=sent, loan=other).update(state="failed", code="insufficient", answered_on=today)
    made = debit_make(day=today + timedelta(1), store_id=house.east.pk, actor=actor)
    told = _remind(lent(house, "曹参", today + timedelta(3) - timedelta(31)))
    watched = lent(house, "周勃", today - timedelta(80))
    Loan.objects.filter(pk=watched.pk).update(book="bank")
    figures = {"overdue_days": 20, "missed": 1, "overdue": 3_042_19, "balance": 95_000_00}
    BankLine.objects.create(loan=watched, as_of=today, taken_at=clock.now(), **figures)
    held = other.mandates.get(ended_on=None)
    loans = [f"/loans/{number}/debit/" for number in (one.number, watched.number, told.number)]
    acts = [f"/loans/{other.number}/debit/mandate/", f"/loans/{other.number}/debit/{held.pk}/end/"]
    batches = [f"/loans/debits/{sent.number}/", f"/loans/debits/{made.number}/", f"/loans/debits/{made.number}/drop/"]
    return [*loans, *acts, "/loans/debits/new/", *batches]


def _remind(loan: Loan) -> Loan:
    customer = Customer.objects.get(pk=loan.customer_id)
    customer.phone = "13800138000"
    customer.save()
    reminders_send(day=clock.business_date(), actor=system("close"), after=0)
    return loan
