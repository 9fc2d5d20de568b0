"""What is tracked of the car as security, and the states of it."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ItemKind(StrEnum):
    """One thing that must come back or be done."""

    PLATE = "plate"  # 上牌
    LIEN = "lien"  # 抵押登记
    GREEN_BOOK = "green_book"  # 绿本回收 (机动车登记证书)
    COMPULSORY = "compulsory"  # 交强险
    COMMERCIAL = "commercial"  # 商业险
    GPS = "gps"  # 定位装置


class ItemState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"  # 未起算: its clock starts with the payout
    OPEN = "open"  # 办理中
    DONE = "done"  # 已完成
    LAPSED = "lapsed"  # 已失效: was done, is no longer (cover ended, beneficiary lost)


MOVES: Final = MappingProxyType(
    {
        (ItemState.WAITING, "start"): ItemState.OPEN,
        (ItemState.WAITING, "finish"): ItemState.DONE,
        (ItemState.OPEN, "finish"): ItemState.DONE,
        (ItemState.DONE, "lapse"): ItemState.LAPSED,
        (ItemState.LAPSED, "finish"): ItemState.DONE,
        (ItemState.DONE, "finish"): ItemState.DONE,  # a renewal
        (ItemState.DONE, "reopen"): ItemState.OPEN,  # was given back, but its loan is owed again
    }
)


class Cover(StrEnum):
    """The two kinds of car insurance."""

    COMPULSORY = "compulsory"  # 交强险
    COMMERCIAL = "commercial"  # 商业险
