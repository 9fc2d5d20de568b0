"""What is kept, who can hold it, what can happen to it, and what a count can find."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class CustodyKind(StrEnum):
    """What is kept. Each has a letter on its label."""

    GREEN_BOOK = "green_book"  # 绿本 (机动车登记证书)
    KEY = "key"  # 车钥匙
    INVOICE = "invoice"  # 购车发票
    CONTRACT = "contract"  # 合同文本: the house's own copy
    OTHER = "other"  # 其他资料


LETTERS: Final = {
    CustodyKind.GREEN_BOOK: "G",
    CustodyKind.KEY: "K",
    CustodyKind.INVOICE: "I",
    CustodyKind.CONTRACT: "C",
    CustodyKind.OTHER: "O",
}
CUSTOMERS_OWN: Final = frozenset(set(CustodyKind) - {CustodyKind.CONTRACT})
"""What goes back to the customer at the end. The house keeps its copy of the contract."""


class HolderKind(StrEnum):
    """Who can hold a thing."""

    SAFE = "safe"  # 门店保险柜
    STAFF = "staff"  # 员工
    BANK = "bank"  # 资方
    COURIER = "courier"  # 快递
    CUSTOMER = "customer"  # 客户
    GONE = "gone"  # 已核销: nobody has it, and somebody answered for that


class MoveAct(StrEnum):
    """What happened to a thing."""

    ENTER = "enter"  # 入库登记
    SEND = "send"  # 交出: waits for the receiver
    RECEIVE = "receive"  # 签收
    RECALL = "recall"  # 撤回: was not taken over
    RELEASE = "release"  # 归还客户
    WRITE_OFF = "write_off"  # 核销


class CountState(StrEnum):
    """Where a count of a safe stands."""

    OPEN = "open"  # 盘点中
    CLOSED = "closed"  # 已盘完


class FindingKind(StrEnum):
    """What a count found that should not be."""

    MISSING = "missing"  # 盘亏: on record in this safe, not seen
    UNEXPECTED = "unexpected"  # 盘盈: seen in this safe, on record elsewhere or nowhere


class FindingState(StrEnum):
    """What became of it."""

    OPEN = "open"  # 未结
    FOUND = "found"  # 已找到, 已说明
    WRITTEN_OFF = "written_off"  # 已核销
