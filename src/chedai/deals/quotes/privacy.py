"""What quotes delete of a customer, when privacy asks."""

from __future__ import annotations

from collections.abc import Sequence

from chedai.deals.quotes.models import Quote, QuoteOpening, QuoteShare


def quotes_erase(customers: Sequence[int]) -> None:
    """Delete the links to the quotes of their deals, who opened them when, and what was written to the customer."""
    quotes = Quote.objects.filter(deal__customer__in=customers)
    QuoteOpening.objects.filter(share__quote__in=quotes).delete()
    QuoteShare.objects.filter(quote__in=quotes).delete()
    quotes.update(note="")
