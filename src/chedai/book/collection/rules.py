"""What is decided in collection beside conduct: promises, days, limitation, the order of a queue. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heapify, heapreplace

from chedai.book.collection.states import LEGAL_MOVES, Group, LegalStage, PromiseState
from chedai.book.collection.strategies import draw
from chedai.platform.errors import Conflict, Refusal

LONGEST_WAIT = 30
"""No case waits longer than this for its next contact, whatever its strategy (days)."""


@dataclass(frozen=True, slots=True)
class Money:
    """A receipt that stands: its value date and fen, and when it was booked (None: not asked for)."""

    on: date
    amount: int
    at: datetime | None = None


def judged(
    amount: int,
    made_on: date,
    due_on: date,
    receipts: Iterable[Money],
    day: date,
    made_at: datetime | None = None,
) -> tuple[PromiseState, int]:
    """What became of a promise by a day, and what came in of it (fen).

    Kept once receipts of its days reach the amount; broken when its last day has passed without. The day itself is
    still the customer's. What was booked before the promise was made (`made_at`) was known when it was: it is for what
    was left that the customer promised, so money of the same morning, or of the promise before, keeps nothing.
    """
    since = (one for one in receipts if made_at is None or one.at is None or one.at >= made_at)
    received = sum(one.amount for one in since if made_on <= one.on <= due_on)
    if received >= amount:
        return PromiseState.KEPT, received
    return (PromiseState.BROKEN if day > due_on else PromiseState.OPEN), received


def promise_refusal(amount: int, due_on: date, *, today: date, most: int, days: int) -> Refusal | None:
    """Why a promise cannot be recorded. `most` is what is owed (fen), `days` how far ahead the strategy allows."""
    if not 0 < amount <= most:
        zh = f"承诺金额须大于 0，不超过应还 {most / 100:,.2f} 元"
        return Refusal("promise-amount", zh, f"promise more than 0 and at most {most / 100:,.2f} yuan", field="amount")
    last = today + timedelta(days)
    if not today <= due_on <= last:
        zh = f"承诺日期须在 {today} 至 {last}（策略 {days} 天）"
        return Refusal("promise-day", zh, f"promise a day from {today} to {last} ({days} days)", field="due_on")
    return None


def next_day_refusal(next_on: date | None, *, today: date, most: int) -> Refusal | None:
    """Why a day of the next contact cannot stand: it is compulsory, and no later than the strategy says."""
    last = today + timedelta(min(most, LONGEST_WAIT))
    if next_on is None or not today < next_on <= last:
        zh = f"下次联系日必填，须在 {today + timedelta(1)} 至 {last}"
        return Refusal("next-day", zh, f"give the next contact, from {today + timedelta(1)} to {last}", field="next_on")
    return None


def next_default(today: date, days: int, most: int) -> date:
    """The day of the next contact where nobody chose another: after `days`, no later than `most` days."""
    return today + timedelta(max(1, min(days, most, LONGEST_WAIT)))


def group_of(loan: str, due_on: date, hold_out: int) -> Group:
    """Whether somebody at risk is called or held out; `hold_out` is a share in rate units. The same on every run."""
    return Group.HOLD_OUT if draw(f"{loan}:{due_on}") * 1_000_000 < hold_out else Group.TREATED


def limitation(from_day: date, interrupted: Iterable[date], years: int) -> date:
    """The last day a claim can be brought: `years` after the later of its beginning and its last interruption.

    民法典 188, 195, 200-202: counted by years from the next day, it ends on the day of the same name; 29 February ends
    on the last day of February.
    """
    begins = max([from_day, *interrupted])
    try:
        return begins.replace(year=begins.year + years)
    except ValueError:
        return date(begins.year + years, 2, 28)


def years_before(day: date, years: int) -> date:
    """The day of the same name so many years before; 28 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def stage_refusal(at: LegalStage, to: LegalStage) -> Conflict | None:
    """Why a claim cannot go to a stage."""
    if to in LEGAL_MOVES[at]:
        return None
    return Conflict("legal-move", f"诉讼不能由 {at} 转为 {to}", f"a claim does not go from {at} to {to}")


def shared_out(waiting: Sequence[int], load: Mapping[int, int]) -> dict[int, int]:
    """Cases without a collector, each to whoever has least in hand (then the lowest number): case to collector."""
    hands = [(count, staff) for staff, count in load.items()]
    if not hands:
        return {}
    heapify(hands)
    given = {}
    for case in waiting:
        count, given[case] = hands[0]
        heapreplace(hands, (count + 1, given[case]))
    return given
