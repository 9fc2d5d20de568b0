"""The states of a message, and the categories people can opt out of."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    OPTED_OUT = "opted_out"  # not sent: the person wants none of this category
    FAILED = "failed"


class Category(StrEnum):
    """What a message is about. Service messages belong to what the person asked for and cannot be refused."""

    SERVICE = "service"
    REMINDER = "reminder"
    MARKETING = "marketing"  # needs consent (消费者权益保护法 29)
