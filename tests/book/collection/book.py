"""Overdue loans for the tests of collection, put on the book as the loans room leaves them at the close of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chedai.book.collection.models import CollectionCase, DebtorNumber
from chedai.book.collection.services.planning import collection_plan
from chedai.book.collection.states import NumberSource, Whom
from chedai.book.loans.models import Delinquency, Loan, LoanEvent, LoanForm, OpenItem
from chedai.book.loans.states import Channel, EventKind
from chedai.crm.customers.kinds import CustomerKind
from chedai.crm.customers.models import Customer
from chedai.org.models import Staff, Store
from chedai.platform import clock
from chedai.platform.actors import system
from tests import cast

TODAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Ten in the morning in Shanghai."""
EVENING = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
"""Half past ten in the evening."""
CLOSE = system("close")
INSTALMENT = 303_676


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works where, for collection."""

    store: Store
    collector: Staff
    colleague: Staff
    manager: Staff
    finance: Staff
    officer: Staff


def desk() -> Desk:
    """Two collectors, a manager and somebody of finance in one store."""
    store = cast.store()
    return Desk(
        store,
        cast.person("tang", "唐悦", store, "collector"),
        cast.person("he", "何平", store, "collector"),
        cast.person("xu", "许宁", store, "manager"),
        cast.person("bai", "白露", store, "finance"),
        cast.person("lin", "林晓", store, "officer"),
    )


def late_loan(
    desk: Desk,
    n: int = 1,
    *,
    days: int = 20,
    bucket: str = "M1",
    missed: int = 1,
    customer: Customer | None = None,
    today: date = TODAY,
) -> Loan:
    """A loan that is `days` late, with its customer and the unpaid instalments."""
    customer = customer or Customer.objects.create(
        kind=CustomerKind.PERSON,
        name="陈先生",
        phone=f"1380013{n:04}",
        address=f"杭州市西湖区文三路 {n} 号",
        store=desk.store,
        owner=desk.officer,
        registered_at=clock.now(),
    )
    form, _ = LoanForm.objects.get_or_create(digest="f" * 64, defaults={"body": b"{}"})
    since = today - timedelta(days)
    loan = Loan.objects.create(
        number=f"A1-202603-{n:04}",
        customer=customer,
        store=desk.store,
        officer=desk.officer,
        lender_code="own",
        form=form,
        principal=10_000_000,
        annual_rate=5_880_000,
        periods=36,
        disbursed_on=date(2026, 3, 15),
        first_due=date(2026, 4, 15),
        due_day=since.day,
        owed=8_453_103,
        quarantine="no events",  # there is no plan behind it: what is kept of it is shown
    )
    fall_late(loan, since, bucket, missed)
    return loan


def fall_late(loan: Loan, since: date, bucket: str, missed: int) -> None:
    """What the loans room writes where instalments are late."""
    amount = INSTALMENT * missed
    held = {"since": since, "bucket": bucket, "missed": missed, "overdue": amount}
    Delinquency.objects.update_or_create(loan=loan, defaults=held)
    for k in range(missed):
        OpenItem.objects.get_or_create(
            loan=loan,
            n=7 + k,
            defaults={"due_on": since + timedelta(30 * k), "principal": INSTALMENT - 40_000, "interest": 40_000},
        )


def pay(loan: Loan, amount: int, on: date, *, cures: bool = False) -> LoanEvent:
    """A receipt as the loans room writes it; where it `cures`, nothing is late any more."""
    loan.last_seq += 1
    loan.save(update_fields=["last_seq"])
    event = LoanEvent.objects.create(
        loan=loan,
        seq=loan.last_seq,
        kind=EventKind.REPAYMENT,
        on=on,
        recorded_on=on,
        amount=amount,
        channel=Channel.COUNTER,
        at=clock.now(),
    )
    if cures:
        Delinquency.objects.filter(loan=loan).delete()
        OpenItem.objects.filter(loan=loan).delete()
    return event


def planned(loan: Loan, day: date = TODAY) -> CollectionCase:
    """The case of a loan after the morning's plan."""
    collection_plan(day=day, actor=CLOSE)
    return CollectionCase.objects.select_related("loan", "customer").get(loan=loan, state="open")


def own_number(case: CollectionCase) -> DebtorNumber:
    """The debtor's own number."""
    return DebtorNumber.objects.get(customer=case.customer, whom=Whom.DEBTOR)


def contact_number(case: CollectionCase, phone: str = "13600015502") -> DebtorNumber:
    """A contact the debtor named when applying."""
    return DebtorNumber.objects.create(
        customer=case.customer,
        whom=Whom.CONTACT,
        relation="配偶",
        name="王女士",
        phone=phone,
        source=NumberSource.APPLICATION,
        consent_source="application",
        added_on=TODAY,
    )
