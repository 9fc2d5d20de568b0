"""How the loans of the demo's own book live: who pays in time, who late, who no longer, who changes their contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from chedai.book.loans.states import Channel

_ALL: Final = 100
_MISSED: Final = 2
_THEN: Final = timedelta(11)


class Turn(StrEnum):
    """What happens to a loan once, beside its instalments."""

    NONE = ""
    SETTLE = "settle"  # settled early
    PREPAY = "prepay"  # principal paid before it is due
    RESTRUCTURE = "restructure"  # two instalments missed, then a new plan
    TAKEN = "taken"  # several missed, then the car is taken and sold


@dataclass(frozen=True, slots=True)
class Life:
    """How one loan is paid: `late` days after the due day, in turns; the last `silent` instalments not at all.

    `turn` comes after `after` instalments. Of the last instalment that is paid, `part` per cent comes. Whoever `keeps`
    pays what they promise on the telephone. What the telephone does not move may be `placed` with an agency.
    """

    late: tuple[int, ...] = (0,)
    silent: int = 0
    turn: Turn = Turn.NONE
    after: int = 0
    part: int = _ALL
    keeps: bool = False
    placed: bool = False
    channel: Channel = Channel.DEBIT


LIVES: Final = (
    Life(silent=5),
    Life(silent=6, turn=Turn.TAKEN),
    Life(turn=Turn.SETTLE, after=6),
    Life(turn=Turn.RESTRUCTURE, after=2, channel=Channel.COUNTER),
    Life(turn=Turn.PREPAY, after=3),
    Life(silent=2, placed=True),
    Life(late=(0, 33, 5), channel=Channel.COUNTER, keeps=True),
    Life(late=(0, 0, 9), channel=Channel.BANK_FILE),
    Life(silent=1, keeps=True),
    Life(late=(2, 0, 12)),
    Life(silent=1, part=50),
    Life(silent=2, placed=True),
    Life(),
    Life(silent=3, placed=True),
    Life(late=(0, 4)),
    Life(channel=Channel.BANK_FILE),
)
"""One after the other, in the order in which the money went out."""


def payments(life: Life, dues: Sequence[date]) -> Iterator[tuple[date, int]]:
    """On which day how much per cent of what is then due is paid, for the instalments that fell due until today."""
    paid = max(len(dues) - life.silent, 0)
    for n, due in enumerate(dues[: life.after if life.turn is Turn.RESTRUCTURE else paid], 1):
        late = life.late[(n - 1) % len(life.late)]
        yield due + timedelta(late), life.part if n == paid else _ALL


def turning_on(life: Life, dues: Sequence[date]) -> date | None:
    """The day of the turn; None where the loan is too young for it."""
    at = life.after + (_MISSED if life.turn is Turn.RESTRUCTURE else 0)
    if life.turn is Turn.NONE or at > len(dues):
        return None
    return dues[at - 1] + _THEN
