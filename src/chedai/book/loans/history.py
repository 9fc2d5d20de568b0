"""Events as rows and rows as events: the engine replays what the table holds."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Any, Final

import msgspec

from chedai.book.loans.models import LoanEvent
from chedai.book.loans.states import EventKind
from chedai.engine.life import events as life
from chedai.engine.life.events import Event

CLASSES: Final = MappingProxyType(
    {
        EventKind.DISBURSEMENT: life.Disbursement,
        EventKind.REPAYMENT: life.Repayment,
        EventKind.PREPAYMENT: life.Prepayment,
        EventKind.PAYOFF: life.Payoff,
        EventKind.CHARGE: life.Charge,
        EventKind.RATE_CHANGE: life.RateChange,
        EventKind.DUE_DATE_SHIFT: life.DueDateShift,
        EventKind.TERM_EXTENSION: life.TermExtension,
        EventKind.INTEREST_PAUSE: life.InterestPause,
        EventKind.REAMORTISE: life.Reamortise,
        EventKind.REAGE: life.Reage,
        EventKind.RESTRUCTURE: life.Restructure,
        EventKind.WAIVER: life.Waiver,
        EventKind.REVERSAL: life.Reversal,
    }
)
"""The engine's class of each kind; a write-off is none of the engine's: the debt stands."""

_WITH_AMOUNT: Final = frozenset({life.Disbursement, life.Repayment, life.Prepayment, life.Charge, life.Waiver})
_KINDS: Final = {cls: kind for kind, cls in CLASSES.items()}
_IN_COLUMNS: Final = ("on", "id", "recorded_on", "sequence", "amount")


def kind_of(event: Event) -> EventKind:
    """What the table calls an event."""
    return _KINDS[type(event)]


def body_of(event: Event) -> bytes:
    """What an event says beside its day and its amount; nothing for most."""
    said: dict[str, Any] = msgspec.to_builtins(event)
    rest = {name: value for name, value in said.items() if name not in _IN_COLUMNS}
    return msgspec.json.encode(rest, order="deterministic") if rest else b""


def event_of(row: LoanEvent) -> Event:
    """The engine's event of a row; its id is its number in the loan, and so is its order within a day."""
    cls = CLASSES[EventKind(row.kind)]
    said: dict[str, Any] = msgspec.json.decode(bytes(row.body)) if row.body else {}
    said |= {"on": row.on, "id": str(row.seq), "recorded_on": row.recorded_on, "sequence": row.seq}
    if cls in _WITH_AMOUNT:
        said["amount"] = row.amount
    return msgspec.convert(said, cls)


def events_of(rows: Iterable[LoanEvent]) -> list[Event]:
    """The events of a loan that the engine knows, in the order they came in; what takes back another, neither."""
    held = list(rows)
    ours = {row.pk for row in held if row.kind not in CLASSES}
    return [event_of(row) for row in held if row.pk not in ours and row.of_id not in ours]
