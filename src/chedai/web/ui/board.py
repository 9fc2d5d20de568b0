"""A board: cards in lanes. What is late stands on top, a full lane says so, a card goes only where it may go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from django.utils.functional import Promise

Text = str | Promise


class Urgency(IntEnum):
    """How a clock stands: past its limit, past half of it, or neither. The order is the order on a board."""

    LATE = 0
    SOON = 1
    CALM = 2


def urgency(used: timedelta, limit: timedelta) -> Urgency:
    """The rule of the clock badge: red past the limit, amber past half of it."""
    if used > limit:
        return Urgency.LATE
    return Urgency.SOON if used * 2 > limit else Urgency.CALM


@dataclass(frozen=True, slots=True)
class Move:
    """One place a card may go to: the lane, the word of its button, the address that is posted to."""

    lane: str
    label: Text
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One case on a board. `amount` in fen, `used` and `limit` in working time."""

    title: Text
    url: str
    used: timedelta
    limit: timedelta
    lines: tuple[Text, ...] = ()
    amount: int | None = None
    owner: Text = ""
    reason: Text = ""
    moves: tuple[Move, ...] = ()

    @property
    def urgency(self) -> Urgency:
        """How its clock stands."""
        return urgency(self.used, self.limit)

    @property
    def edge(self) -> str:
        """The class of the bar at its edge, and of its reason."""
        return {Urgency.LATE: "red", Urgency.SOON: "amber", Urgency.CALM: ""}[self.urgency]


@dataclass(frozen=True, slots=True)
class Lane:
    """One column. `count`, `late` and `total` speak of all its cases; `cards` may be the first of them only."""

    key: str
    title: Text
    cards: tuple[Card, ...]
    count: int
    late: int = 0
    total: int | None = None
    most: int = 0
    more_url: str = ""

    @property
    def is_full(self) -> bool:
        """Whether no further case may come in."""
        return 0 < self.most <= self.count

    @property
    def hidden(self) -> int:
        """How many cases are not among the cards."""
        return self.count - len(self.cards)


def urgent_first(cards: Iterable[Card]) -> tuple[Card, ...]:
    """Red first, then amber, then by age."""
    return tuple(sorted(cards, key=lambda card: (card.urgency, -card.used)))
