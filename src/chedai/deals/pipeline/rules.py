"""Deciding about a deal's road. Pure."""

from __future__ import annotations

from datetime import date

from chedai.deals.pipeline.states import MOVES, DealState, Stage
from chedai.platform.errors import Conflict

STAGE_WORDS = {
    Stage.QUOTE: ("报价", "quote"),
    Stage.APPLICATION: ("进件", "application"),
    Stage.DECISION: ("审批", "decision"),
    Stage.CONTRACT: ("合同", "contract"),
    Stage.DISBURSEMENT: ("放款", "payout"),
    Stage.COLLATERAL: ("抵押归档", "lien and filing"),
    Stage.COMPLETE: ("完成", "complete"),
}


def move_refusal(state: DealState, at: Stage, to: Stage) -> Conflict | None:
    """Why a deal may not go from `at` to `to`."""
    if state is DealState.LOST:
        return Conflict("deal-lost", "该案卷已关闭", "this deal is closed")
    if to not in MOVES[at]:
        (zh_at, en_at), (zh_to, en_to) = STAGE_WORDS[at], STAGE_WORDS[to]
        return Conflict("no-such-move", f"{zh_at}阶段不能转到{zh_to}", f"a deal cannot go from {en_at} to {en_to}")
    return None


def number_of(store: str, on: date, last: str) -> str:
    """The number after `last`, the newest of the store and month, or nothing: A1-202611-0042."""
    month = prefix_of(store, on)
    return f"{month}{int(last[len(month) :] or 0) + 1:04}"


def prefix_of(store: str, on: date) -> str:
    """What every number of a store and month begins with."""
    return f"{store}-{on:%Y%m}-"
