"""What the close of a day posts on its own: accounts brought to their target, and what falls due. Twice is once."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.book.ledger import chart
from chedai.book.ledger.balances import account_balance
from chedai.book.ledger.chart import Code
from chedai.book.ledger.journal import journal_post
from chedai.book.ledger.kinds import EntryKind
from chedai.book.ledger.models import JournalEntry
from chedai.book.ledger.rules import Transfer, transfers
from chedai.platform.actors import Actor
from chedai.platform.errors import Refusal
from chedai.platform.work import service

BOOK: Final = "book:own"
"""What these entries are about: the own book as a whole."""


@service
def accrual_post(*, day: date, target: int, actor: Actor) -> JournalEntry | None:
    """Bring interest accrued and not yet due to `target` fen at the end of `day`; None where it is there already.

    Errors: `Refusal` for a negative target, `Conflict` for a locked day.
    """
    return _to_target(day, target, chart.INTEREST_ACCRUED, chart.INTEREST_INCOME, EntryKind.ACCRUAL, actor)


@service
def provision_post(*, day: date, target: int, actor: Actor) -> JournalEntry | None:
    """Bring the allowance for losses to `target` fen at the end of `day`; None where it is there already.

    Errors: `Refusal` for a negative target, `Conflict` for a locked day.
    """
    return _to_target(day, target, chart.ALLOWANCE, chart.IMPAIRMENT, EntryKind.PROVISION, actor)


def billed(interest: int, fees: int = 0, suspended: int = 0) -> tuple[Transfer, ...]:
    """What falls due: interest that was accrued, fees, and the interest of loans in suspense (fen)."""
    return (
        *transfers({chart.INTEREST_DUE: interest, chart.INTEREST_ACCRUED: -interest}),
        *transfers({chart.FEES_DUE: fees, chart.FEE_INCOME: -fees}),
        *transfers({chart.SUSPENSE: suspended, chart.MEMO_CONTRA: -suspended}),
    )


def _to_target(day: date, target: int, code: Code, other: Code, kind: EntryKind, actor: Actor) -> JournalEntry | None:
    if target < 0:
        raise Refusal("target-negative", f"目标余额不能为负：{target} 分", f"a target is not negative: {target} fen")
    missing = chart.chart().accounts[code].signed(target - account_balance(code, day))
    moved = transfers({code: missing, other: -missing})
    if not moved:
        return None
    return journal_post(day=day, kind=kind, subject=BOOK, transfers=moved, actor=actor, fixed=True)
