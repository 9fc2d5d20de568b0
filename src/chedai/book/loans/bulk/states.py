"""What a debit batch and a line of it can be."""

from __future__ import annotations

from enum import StrEnum


class DebitState(StrEnum):
    """Where a batch stands."""

    MADE = "made"  # 待发送
    SENT = "sent"  # 待回盘
    DONE = "done"  # 已回盘: every line is answered


class LineState(StrEnum):
    """What became of a line."""

    WAITING = "waiting"  # 待回盘
    PAID = "paid"  # 扣款成功
    FAILED = "failed"  # 扣款失败: tried again with the next batch while the mandate stands
