"""What custody deletes of a customer, when privacy asks and no law holds it any more."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.deals.custody.models import CountFinding, CustodyItem, CustodyProof


def custody_erase(customers: Sequence[int]) -> None:
    """Delete the numbers that lead to them elsewhere, who signed, what was said of a loss. Where a thing went stays."""
    CustodyItem.objects.filter(deal__customer__in=customers).update(number="")
    CustodyProof.objects.filter(movement__item__deal__customer__in=customers).update(text="")
    CountFinding.objects.filter(item__deal__customer__in=customers).update(reason="")
