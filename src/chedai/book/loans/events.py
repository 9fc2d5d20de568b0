"""What happens on the book, for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LoanOpened:
    """A loan stands on the book from its payout on."""

    loan_id: int


@dataclass(frozen=True, slots=True)
class LoanRepaid:
    """Money came in: a repayment, a prepayment or the payoff."""

    loan_id: int
    event_id: int


@dataclass(frozen=True, slots=True)
class LoanReversed:
    """An event was taken back: it never happened."""

    loan_id: int
    event_id: int


@dataclass(frozen=True, slots=True)
class LoanSettled:
    """Nothing is owed any more."""

    loan_id: int


@dataclass(frozen=True, slots=True)
class LoanBecameOverdue:
    """The first instalment of a loan that owed nothing is late."""

    loan_id: int
    day: date


@dataclass(frozen=True, slots=True)
class BucketChanged:
    """An overdue loan moved to another bucket (codes of the bucket policy)."""

    loan_id: int
    was: str
    now: str
    day: date


@dataclass(frozen=True, slots=True)
class LoansAged:
    """The night found many loans late, or moved to another bucket: one event for all of a part.

    What each of them did is in `BucketMove` of the day.
    """

    loan_ids: tuple[int, ...]
    day: date


@dataclass(frozen=True, slots=True)
class LoanCured:
    """A loan that was overdue owes nothing late any more."""

    loan_id: int


@dataclass(frozen=True, slots=True)
class LoanRestructured:
    """A new plan replaced the old one; the loan is observed for the months of the policy."""

    loan_id: int


@dataclass(frozen=True, slots=True)
class LoanWrittenOff:
    """The loan is no asset any more; what comes in later is a recovery."""

    loan_id: int


@dataclass(frozen=True, slots=True)
class LoanQuarantined:
    """The events of a loan no longer make a plan: somebody must look; money for it is parked."""

    loan_id: int
