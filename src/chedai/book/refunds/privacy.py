"""What refunds delete of a customer, when privacy asks and no law holds it any more."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.book.refunds.models import CreditRefund


def refunds_erase(customers: Sequence[int]) -> None:
    """Delete whose account it was. That money went back, and how much, stays."""
    CreditRefund.objects.filter(loan__customer__in=customers).update(holder="", account="")
