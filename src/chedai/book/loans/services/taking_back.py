"""Taking back what was booked: it never happened. What stays is the event, and the one that takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from chedai.book.loans.events import LoanReversed
from chedai.book.loans.history import CLASSES, event_of
from chedai.book.loans.models import Loan, LoanEvent
from chedai.book.loans.noting import event_note, loan_record
from chedai.book.loans.observing import observed_after
from chedai.book.loans.states import OBSERVED_AFTER, RECEIPTS, EventKind
from chedai.engine.life.events import Event, Reversal
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.audit.entries import Scalar
from chedai.platform.errors import Conflict, Refusal
from chedai.platform.work import emit

GOES_WITH: Final = "settlement:"
"""What the events that go with the settlement or prepayment after them refer to."""

_ALONG: Final = frozenset({EventKind.CHARGE, EventKind.REVERSAL})
"""What goes with them: a receipt never does, whatever was written as its reference."""


def refuse_irreversible(of: LoanEvent, rows: Sequence[LoanEvent], *, field: str = "event") -> None:
    """Errors: `Conflict` where it was taken back already, or came before a write-off; `Refusal` where it cannot be."""
    gone = {row.of_id for row in rows if row.of_id is not None}
    if of.pk in gone:
        raise Conflict("reversed-already", "该笔已冲销", "this was taken back already")
    if of.kind in (EventKind.REVERSAL, EventKind.DISBURSEMENT):
        zh, en = "冲销与放款不能冲销", "a reversal or a payout cannot be taken back"
        raise Refusal("not-reversible", zh, en, field=field)
    off = next((row for row in rows if row.kind == EventKind.WRITE_OFF and row.pk not in gone), None)
    if off is not None and of.seq < off.seq:
        raise Conflict("written-off", "请先冲销核销", "take the write-off back first")


def undoing(of: LoanEvent, rows: Sequence[LoanEvent], on: date) -> list[tuple[Event, LoanEvent | None]]:
    """What takes an event back, each with the row it takes back.

    With a settlement or a prepayment goes its fee, unless that was taken back before; fees of later instalments that
    ended with it are levied again.
    """
    made: list[tuple[Event, LoanEvent | None]] = [(Reversal(on=on, of=str(of.seq)), of)]
    if of.kind not in (EventKind.PAYOFF, EventKind.PREPAYMENT):
        return made
    by_seq, gone = {row.seq: row for row in rows}, {row.of_id for row in rows if row.of_id is not None}
    seq = of.seq - 1
    while (row := by_seq[seq]).kind in _ALONG and row.reference.startswith(GOES_WITH):
        if row.kind == EventKind.CHARGE and row.pk not in gone:
            made.append((Reversal(on=on, of=str(row.seq)), row))
        elif row.of is not None:
            made.append((event_of(row.of), None))
        seq -= 1
    return made


def undone(seqs: Iterable[int], rows: Sequence[LoanEvent], first: int, on: date) -> list[Event]:
    """The engine's events that take back the events of these numbers, numbered from `first`; for a preview."""
    by_seq = {row.seq: row for row in rows}
    pairs: list[tuple[Event, LoanEvent | None]] = []
    for seq in seqs:
        gone = {row.pk for _, row in pairs if row is not None}
        pairs += [pair for pair in undoing(by_seq[seq], rows, on) if pair[1] is None or pair[1].pk not in gone]
    known = [event for event, row in pairs if row is None or row.kind in CLASSES]
    return [replace(event, id=str(n), sequence=n, recorded_on=on) for n, event in enumerate(known, first)]


def event_undo(loan: Loan, of: LoanEvent, rows: Sequence[LoanEvent], *, actor: Actor, key: str = "") -> list[LoanEvent]:
    """Note on a locked loan what takes an event back, and what no longer holds of the loan. The rebuild is left to do.

    Answers the new rows, the reversal first.
    """
    pairs = undoing(of, rows, clock.business_date())
    fresh = [event_note(loan, pairs[0][0], actor=actor, of=of, key=key)]
    if of.kind in OBSERVED_AFTER:
        loan.restructured_until = observed_after([*rows, *fresh])
    return fresh + [event_note(loan, event, actor=actor, of=row) for event, row in pairs[1:]]


def money_undone(of: LoanEvent) -> int:
    """The money that moves when an event is taken back: a receipt goes out again, a refund has come back."""
    return -of.amount if of.kind in RECEIPTS else of.amount if of.kind == EventKind.REFUND else 0


def event_undone(loan: Loan, of: LoanEvent, actor: Actor, reason: str = "") -> None:
    """Put on record that an event was taken back, and tell of it."""
    facts: dict[str, Scalar] = {"event": of.seq, "kind": of.kind, "amount": of.amount}
    loan_record(loan, "loan.reversed", facts, actor, reason=reason)
    emit(LoanReversed(loan.pk, of.pk))
