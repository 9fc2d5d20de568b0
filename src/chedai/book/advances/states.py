"""What an advance can be, why it is made, and how margin moves."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class AdvanceReason(StrEnum):
    """Why the bank is paid."""

    INSTALMENT = "instalment"  # 垫付月供: so that the loan is not late at the bank
    GUARANTEE = "guarantee"  # 代偿: the bank calls the guarantee


class AdvanceState(StrEnum):
    """Where it stands."""

    ASKED = "asked"  # 待审批
    PAID = "paid"  # 已垫付
    REFUSED = "refused"  # 未批准


class MarginKind(StrEnum):
    """Which way margin moves."""

    DEPOSIT = "deposit"  # 存入
    WITHDRAWAL = "withdrawal"  # 转回


ADVANCE_MOVES: Final = MappingProxyType(
    {
        (AdvanceState.ASKED, "approve"): AdvanceState.PAID,
        (AdvanceState.ASKED, "refuse"): AdvanceState.REFUSED,
    }
)
