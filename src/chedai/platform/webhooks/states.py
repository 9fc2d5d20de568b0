"""Where a delivery stands."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """Taken by the receiver; on its way or tried again; given up after the last try; not sent while switched off."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    DEAD = "dead"
    HELD = "held"
