"""How a lender is reached, and whether it is worked with."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How an application gets to a lender."""

    MANUAL = "manual"  # somebody takes the papers there and writes the answer down
    HTTP = "http"  # sent to its address, answered by signed webhooks


class LenderState(StrEnum):
    """Whether new business goes to a lender."""

    OPEN = "open"
    BLOCKED = "blocked"  # nothing new; what runs goes on
