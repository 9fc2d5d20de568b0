"""Where a refund stands."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class RefundState(StrEnum):
    """Where it stands."""

    ASKED = "asked"  # 待审批
    PAID = "paid"  # 已退还
    REFUSED = "refused"  # 未批准
    LAPSED = "lapsed"  # 已失效: the credit is no longer what it was


REFUND_MOVES: Final = MappingProxyType(
    {
        (RefundState.ASKED, "approve"): RefundState.PAID,
        (RefundState.ASKED, "refuse"): RefundState.REFUSED,
        (RefundState.ASKED, "lapse"): RefundState.LAPSED,
    }
)
