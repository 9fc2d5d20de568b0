"""Balances of accounts on any day, from totals kept by month and day: never a sum over postings.

Inside a piece of work they count what the work has posted and what waits for its close.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum

from chedai.book.ledger.chart import Account, AccountKind, Code, chart
from chedai.book.ledger.drafts import Moved
from chedai.book.ledger.journal import Waiting
from chedai.book.ledger.models import Posting
from chedai.platform.errors import NotFound
from chedai.platform.statements import ask
from chedai.platform.work import gathered

_DAY: Final = timedelta(days=1)
_MOVED: Final = (
    "SELECT account, CAST(sum(debit) AS bigint), CAST(sum(credit) AS bigint) FROM ("
    "SELECT account, debit, credit FROM book_account_month WHERE month < %s{only} UNION ALL "
    "SELECT account, debit, credit FROM book_account_day WHERE day >= %s AND day <= %s{only}) moved GROUP BY account"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One account over a stretch of days; fen. `opening` and `closing` are positive on the account's usual side."""

    account: Account
    opening: int
    debit: int
    credit: int
    closing: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on it and nothing moved."""
        return not (self.opening or self.debit or self.credit)


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account from `since` to `on`, both included (试算平衡表)."""

    since: date
    on: date
    lines: tuple[Line, ...]

    def of(self, kind: AccountKind) -> tuple[Line, ...]:
        """The accounts of one kind."""
        return tuple(line for line in self.lines if line.account.kind is kind)

    @property
    def debit(self) -> int:
        """All that was debited; equal to all that was credited."""
        return sum(line.debit for line in self.lines)

    @property
    def credit(self) -> int:
        """All that was credited."""
        return sum(line.credit for line in self.lines)

    @property
    def debit_balance(self) -> int:
        """The closing balances on the debit side; equal to those on the credit side."""
        return sum(max(line.account.signed(line.closing), 0) for line in self.lines)

    @property
    def credit_balance(self) -> int:
        """The closing balances on the credit side."""
        return sum(max(-line.account.signed(line.closing), 0) for line in self.lines)


def account(code: Code) -> Account:
    """An account of the chart. Errors: `NotFound`."""
    found = chart().accounts.get(code)
    if found is None:
        raise NotFound("no-such-account", "没有这个科目", "there is no such account")
    return found


def account_balance(code: Code, on: date) -> int:
    """The balance at the end of `on` in fen, positive on the account's usual side. Errors: `NotFound`."""
    return account(code).signed(_until(on, code).get(code, Moved()).net)


def trial_balance(on: date, since: date | None = None) -> TrialBalance:
    """Every account at the end of `on`, with what moved since `since` (the first of the month where none is given)."""
    start = since or on.replace(day=1)
    before, until = _until(start - _DAY), _until(on)
    lines = []
    for code, each in chart().accounts.items():
        old, new = before.get(code, Moved()), until.get(code, Moved())
        moved = new.debit - old.debit, new.credit - old.credit
        lines.append(Line(each, each.signed(old.net), *moved, each.signed(new.net)))
    return TrialBalance(start, on, tuple(lines))


def _until(on: date, code: Code | None = None) -> dict[Code, Moved]:
    """What ever moved up to the end of `on`: whole months, then the days of the month that is running."""
    month, only = on.replace(day=1).isoformat(), "" if code is None else " AND account = %s"
    asked = [month, *([code] if code else []), month, on.isoformat(), *([code] if code else [])]
    sums = {name: Moved(debit, credit) for name, debit, credit in ask(_MOVED.format(only=only), asked)}
    waiting = gathered(Waiting)
    for entry, draft, _ in waiting.entries if waiting else ():
        for one in draft.transfers if entry.day <= on else ():
            sums.setdefault(one.debit, Moved()).debit += one.amount
            sums.setdefault(one.credit, Moved()).credit += one.amount
    return sums


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting seen from an account: fen in or out, the account on the other side, and the balance after it."""

    posting: Any
    other: Account
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Some of an account's postings in the order of the books; `next` is the mark of the page after it."""

    account: Account
    opening: int
    lines: tuple[StatementLine, ...]
    next: str

    @property
    def closing(self) -> int:
        """The balance after the last line."""
        return self.lines[-1].balance if self.lines else self.opening


def statement(code: Code, first: date, last: date, *, after: str = "", size: int = 100) -> StatementPage:
    """The postings of an account from `first` to `last`, `size` of them behind the mark `after`, with running balance.

    Errors: `NotFound` for an unknown account or a mark that is none.
    """
    of, rows = account(code), Posting.objects.filter(day__gte=first, day__lte=last)
    opening = account_balance(code, first - _DAY)
    if after:
        day, number = _mark(after)
        opening = account_balance(code, day - _DAY) + of.signed(_moved_on(code, day, number))
        rows = rows.filter(Q(day__gt=day) | Q(day=day, pk__gt=number))
    found = _both_sides(rows, code, size + 1)
    lines, balance = [], opening
    for posting in found[:size]:
        debit, credit = (posting.amount, 0) if posting.debit == code else (0, posting.amount)
        balance += of.signed(debit - credit)
        other = chart().accounts[posting.credit if debit else posting.debit]
        lines.append(StatementLine(posting, other, debit, credit, balance))
    more = f"{lines[-1].posting.day:%Y%m%d}.{lines[-1].posting.pk}" if len(found) > size else ""
    return StatementPage(of, opening, tuple(lines), more)


def _both_sides(rows: QuerySet[Posting], code: Code, most: int) -> list[Posting]:
    """The first postings of an account, each side read along its own index."""
    sides = [
        rows.filter(**{side: code})
        .order_by("day", "pk")
        .select_related("entry")
        .defer("entry__body", "entry__link")[:most]
        for side in ("debit", "credit")
    ]
    return list(heapq.merge(*sides, key=lambda posting: (posting.day, posting.pk)))[:most]


def _moved_on(code: Code, day: date, until: int) -> int:
    """Debits less credits of an account on a day, up to a posting."""
    rows = Posting.objects.filter(day=day, pk__lte=until)
    sums = [rows.filter(**{side: code}).aggregate(sum=Sum("amount"))["sum"] or 0 for side in ("debit", "credit")]
    return int(sums[0] - sums[1])


def _mark(text: str) -> tuple[date, int]:
    day, _, number = text.partition(".")
    if len(day) != 8 or not (day + number).isascii() or not (day.isdigit() and number.isdigit()) or len(number) > 18:
        raise NotFound("no-such-page", "翻页标记无效", "the mark of the page is not one of ours")
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:])), int(number)
    except ValueError as wrong:
        raise NotFound("no-such-page", "翻页标记无效", "the mark of the page is not one of ours") from wrong
