"""What the parties may agree while a loan lives, as values: what was asked is what is approved and what happens."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TypeAlias

import msgspec

from chedai.book.loans.states import ChangeKind
from chedai.engine.life import events as life
from chedai.engine.life.events import Disposition, Event
from chedai.engine.waterfall import Component


class Restructuring(msgspec.Struct, frozen=True, kw_only=True, tag="restructure"):
    """重组: what is owed goes into a new plan; interest, fees and penalties each waived, made principal or carried."""

    on: date
    first_due: date
    periods: int
    interest: Disposition = Disposition.CARRY_FORWARD
    fees: Disposition = Disposition.CARRY_FORWARD
    penalties: Disposition = Disposition.CARRY_FORWARD
    waived_principal: int = 0
    annual_rate: int | None = None


class Extending(msgspec.Struct, frozen=True, kw_only=True, tag="extension"):
    """展期: so many more instalments, the instalment solved anew."""

    on: date
    periods: int


class DueDateChange(msgspec.Struct, frozen=True, kw_only=True, tag="due_date"):
    """变更还款日: the instalment due on `due` moves to `to`, the later ones follow."""

    on: date
    due: date
    to: date


class Reamortising(msgspec.Struct, frozen=True, kw_only=True, tag="reamortisation"):
    """逾期款均摊: what is overdue is spread over the instalments to come."""

    on: date


class RateChanging(msgspec.Struct, frozen=True, kw_only=True, tag="rate"):
    """利率调整: `on` is the first day at the new rate (1e-8 a year)."""

    on: date
    annual_rate: int


class Waiving(msgspec.Struct, frozen=True, kw_only=True, tag="waiver"):
    """减免: so much of one component that has fallen due is forgiven."""

    on: date
    component: Component
    amount: int


class WritingOff(msgspec.Struct, frozen=True, kw_only=True, tag="write_off"):
    """核销: the loan is no asset any more; it is still owed."""

    on: date


class Reversing(msgspec.Struct, frozen=True, kw_only=True, tag="reversal"):
    """冲销: what was agreed, event number `event` of the loan, never happened."""

    on: date
    event: int


class Voiding(msgspec.Struct, frozen=True, kw_only=True, tag="void"):
    """作废: the events with these numbers leave a loan in quarantine without a plan; they never happened."""

    on: date
    events: tuple[int, ...]


Withdrawal: TypeAlias = Reversing | Voiding
"""What takes events back."""

Agreed: TypeAlias = Restructuring | Extending | DueDateChange | Reamortising | RateChanging | Waiving | WritingOff
"""What is agreed anew."""

Change: TypeAlias = Agreed | Withdrawal

RELIEF = frozenset({ChangeKind.RESTRUCTURE, ChangeKind.EXTENSION, ChangeKind.REAMORTISATION})
"""Changes after which a loan is observed, because somebody could not pay as agreed."""


def kind_of(change: Change) -> ChangeKind:
    """What the table calls it."""
    return ChangeKind(str(change.__struct_config__.tag))


def event_of(change: Agreed) -> Event | None:
    """The event of the engine; None for a write-off."""
    match change:
        case Restructuring():
            return life.Restructure(**msgspec.structs.asdict(change))
        case Extending():
            return life.TermExtension(on=change.on, periods=change.periods)
        case DueDateChange():
            return life.DueDateShift(on=change.on, due=change.due, to=change.to)
        case Reamortising():
            return life.Reamortise(on=change.on)
        case RateChanging():
            return life.RateChange(on=change.on, annual_rate=change.annual_rate)
        case Waiving():
            return life.Waiver(on=change.on, component=change.component, amount=change.amount)
        case WritingOff():
            return None


def events_taken(change: Withdrawal) -> tuple[int, ...]:
    """The numbers of the events that are taken back."""
    return (change.event,) if isinstance(change, Reversing) else tuple(sorted(set(change.events)))


def body_of(change: Change) -> bytes:
    """The change as canonical JSON."""
    return msgspec.json.encode(change, order="deterministic")


def change_from(body: bytes) -> Change:
    """The change of stored bytes."""
    change: Change = msgspec.json.decode(body, type=Change)
    return change


def digest_of(change: Change, last_seq: int) -> str:
    """The hash of a change of a loan with so many events: one event more, and it is another change."""
    return hashlib.sha256(body_of(change) + b"|" + str(last_seq).encode()).hexdigest()
