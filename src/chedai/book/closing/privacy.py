"""What the end of loans deletes of a customer, when privacy asks and no law holds it any more."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.book.closing.models import ClosureItem, LoanLink
from chedai.platform import clock


def closing_erase(customers: Sequence[int]) -> None:
    """Delete who signed for what and close their links. That it was given back, and when, stays."""
    ClosureItem.objects.filter(closure__loan__customer__in=customers).update(reference="")
    LoanLink.objects.filter(loan__customer__in=customers, revoked_at=None).update(revoked_at=clock.now())
