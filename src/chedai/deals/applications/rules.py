"""Deciding about an application: what is missing, what is too old, what does not add up. Pure."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chedai.deals.applications.questions import Question
from chedai.deals.applications.states import (
    APPLICATION_MOVES,
    ITEM_MOVES,
    LIABILITIES,
    ApplicationState,
    FlagKind,
    ItemState,
    Liability,
    Role,
)
from chedai.engine.calendar import on_day
from chedai.engine.terms import MonthEnd
from chedai.platform.errors import Conflict, Refusal

BLOCKING: Final = frozenset({FlagKind.SAME_FILE, FlagKind.SAME_PHONE, FlagKind.SAME_ADDRESS, FlagKind.STATEMENT})
"""What must be explained in writing before the file goes out. Two who work at one firm are noted, not accused."""

HANDED: Final = frozenset({ItemState.HANDED_IN, ItemState.ACCEPTED})
LINES_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bank statement, in fen."""

    number: int
    day: date
    money_in: int
    money_out: int
    balance: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """The first line whose balance does not follow from the one before (fen)."""

    number: int
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Month:
    """What came in and went out in a month (fen)."""

    month: str
    money_in: int
    money_out: int
    last: int


@dataclass(frozen=True, slots=True)
class Lack:
    """Something without which the file does not go out: its code and what to say."""

    code: str
    zh: str
    en: str
    field: str = ""

    def refusal(self) -> Refusal:
        """The lack as it is told."""
        return Refusal(self.code, self.zh, self.en, field=self.field or None)


def move_refusal(at: ApplicationState, to: ApplicationState) -> Conflict | None:
    """Why an application may not go from `at` to `to`."""
    if to in APPLICATION_MOVES[at]:
        return None
    words = {
        ApplicationState.FILLING: ("填写中", "being filled in"),
        ApplicationState.SUBMITTED: ("已提交", "submitted"),
        ApplicationState.RETURNED: ("退回补件", "returned"),
        ApplicationState.CLOSED: ("已关闭", "closed"),
    }
    zh, en = words[at]
    return Conflict("application-state", f"进件{zh}，不能做这一步", f"the application is {en}: this cannot be done now")


def item_refusal(at: ItemState, to: ItemState) -> Conflict | None:
    """Why a paper may not go from `at` to `to`."""
    if to in ITEM_MOVES[at]:
        return None
    words = {
        ItemState.MISSING: ("待补", "missing"),
        ItemState.HANDED_IN: ("待复核", "handed in"),
        ItemState.RETURNED: ("退回", "returned"),
        ItemState.ACCEPTED: ("已通过", "accepted"),
        ItemState.EXPIRED: ("已过期", "expired"),
    }
    zh, en = words[at]
    return Conflict("paper-state", f"该资料{zh}，不能做这一步", f"the paper is {en}: this cannot be done now")


def liability_refusal(role: Role, liability: Liability, amount: int | None) -> Refusal | None:
    """Why somebody in `role` cannot answer for the loan in this way."""
    if liability not in LIABILITIES[role]:
        zh, en = "这种责任方式与其身份不符", "this liability does not go with the role"
        return Refusal("party-liability", zh, en, field="liability")
    if (liability is Liability.LIMITED_GUARANTEE) != bool(amount and amount > 0):
        zh, en = "限额保证须写明金额，其他方式不写", "a limited guarantee names its amount, no other does"
        return Refusal("party-liability-amount", zh, en, field="liability_amount")
    return None


def is_stale(as_of: date, on: date, days: int) -> bool:
    """Whether a figure of a day is too old: on the last allowed day it is not."""
    return on > as_of + timedelta(days=days)


def expiry(day: date | None, months: int, valid: bool) -> date | None:
    """The last day a paper may be used: what it says itself, or some months after its date."""
    if day is None:
        return None
    return day if valid else on_day(day.year * 12 + day.month - 1 + months, day.day, MonthEnd.CLAMP)


def answers_missing(
    asked: Iterable[Question], answers: Mapping[str, str], lender_kinds: Sequence[str]
) -> list[Question]:
    """The questions a chosen lender wants answered and that are not. Zero is an answer."""
    return [one for one in asked if one.required_by(lender_kinds) and not answers.get(one.code)]


def first_wrong_line(opening: int, lines: Sequence[Line]) -> WrongLine | None:
    """The statement added up again, line by line, in fen."""
    balance = opening
    for line in lines:
        balance += line.money_in - line.money_out
        if balance != line.balance:
            return WrongLine(line.number, balance, line.balance)
    return None


def statement_refusal(lines: Sequence[Line]) -> Refusal | None:
    """What cannot be a statement at all: nothing in it, or days that run backwards."""
    if not 0 < len(lines) <= LINES_MAX:
        zh, en = f"流水须有 1 至 {LINES_MAX} 行", f"a statement has 1 to {LINES_MAX} lines"
        return Refusal("statement-lines", zh, en, field="lines")
    for one, following in itertools.pairwise(lines):
        if following.day < one.day:
            zh = f"第 {following.number} 行日期 {following.day} 早于上一行 {one.day}"
            en = f"line {following.number} is of {following.day}, before line {one.number} of {one.day}"
            return Refusal("statement-days", zh, en, field="lines")
    return None


def cash_flow(lines: Iterable[Line]) -> list[Month]:
    """Month by month: in, out, and the balance at its end."""
    months: dict[str, Month] = {}
    for line in lines:
        key = f"{line.day:%Y-%m}"
        so_far = months.get(key, Month(key, 0, 0, 0))
        months[key] = Month(key, so_far.money_in + line.money_in, so_far.money_out + line.money_out, line.balance)
    return list(months.values())


def statement_read(text: str) -> list[Line]:
    """The lines of a CSV with the columns 日期, 收入, 支出, 余额, 摘要 (day, in, out, balance, words), in yuan.

    Errors: `Refusal` naming the line.
    """
    found: list[Line] = []
    for number, row in enumerate(csv.reader(io.StringIO(text.removeprefix("\ufeff"))), 0):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 0 and not cells[0][:1].isdigit()):
            continue
        found.append(_line(len(found) + 1, cells))
        if len(found) > LINES_MAX:
            break
    return found


def _line(number: int, cells: Sequence[str]) -> Line:
    if len(cells) < 4:
        zh, en = f"第 {number} 行少于 4 列", f"line {number} has fewer than 4 columns"
        raise Refusal("statement-columns", zh, en, field="lines")
    try:
        day = date.fromisoformat(cells[0].replace("/", "-"))
        money_in, money_out, balance = (yuan(cell) for cell in cells[1:4])
    except ValueError:
        zh = f"第 {number} 行读不懂：日期如 2026-11-20，金额如 1234.50"
        en = f"line {number} cannot be read: a day is 2026-11-20, an amount 1234.50"
        raise Refusal("statement-line", zh, en, field="lines") from None
    if money_in < 0 or money_out < 0:
        zh, en = f"第 {number} 行收入、支出不得为负", f"line {number}: in and out are not negative"
        raise Refusal("statement-line", zh, en, field="lines")
    return Line(number, day, money_in, money_out, balance, cells[4] if len(cells) > 4 else "")


def yuan(text: str) -> int:
    """Typed yuan as fen, exactly; nothing is 0. Errors: `ValueError`."""
    plain = text.replace(",", "").strip() or "0"
    sign = -1 if plain.startswith("-") else 1
    whole, _, cents = plain.removeprefix("-").partition(".")
    if not (whole + cents).isascii() or not (whole + cents).isdigit() or len(cents) > 2 or len(whole) > 11:
        raise ValueError(text)
    return sign * (int(whole or "0") * 100 + int(cents.ljust(2, "0") or "0"))
