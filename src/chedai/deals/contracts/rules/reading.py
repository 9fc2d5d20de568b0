"""Whether a statement has been read: the clock of the house runs from its first opening, never that of a device.

《个人贷款业务明示综合融资成本规定》 (in force 2026-08-01): on site the customer signs the sheet, online it opens with a
forced reading time and is confirmed before the contract.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chedai.deals.contracts.states import STATEMENT_MOVES, StatementState
from chedai.platform.errors import Conflict, Refusal

_WORDS = {
    StatementState.MADE: ("待阅读", "not opened yet"),
    StatementState.OPENED: ("阅读中", "being read"),
    StatementState.CONFIRMED: ("已确认", "confirmed"),
    StatementState.DECLINED: ("客户不同意", "declined by the customer"),
    StatementState.VOID: ("已作废", "void"),
}


def seconds_left(opened_at: datetime, now: datetime, seconds: int) -> int:
    """How many seconds of the reading time are left; a begun second counts whole."""
    left = opened_at + timedelta(seconds=seconds) - now
    return max(-(-left // timedelta(seconds=1)), 0)


def move(state: StatementState, act: str) -> StatementState:
    """The state after `act`. Errors: `Conflict` where the table knows no such move."""
    to = STATEMENT_MOVES.get((state, act))
    if to is None:
        zh, en = _WORDS[state]
        raise Conflict("statement-state", f"综合融资成本明示表{zh}，不能再办理此步", f"the statement is {en}")
    return to


def refuse_unread(opened_at: datetime | None, now: datetime, seconds: int) -> None:
    """Errors: `Refusal` where it was not opened, or not for the set time."""
    if opened_at is None:
        zh, en = "客户还没有打开综合融资成本明示表", "the customer has not opened the statement of all-in cost"
        raise Refusal("statement-not-read", zh, en, field="statement")
    left = seconds_left(opened_at, now, seconds)
    if left:
        zh = f"须阅读满 {seconds} 秒，还差 {left} 秒"
        en = f"it must be read for {seconds} seconds; {left} are left"
        raise Refusal("statement-not-read", zh, en, field="statement")
