"""What a debtor owes today, as the loans room has it: the figures of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chedai.book.loans.models import Delinquency, OpenItem


@dataclass(frozen=True, slots=True)
class Late:
    """One instalment that is due and unpaid: its number, day, fen unpaid, days late."""

    n: int
    due_on: date
    unpaid: int
    days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How late a loan is: oldest day unpaid, bucket, instalments missed, fen overdue."""

    loan_id: int
    since: date
    bucket: str
    missed: int
    overdue: int


def standings(loan_ids: Iterable[int] | None = None) -> dict[int, Standing]:
    """Every loan that is late, or those of the numbers given that are, by loan."""
    late = Delinquency.objects.all() if loan_ids is None else Delinquency.objects.filter(loan_id__in=list(loan_ids))
    rows = late.values_list("loan_id", "since", "bucket", "missed", "overdue")
    return {row[0]: Standing(*row) for row in rows.iterator(chunk_size=5000)}


def late_items(loan_id: int, day: date) -> list[Late]:
    """The unpaid instalments of a loan, oldest first."""
    items = OpenItem.objects.filter(loan_id=loan_id, due_on__lt=day).order_by("due_on", "n")
    return [
        Late(item.n, item.due_on, item.principal + item.interest + item.fee, (day - item.due_on).days) for item in items
    ]
