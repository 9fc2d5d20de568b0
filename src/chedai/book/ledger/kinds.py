"""What a journal entry is about, in one table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class EntryKind(StrEnum):
    """What happened."""

    PAYOUT = "payout"
    REPAYMENT = "repayment"
    PREPAYMENT = "prepayment"
    PAYOFF = "payoff"
    REVERSAL = "reversal"
    REFUND = "refund"
    CHARGE = "charge"
    WAIVER = "waiver"
    RESTRUCTURE = "restructure"
    RATE_CHANGE = "rate_change"
    WRITE_OFF = "write_off"
    RECOVERY = "recovery"
    SUSPENSE = "suspense"
    REPOSSESSION = "repossession"
    SALE = "sale"
    PARKED = "parked"
    ALLOCATED = "allocated"
    BILLING = "billing"
    ACCRUAL = "accrual"
    PROVISION = "provision"
    ADVANCE = "advance"
    MARGIN = "margin"


WORDS: Final = MappingProxyType(
    {
        EntryKind.PAYOUT: ("放款", "payout"),
        EntryKind.REPAYMENT: ("还款", "repayment"),
        EntryKind.PREPAYMENT: ("部分提前还款", "prepayment"),
        EntryKind.PAYOFF: ("提前结清", "payoff"),
        EntryKind.REVERSAL: ("冲正", "reversal"),
        EntryKind.REFUND: ("退款", "refund"),
        EntryKind.CHARGE: ("计收费用", "charge"),
        EntryKind.WAIVER: ("减免", "waiver"),
        EntryKind.RESTRUCTURE: ("重组", "restructure"),
        EntryKind.RATE_CHANGE: ("利率调整", "rate change"),
        EntryKind.WRITE_OFF: ("核销", "write-off"),
        EntryKind.RECOVERY: ("核销后收回", "recovery"),
        EntryKind.SUSPENSE: ("转入、转出表外", "into or out of suspense"),
        EntryKind.REPOSSESSION: ("收回车辆", "repossession"),
        EntryKind.SALE: ("处置车辆", "sale of a car"),
        EntryKind.PARKED: ("收款待分配", "receipt parked"),
        EntryKind.ALLOCATED: ("分配收款", "receipt allocated"),
        EntryKind.BILLING: ("到期应收", "billing"),
        EntryKind.ACCRUAL: ("计提利息", "accrual"),
        EntryKind.PROVISION: ("计提准备", "provision"),
        EntryKind.ADVANCE: ("代偿", "advance to a bank"),
        EntryKind.MARGIN: ("保证金", "margin"),
    }
)
"""Each kind in both languages."""
