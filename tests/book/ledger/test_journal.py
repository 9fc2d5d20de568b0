"""Posting: numbered and chained at the close, counted, refused whole; balances on any day."""

from __future__ import annotations

from datetime import date

import pytest

from chedai.book.ledger.balances import account_balance, statement, trial_balance
from chedai.book.ledger.drafts import Draft
from chedai.book.ledger.journal import journal_post, journal_post_many
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.models import AccountDay, AccountMonth, JournalEntry, Posting
from chedai.book.ledger.rules import Transfer
from chedai.book.ledger.selectors import entry, head
from chedai.platform.actors import system
from chedai.platform.errors import NotFound, Refusal
from chedai.platform.work import service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("held_clock")]

BY = system("close")
PAYOUT = (Transfer("1301", "1002", 10_000_000),)


def day(text: str) -> date:
    return date.fromisoformat(text)


def payout(on: str, number: int = 1, amount: int = 10_000_000) -> Draft:
    transfers = (Transfer("1301", "1002", amount),)
    return Draft(day=day(on), kind=EntryKind.PAYOUT, subject=f"loan:{number}", transfers=transfers)


def test_an_entry_is_numbered_and_its_balances_stand_from_its_day_on() -> None:
    made = journal_post(day=day("2026-10-20"), kind=EntryKind.PAYOUT, subject="loan:7", transfers=PAYOUT, actor=BY)
    assert (made.seq, head()[0], entry(1).subject) == (1, 1, "loan:7")
    on = {text: account_balance("1301", day(text)) for text in ("2026-10-19", "2026-10-20", "2026-11-20", "2027-01-01")}
    assert list(on.values()) == [0, 10_000_000, 10_000_000, 10_000_000]
    assert account_balance("1002", day("2026-10-20")) == -10_000_000
    assert account_balance("2241", day("2026-10-20")) == 0
