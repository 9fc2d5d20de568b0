"""The plan of a bank's loan: the schedule of its contract, and what of it the bank's newest list says is paid.

Nothing is replayed: the bank works out interest and penalties on its own books. What fell due by the day of the list is
paid, from the oldest instalment the list has as late on it is not; before the first list nothing is known to be paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chedai.book.loans.bulk.bank_lists import bank_lines_of
from chedai.book.loans.models import Loan
from chedai.book.loans.plans import unpack


@dataclass(frozen=True, slots=True)
class ContractRow:
    """One instalment as the contract has it, in fen; `balance` is the principal left after it."""

    n: int
    due_date: date
    principal: int
    interest: int
    fees: int
    balance: int
    paid: int
    penalties: int = 0
    carried: int = 0

    @property
    def total(self) -> int:
        """What falls due."""
        return self.principal + self.interest + self.fees

    @property
    def outstanding(self) -> int:
        """What of it is not known to be paid."""
        return self.total - self.paid


def contract_rows(loan: Loan) -> tuple[ContractRow, ...]:
    """The plan of a bank's loan, row by row; nothing where none is kept."""
    packed = loan.plans.filter(version=loan.plan_version).values_list("packed", flat=True).first()
    if packed is None:
        return ()
    plan, settled, balance, rows = unpack(bytes(packed)), _paid_before(loan), loan.principal, []
    columns = (plan.due.tolist(), plan.principal.tolist(), plan.interest.tolist(), plan.fees.tolist())
    for n, (due, principal, interest, fees) in enumerate(zip(*columns, strict=True), start=1):
        balance -= principal
        paid = principal + interest + fees if due < settled else 0
        rows.append(ContractRow(n, date.fromordinal(due), principal, interest, fees, balance, paid))
    return tuple(rows)


def _paid_before(loan: Loan) -> int:
    """Before which day, as a number, everything is paid."""
    told = bank_lines_of(loan.pk).first()
    if told is None:
        return 0
    if told.balance == 0 and not told.overdue:
        return date.max.toordinal()
    return told.as_of.toordinal() - told.overdue_days + (0 if told.overdue else 1)
