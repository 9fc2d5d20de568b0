"""What a debtor owes today, as the loans room has it: the figures of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chedai.book.collection.stretches import Loans
from chedai.book.loans.models import Delinquency, Loan, OpenItem
from chedai.book.loans.plans import unpack
from chedai.book.loans.selectors import account_of
from chedai.book.loans.states import BookKind


@dataclass(frozen=True, slots=True)
class Late:
    """One instalment that is due and unpaid: its number, day, fen unpaid, penalty on it, days late."""

    n: int
    due_on: date
    unpaid: int
    penalty: int
    days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How late a loan is: oldest day unpaid, bucket, instalments missed, fen overdue; and whose it is."""

    loan_id: int
    customer_id: int
    store_id: int
    since: date
    bucket: str
    missed: int
    overdue: int


def standings(loans: Loans) -> list[Standing]:
    """Those of some loans that are late, by their numbers."""
    late = Delinquency.objects.filter(loans.by("loan_id")).order_by("loan_id")
    whose = ("loan_id", "loan__customer_id", "loan__store_id")
    return [Standing(*row) for row in late.values_list(*whose, "since", "bucket", "missed", "overdue")]


def late_items(loan: Loan, day: date) -> list[Late]:
    """The unpaid instalments of a loan on a day, oldest first, with the penalty run up to then.

    A loan in quarantine has no plan to work it out by: what is kept of it is shown, without penalty. A bank's loan owes
    what its newest list says, in one line from its oldest instalment: the bank works out its penalties itself.
    """
    if loan.book == BookKind.BANK:
        return _listed(loan, day)
    if loan.quarantine:
        items = OpenItem.objects.filter(loan_id=loan.pk, due_on__lt=day).order_by("due_on", "n")
        rows = [(one.n, one.due_on, one.principal + one.interest + one.fee, 0) for one in items]
    else:
        found = account_of(loan, day).figures.open
        rows = [(one.n, one.due_on, one.principal + one.interest + one.fee, one.penalty) for one in found]
    return [Late(n, due_on, unpaid, penalty, (day - due_on).days) for n, due_on, unpaid, penalty in rows]


def _listed(loan: Loan, day: date) -> list[Late]:
    late = Delinquency.objects.filter(loan_id=loan.pk).first()
    if late is None:
        return []
    packed = loan.plans.filter(version=loan.plan_version).values_list("packed", flat=True).first()
    n = int((unpack(bytes(packed)).due <= late.since.toordinal()).sum()) if packed is not None else 1
    return [Late(max(n, 1), late.since, late.overdue, 0, (day - late.since).days)]


def due_today(loan: Loan, day: date) -> int:
    """What it takes to owe nothing late any more on a day, penalty included, in fen."""
    return sum(one.unpaid + one.penalty for one in late_items(loan, day))
