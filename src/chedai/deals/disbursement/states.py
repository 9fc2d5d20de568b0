"""The states of a payout and the moves between them, in one table."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Check(StrEnum):
    """One line of the funding checklist. A condition of the decision adds its own line."""

    APPROVAL = "approval"  # 批复有效
    STATEMENT = "statement"  # 综合融资成本明示表已确认
    CONTRACT = "contract"  # 合同已签署
    CONSENTS = "consents"  # 授权齐全
    DOWN_PAYMENT = "down_payment"  # 首付凭证
    COMPULSORY = "compulsory"  # 交强险
    COMMERCIAL = "commercial"  # 商业险
    BENEFICIARY = "beneficiary"  # 第一受益人
    LIEN = "lien"  # 抵押登记
    GPS = "gps"  # 定位装置
    VEHICLE = "vehicle"  # 一车一贷
    PAYEE = "payee"  # 收款账户
    CONDITION = "condition"  # 批复条件


class Light(StrEnum):
    """What a line says."""

    OPEN = "open"  # 未满足: blocks
    DONE = "done"  # 已满足
    LATER = "later"  # 放款后限期办理
    NOT_ASKED = "not_asked"  # 本产品不要求


class EvidenceState(StrEnum):
    """Whether a paper that proves something was looked at by a second person."""

    HANDED_IN = "handed_in"  # 待复核
    ACCEPTED = "accepted"  # 已复核
    RETURNED = "returned"  # 已退回


class Route(StrEnum):
    """Who pays the money out."""

    OWN = "own"  # 本公司付款
    LENDER = "lender"  # 资方付款


class PayoutState(StrEnum):
    """Where a payout stands."""

    REQUESTED = "requested"  # 待放款复核
    RELEASED = "released"  # 已放款
    RETURNED = "returned"  # 已退回


PAYOUT_MOVES: Final = MappingProxyType(
    {
        (PayoutState.REQUESTED, "release"): PayoutState.RELEASED,
        (PayoutState.REQUESTED, "return"): PayoutState.RETURNED,
    }
)
