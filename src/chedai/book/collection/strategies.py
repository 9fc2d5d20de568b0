"""Strategies read from their policy: which line fits a loan, and which of its arms the loan gets. Pure.

A segment is the first, in the order of the policy, whose buckets, grades and amounts fit. Within a segment the shares
of its arms make 100, and the number of the loan says which arm it gets: the same today and tomorrow, and without a
throw of dice that nobody could repeat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Final

import msgspec

from chedai.book.collection.states import Arm
from chedai.engine.errors import EngineError
from chedai.engine.money import fen
from chedai.platform.errors import Refusal
from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.values import Line

LINES: Final = "collection_strategy.lines"
COSTS: Final = "collection_strategy.costs"
ACTIONS: Final = frozenset({"sms", "call", "ai_call", "visit", "letter", "legal", "agency"})
_SHORT: Final = 30


@lru_cache(maxsize=256)
def _fen(yuan: str) -> int:
    """An amount of a table, read once however many loans are held against it."""
    return fen(yuan, argument="yuan")


class Strategy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: for whom it is, what is done, how soon again, how far ahead a promise may lie. Amounts in yuan text."""

    code: str
    segment: str
    arm: Arm
    share: int
    buckets: tuple[str, ...]
    action: str
    script: str
    priority: int
    next_days: int
    promise_days: int
    zh: str
    en: str
    over: str = "0"
    below: str = ""
    grades: tuple[str, ...] = ()

    @property
    def least(self) -> int:
        """The least amount overdue, in fen."""
        return _fen(self.over)

    @property
    def most(self) -> int | None:
        """The amount overdue below which it holds, in fen; None without end."""
        return _fen(self.below) if self.below else None


class _Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    yuan: str


@dataclass(frozen=True, slots=True)
class Facing:
    """What a strategy looks at: the number of the loan, its bucket, the grade of its customer, fen overdue."""

    loan: str
    bucket: str
    grade: str
    overdue: int


@dataclass(frozen=True, slots=True)
class Strategies:
    """The lines in force on a day and the row of policy they stand in."""

    version: str
    lines: tuple[Strategy, ...]

    def line(self, code: str) -> Strategy | None:
        """The line of a code."""
        return next((one for one in self.lines if one.code == code), None)


def strategies_on(book: PolicyBook, day: date) -> Strategies:
    """The strategies of a day. Errors: `PolicyError` where none is in force, `Refusal` where they are malformed."""
    row = book.in_force(LINES, day)
    lines = row.listed(Line)
    if (wrong := lines_fault(lines)) is not None:
        raise Refusal("strategy-malformed", f"催收策略有误：{wrong[1]}", f"the strategies are malformed: {wrong[0]}")
    return Strategies(row.version, tuple(_strategy(line) for line in lines))


def costs_on(book: PolicyBook, day: date) -> dict[str, int]:
    """What one action of each channel costs, in fen."""
    found = (msgspec.convert(dict(line.cells), _Cost) for line in book.in_force(COSTS, day).listed(Line))
    return {one.code: fen(one.yuan, argument="yuan") for one in found}


def chosen(strategies: Strategies, facing: Facing) -> Strategy | None:
    """The line a loan is worked by; None where no segment fits."""
    fitting = next((one for one in strategies.lines if _fits(one, facing)), None)
    if fitting is None:
        return None
    place = draw(f"{fitting.segment}:{facing.loan}")
    for one in (line for line in strategies.lines if line.segment == fitting.segment):
        if place < one.share:
            return one
        place -= one.share
    return fitting


def draw(name: str) -> int:
    """A number from 0 to 99 that belongs to a name for ever."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % 100


def lines_fault(lines: Sequence[Line]) -> tuple[str, str] | None:
    """What is wrong with a table of strategies, in English and Chinese."""
    try:
        read = [_strategy(line) for line in lines]
        bounds = [(one.least, one.most) for one in read]
    except (msgspec.ValidationError, EngineError) as refused:
        return f"is no strategy: {refused}", f"不是策略：{refused}"
    for one, (least, most) in zip(read, bounds, strict=True):
        if (wrong := _line_fault(one, least, most)) is not None:
            return wrong
    for segment, group in groupby(sorted(read, key=lambda one: one.segment), key=lambda one: one.segment):
        if (wrong := _segment_fault(segment, list(group))) is not None:
            return wrong
    return None


def costs_fault(lines: Sequence[Line]) -> tuple[str, str] | None:
    """What is wrong with a table of costs."""
    try:
        for line in lines:
            fen(msgspec.convert(dict(line.cells), _Cost).yuan, argument="yuan")
    except (msgspec.ValidationError, EngineError) as refused:
        return f"is no cost: {refused}", f"不是成本：{refused}"
    return None


def _strategy(line: Line) -> Strategy:
    return msgspec.convert(dict(line.cells), Strategy)


def _line_fault(one: Strategy, least: int, most: int | None) -> tuple[str, str] | None:
    if one.action not in ACTIONS:
        return f"{one.code}: unknown action {one.action}", f"{one.code}：未知动作 {one.action}"
    if not one.buckets or one.next_days < 1 or one.promise_days < 1 or not 0 < one.share <= 100:
        return f"{one.code}: buckets, days and share must be given", f"{one.code}：须写明档位、天数与比例"
    if most is not None and most <= least:
        return f"{one.code}: its amounts leave nobody", f"{one.code}：金额区间为空"
    if len(one.segment) > _SHORT or len(one.script) > _SHORT or not 0 <= one.priority <= 100:
        return f"{one.code}: names are at most 30 long, priority 0 to 100", f"{one.code}：名称过长或优先级不在 0–100"
    return None


def _segment_fault(segment: str, lines: list[Strategy]) -> tuple[str, str] | None:
    if sum(one.share for one in lines) != 100:
        return f"{segment}: the shares must make 100", f"{segment}：比例合计须为 100"
    if sum(one.arm is Arm.CHAMPION for one in lines) != 1 or len(lines) > 2:
        return f"{segment}: one champion and at most one challenger", f"{segment}：须有一个冠军，最多一个挑战者"
    if len({(one.buckets, one.grades, one.over, one.below) for one in lines}) != 1:
        return f"{segment}: its arms must be for the same loans", f"{segment}：冠军与挑战者的适用范围须相同"
    return None


def _fits(one: Strategy, facing: Facing) -> bool:
    amount = facing.overdue >= one.least and (one.most is None or facing.overdue < one.most)
    return facing.bucket in one.buckets and amount and (not one.grades or facing.grade in one.grades)
