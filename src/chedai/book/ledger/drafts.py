"""What is to be posted, checked as a value, and the bytes it is hashed as."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chedai.book.ledger.chart import Code, chart, is_memo
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.rules import Transfer
from chedai.platform.errors import Refusal

MOST: Final = 2**62
"""No amount is larger (fen): sums over a whole book stay within what the database holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it has its number. `subject` is what it is about, `loan:17`.

    `day` is the day of the fact. Where its period is locked the entry moves to the first open day and keeps `day` as
    its value date; one that is `fixed` to its day (accruals, provisions) is refused instead.
    """

    day: date
    kind: EntryKind
    subject: str
    transfers: tuple[Transfer, ...]
    fixed: bool = False


def check(draft: Draft) -> None:
    """Errors: `Refusal` for an entry without postings, an unknown account, an amount that is none, a mixed posting."""
    if not draft.transfers:
        raise Refusal("entry-empty", "凭证没有分录", "the entry has no postings", field="transfers")
    accounts = chart().accounts
    for one in draft.transfers:
        for code in (one.debit, one.credit):
            if code not in accounts:
                raise _wrong("no-such-account", f"没有科目 {code}", f"there is no account {code}")
        if one.debit == one.credit:
            raise _wrong("same-account", f"科目 {one.debit} 不能自借自贷", f"{one.debit} cannot be moved to itself")
        if not 0 < one.amount <= MOST:
            said = f"{one.amount} 分", f"{one.amount} fen"
            raise _wrong("amount-none", f"分录金额无效：{said[0]}", f"not an amount to post: {said[1]}")
        if is_memo(one.debit) is not is_memo(one.credit):
            both = f"{one.debit}, {one.credit}"
            raise _wrong("mixed-sides", f"表内、表外科目不能对转：{both}", f"one is off the balance sheet: {both}")


def _wrong(code: str, zh: str, en: str) -> Refusal:
    return Refusal(code, zh, en, field="transfers")


def canonical(draft: Draft, *, seq: int, day: date, at: str, actor: str) -> bytes:
    """The bytes of an entry: JSON with sorted keys, no spaces, UTF-8, one line. Its number is part of it."""
    body = {
        "actor": actor,
        "at": at,
        "day": day.isoformat(),
        "kind": draft.kind.value,
        "postings": [[one.debit, one.credit, one.amount] for one in draft.transfers],
        "seq": seq,
        "subject": draft.subject,
        "value_on": draft.day.isoformat(),
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(slots=True)
class Moved:
    """What moved on an account: fen debited, fen credited."""

    debit: int = 0
    credit: int = 0

    @property
    def net(self) -> int:
        """Debits less credits."""
        return self.debit - self.credit


def moved_by(postings: Iterable[Sequence[Transfer]]) -> dict[Code, Moved]:
    """What several entries together move on each account."""
    sums: dict[Code, Moved] = {}
    for each in postings:
        for one in each:
            sums.setdefault(one.debit, Moved()).debit += one.amount
            sums.setdefault(one.credit, Moved()).credit += one.amount
    return sums
