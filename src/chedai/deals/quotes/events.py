"""What happens to quotes, for the rooms that come after."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuoteAccepted:
    """The customer took one plan of a quote: the application opens with it."""

    deal_id: int
    quote_id: int
