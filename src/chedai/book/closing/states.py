"""What the end of a loan, an item of it and a customer's request can be."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AskState(StrEnum):
    """Where a customer's wish to settle stands."""

    OPEN = "open"  # 待办理: it is finance's turn
    DONE = "done"  # 已结清
    WITHDRAWN = "withdrawn"  # 已撤回: the customer thought otherwise
    LAPSED = "lapsed"  # 已过期: its quote is good no longer


class ClosureState(StrEnum):
    """Where the end of a loan stands."""

    OPEN = "open"  # 办理中
    COMPLETE = "complete"  # 已办结
    VOID = "void"  # 已作废: the receipt that settled the loan was taken back


class ClosingItem(StrEnum):
    """What the customer gets back or is owed once nothing is owed by them."""

    CERTIFICATE = "certificate"  # 结清证明
    LIEN = "lien"  # 解除抵押
    GPS = "gps"  # 拆除定位装置
    PAPERS = "papers"  # 归还绿本、钥匙、资料


class ClosingItemState(StrEnum):
    """Where one of them stands."""

    OPEN = "open"  # 待办
    DONE = "done"  # 已完成
    NONE = "none"  # 无此项: there was nothing to give back, for a reason


CLOSURE_MOVES: Final = MappingProxyType(
    {
        (ClosureState.OPEN, "complete"): ClosureState.COMPLETE,
        (ClosureState.OPEN, "void"): ClosureState.VOID,
        (ClosureState.COMPLETE, "void"): ClosureState.VOID,
    }
)

ITEM_MOVES: Final = MappingProxyType(
    {
        (ClosingItemState.OPEN, "finish"): ClosingItemState.DONE,
        (ClosingItemState.OPEN, "none"): ClosingItemState.NONE,
    }
)
