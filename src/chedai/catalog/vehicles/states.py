"""What drives a car, and where a valuation comes from."""

from __future__ import annotations

from enum import StrEnum


class Energy(StrEnum):
    """What drives a car."""

    PETROL = "petrol"  # 汽油
    DIESEL = "diesel"  # 柴油
    HYBRID = "hybrid"  # 混动, no plug; counts as traditional power
    PLUG_IN = "plug_in"  # 插电混动
    EXTENDED = "extended"  # 增程
    ELECTRIC = "electric"  # 纯电


NEW_ENERGY = frozenset({Energy.PLUG_IN, Energy.EXTENDED, Energy.ELECTRIC})
"""What counts as a new-energy vehicle (新能源汽车)."""


class ValuationSource(StrEnum):
    """Where a value comes from."""

    VALUER = "valuer"  # 评估机构
    MARKET = "market"  # 市场成交价
    AUCTION = "auction"  # 拍卖价
    DEALER = "dealer"  # 本店评估师
    INVOICE = "invoice"  # 发票, for a new car
