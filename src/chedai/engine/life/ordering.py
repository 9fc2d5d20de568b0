"""Which events count, and in which order.

Events arrive in any order: back-dated, taken back, learnt of late. What counts is decided from the events alone, and so
is the order: by the day each takes effect, on one day new rates and pauses first, then money paid out, then the rest as
their `sequence` says. The same dated events therefore always tell the same story, and an event taken back leaves no
trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from chedai.engine.errors import EventRefused
from chedai.engine.life.events import (
    Act,
    Charge,
    Disbursement,
    DueDateShift,
    Event,
    InterestPause,
    Payoff,
    Prepayment,
    RateChange,
    Reage,
    Reamortise,
    Repayment,
    Restructure,
    Reversal,
    TermExtension,
    Waiver,
)

AGREED_BEFORE: Final = (RateChange, TermExtension)
"""Dated by the day they begin to count; agreed before it, they show in the schedule before that day has come."""

_BEFORE_MONEY: Final = (RateChange, InterestPause)
_KINDS: Final = (
    Charge,
    Waiver,
    Repayment,
    Prepayment,
    Payoff,
    DueDateShift,
    TermExtension,
    Reamortise,
    Reage,
    Restructure,
)


class Dated(NamedTuple):
    """An act with its position in the caller's list of events."""

    row: int
    event: Act


def standing(events: Sequence[Event], as_of: date, known_on: date | None) -> list[Dated]:
    """The events that count on `as_of`, in canonical order; with `known_on`, only those recorded by that day.

    Errors: `EventRefused` for two events of one id and for a reversal that names no event, or a reversal.
    """
    taken_back = _taken_back(events, known_on)
    counted = [
        Dated(row, event)
        for row, event in enumerate(events)
        if not isinstance(event, Reversal)
        and row not in taken_back
        and (known_on is None or event.known_on <= known_on)
        and (event.on <= as_of or isinstance(event, AGREED_BEFORE))
    ]
    first = min((d.event.on for d in counted if isinstance(d.event, Disbursement)), default=date.min)
    return sorted(counted, key=lambda dated: _place(dated.event, first))


def _taken_back(events: Sequence[Event], known_on: date | None) -> set[int]:
    rows: dict[str, int] = {}
    for row, event in enumerate(events):
        if event.id and event.id in rows:
            rule_zh = "与另一事件编号重复"
            raise EventRefused("id", "is the id of another event", rule_zh, row=row, value=event.id)
        rows[event.id] = row
    taken_back = set()
    for row, event in enumerate(events):
        if isinstance(event, Reversal):
            target = rows.get(event.of) if event.of else None
            if target is None:
                raise EventRefused("of", "names no event", "没有这个编号的事件", row=row, value=event.of)
            if isinstance(events[target], Reversal):
                rule_zh = "不能冲销一笔冲销;请重新登记原事件"
                raise EventRefused("of", "must not name a reversal", rule_zh, row=row, value=event.of)
            if known_on is None or event.known_on <= known_on:
                taken_back.add(target)
    return taken_back


def effective_on(event: Act) -> date:
    """The day an event changes the loan."""
    return event.start if isinstance(event, InterestPause) else event.on


def _place(event: Act, first_payout: date) -> tuple[date, int, int, int, str]:
    """The sort key; charges levied before the first payout wait for it."""
    day = effective_on(event)
    if isinstance(event, _BEFORE_MONEY):
        return day, 0, event.sequence, 0, repr(event)
    if isinstance(event, Disbursement):
        return day, 1, event.sequence, 0, repr(event)
    if isinstance(event, Charge):
        day = max(day, first_payout)
    return day, 2, event.sequence, _KINDS.index(type(event)), repr(event)
