"""The close of a day, top to bottom: what the house does between one business day and the next.

Closing a day brings the books to it: what fell due before it and was not paid is billed, what has run is accrued, what
is late is aged, and whoever works on it in the morning finds it. It runs in the night as the day begins. Every step
counts itself in the transaction that does it, so a close that was stopped, however roughly, goes on where it stopped,
and a second one changes nothing. A loan that cannot be replayed is left out, counted and named; it stops nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chedai.book.collection.services.planning import collection_plan
from chedai.book.loans.bulk.reminders import reminders_send
from chedai.book.loans.close import nightly
from chedai.book.risk.monthends import month_end_keep
from chedai.book.risk.scanning import risk_scan
from chedai.platform import clock
from chedai.platform.actors import Actor
from chedai.platform.days import selectors as days
from chedai.platform.days.closing import NightStep, Tell, close_run, whole
from chedai.platform.days.models import DayClose
from chedai.platform.errors import Conflict
from chedai.platform.work import work

STEPS: Final = (
    NightStep("bill", "到期未还转应收", "what fell due and was not paid", nightly.bill),
    NightStep("month_end", "月末存档", "how the month before ended", whole(month_end_keep)),
    NightStep("age", "逾期与账龄", "who is late", nightly.age),
    NightStep("suspend", "转入表外", "interest in suspense", nightly.suspend),
    NightStep("accrue", "计提利息", "interest accrued", whole(nightly.accrue)),
    NightStep("snapshot", "逾期快照", "how the overdue stand", whole(nightly.snapshot)),
    NightStep("watch", "风险预警", "indicators and alerts", whole(risk_scan)),
    NightStep("collection", "催收计划", "the morning of collection", collection_plan),
    NightStep("remind", "还款提醒", "reminders of what falls due", reminders_send),
    NightStep("seal", "清点", "what was left out", whole(nightly.seal)),
)
"""The steps, in order. A room gives its step as a function of the day and the actor."""


class _Undone(Exception):
    """Ends a dry run; carries nothing."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One step of a dry run: its words and what it would look at, change and leave out."""

    code: str
    zh: str
    en: str
    looked: int
    changed: int
    left_out: int


def _silent(code: str, done: int, total: int) -> None:
    """A close nobody watches."""


def days_to_close(through: date) -> list[date]:
    """The days that are missing up to `through`, oldest first; the first close ever is of that day alone."""
    last = days.closed_through()
    begun = days.closing_now()
    if last is None:
        first = begun.day if begun else through
    else:
        first = last + timedelta(days=1)
    return [first + timedelta(days=n) for n in range((through - first).days + 1)]


def close_day(*, day: date, actor: Actor, tell: Tell = _silent) -> list[DayClose]:
    """Bring the books to `day`: the missed days before it first, each by itself. A closed day is left as it is.

    Errors: `Conflict` for a day the business date has not reached.
    """
    if day > clock.business_date():
        zh, en = f"营业日期尚未到 {day}", f"the business date has not reached {day}"
        raise Conflict("day-not-reached", zh, en, field="day")
    return [close_run(day=one, steps=STEPS, actor=actor, tell=tell) for one in days_to_close(day)]


def close_rehearse(*, day: date, actor: Actor) -> list[tuple[date, list[Rehearsed]]]:
    """What closing up to `day` would do; nothing is kept."""
    made: list[tuple[date, list[Rehearsed]]] = []
    try:
        with work():
            for close in close_day(day=day, actor=actor):
                made.append((close.day, list(_rehearsed(close))))
            raise _Undone
    except _Undone:
        return made


def _rehearsed(close: DayClose) -> Iterator[Rehearsed]:
    words = {step.code: step for step in STEPS}
    for row in close.steps.all():
        step = words[row.code]
        yield Rehearsed(row.code, step.zh, step.en, row.looked, row.changed, row.left_out)
