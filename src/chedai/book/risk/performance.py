"""What became of deals once they were loans: late by more than a month, or not. What decisions are held against."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Exists, OuterRef

from chedai.book.loans.models import BucketMove, Loan
from chedai.book.loans.states import BookKind

NOT_BAD: Final = ("M0", "M1")
"""Not late, or late by a month at most."""


def turned_bad(deal_ids: Iterable[int]) -> dict[int, bool]:
    """By deal, of those that became loans of the own book: whether the loan was ever more than a month late."""
    moves = BucketMove.objects.filter(loan=OuterRef("pk")).exclude(now__in=NOT_BAD)
    loans = Loan.objects.filter(deal__in=list(deal_ids), book=BookKind.OWN)
    return dict(loans.annotate(bad=Exists(moves)).values_list("deal_id", "bad"))
