"""What the jacket of a deal deletes of its customer, when privacy asks."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.deals.pipeline.models import Deal, DealNote
from chedai.platform.files.services import papers_erase


def deals_erase(customers: Sequence[int]) -> None:
    """Delete the notes and the papers of the deals that are theirs; the course of the deal stays."""
    deals = list(Deal.objects.filter(customer__in=customers).values_list("pk", flat=True))
    DealNote.objects.filter(deal__in=deals).delete()
    for number in deals:
        papers_erase(subject=f"deal:{number}")
