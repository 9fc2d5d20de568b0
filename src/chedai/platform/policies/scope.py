"""To whom a row applies: lender type, vehicle kind, region and channel.

A row names the values it is limited to; a dimension it does not name applies to all. A question states its values; a
dimension it leaves open is only allowed where no row in question differs by it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, TypeVar

from chedai.platform.policies.errors import UnknownScope

_Word = TypeVar("_Word", bound=StrEnum)


class LenderType(StrEnum):
    """Who lends. Chinese rules apply by the licence of the lender, not by the product."""

    BANK = "bank"  # 银行
    AUTO_FINANCE = "auto_finance"  # 汽车金融公司
    CONSUMER_FINANCE = "consumer_finance"  # 消费金融公司
    TRUST = "trust"  # 信托公司
    MICRO_LOAN = "micro_loan"  # 小额贷款公司
    LEASING = "leasing"  # 融资租赁公司
    UNLICENSED = "unlicensed"  # 无放贷资质的出借人(民间借贷)


class VehicleKind(StrEnum):
    """What the loan buys. A used car is `USED` whatever drives it and whatever it is used for."""

    OWN_ICE = "own_ice"  # 自用传统动力
    OWN_NEV = "own_nev"  # 自用新能源
    COMMERCIAL_ICE = "commercial_ice"  # 商用传统动力
    COMMERCIAL_NEV = "commercial_nev"  # 商用新能源
    USED = "used"  # 二手车


class Channel(StrEnum):
    """The way the loan is sold."""

    DIRECT = "direct"  # 贷款人直营
    DEALER = "dealer"  # 经销商
    BROKER = "broker"  # 居间、助贷机构(线下)
    INTERNET_ASSISTED = "internet_assisted"  # 互联网助贷
    CARD_INSTALMENT = "card_instalment"  # 信用卡购车分期


Region = StrEnum(
    "Region",
    "beijing tianjin hebei shanxi inner_mongolia liaoning jilin heilongjiang shanghai jiangsu zhejiang anhui fujian "
    "jiangxi shandong henan hubei hunan guangdong guangxi hainan chongqing sichuan guizhou yunnan xizang shaanxi gansu "
    "qinghai ningxia xinjiang",
)
"""Province-level divisions of the mainland (省、自治区、直辖市)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The scope of one question; None is a dimension the question leaves open."""

    lender_type: LenderType | None = None
    vehicle_kind: VehicleKind | None = None
    region: Region | None = None
    channel: Channel | None = None

    @classmethod
    def of(
        cls, key: str, lender_type: str | None, vehicle_kind: str | None, region: str | None, channel: str | None
    ) -> Asked:
        """Words of the vocabulary to a question. Errors: `UnknownScope`, naming the words that are known."""
        return cls(
            _word(key, LenderType, "lender_type", lender_type),
            _word(key, VehicleKind, "vehicle_kind", vehicle_kind),
            _word(key, Region, "region", region),
            _word(key, Channel, "channel", channel),
        )

    def text_en(self) -> str:
        """`lender_type=bank, region=henan`."""
        return ", ".join(f"{d}={getattr(self, d)}" for d in DIMENSIONS if getattr(self, d) is not None) or "no scope"

    def text_zh(self) -> str:
        """`贷款人类型=bank、地区=henan`."""
        stated = [f"{DIMENSION_ZH[d]}={getattr(self, d)}" for d in DIMENSIONS if getattr(self, d) is not None]
        return "、".join(stated) or "未限定范围"


@dataclass(frozen=True, slots=True)
class Scope:
    """What one row is limited to; an empty dimension applies to all."""

    lender_type: frozenset[LenderType] = frozenset()
    vehicle_kind: frozenset[VehicleKind] = frozenset()
    region: frozenset[Region] = frozenset()
    channel: frozenset[Channel] = frozenset()

    def values(self, dimension: str) -> frozenset[str]:
        """The words one dimension is limited to."""
        words: frozenset[str] = getattr(self, dimension)
        return words

    def admits(self, asked: Asked) -> bool:
        """Does nothing the question states exclude this row?"""
        for dimension in DIMENSIONS:
            word, limited_to = getattr(asked, dimension), self.values(dimension)
            if limited_to and word is not None and word not in limited_to:
                return False
        return True

    def unanswered(self, asked: Asked) -> list[str]:
        """The dimensions this row is limited in and the question leaves open."""
        return [d for d in DIMENSIONS if self.values(d) and getattr(asked, d) is None]

    def narrower_than(self, other: Scope) -> bool:
        """Is every case of this scope a case of the other one, and not the reverse?"""
        inside = all(not b or (a and a <= b) for a, b in ((self.values(d), other.values(d)) for d in DIMENSIONS))
        return inside and self != other


DIMENSIONS: Final = tuple(field.name for field in fields(Scope))
DIMENSION_ZH: Final = {
    "lender_type": "贷款人类型",
    "vehicle_kind": "车辆类别",
    "region": "地区",
    "channel": "渠道",
}


def _word(key: str, vocabulary: type[_Word], dimension: str, word: str | None) -> _Word | None:
    if word is None:
        return None
    try:
        return vocabulary(word)
    except ValueError:
        known = [str(member) for member in vocabulary]
        raise UnknownScope(
            key,
            f"{dimension} {word!r} is unknown (known: {', '.join(known)})",
            f"未知的{DIMENSION_ZH[dimension]} {word}（可用：{'、'.join(known)})",
        ) from None
