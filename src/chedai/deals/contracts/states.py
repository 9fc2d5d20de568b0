"""The states of the paper and the moves between them, in one table each."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Place(StrEnum):
    """Where the customer read or signed."""

    DESK = "desk"  # 现场: at the shop, on signed paper
    PHONE = "phone"  # 线上: on the customer's own phone


class StatementState(StrEnum):
    """Where a statement of all-in cost stands."""

    MADE = "made"  # 待阅读
    OPENED = "opened"  # 阅读中
    CONFIRMED = "confirmed"  # 已确认
    DECLINED = "declined"  # 客户不同意
    VOID = "void"  # 已作废: figures changed afterwards


STATEMENT_MOVES: Final = MappingProxyType(
    {
        (StatementState.MADE, "open"): StatementState.OPENED,
        (StatementState.OPENED, "open"): StatementState.OPENED,  # the clock of the first opening goes on
        (StatementState.CONFIRMED, "open"): StatementState.CONFIRMED,
        (StatementState.OPENED, "confirm"): StatementState.CONFIRMED,
        (StatementState.MADE, "decline"): StatementState.DECLINED,
        (StatementState.OPENED, "decline"): StatementState.DECLINED,
        (StatementState.DECLINED, "open"): StatementState.OPENED,  # the customer thought again
    }
)


class ContractState(StrEnum):
    """Where a contract stands."""

    DRAFT = "draft"  # 待签署
    CHECKING = "checking"  # 待复核: a signed paper came in, a second person looks at it
    SIGNED = "signed"  # 已签署
    VOID = "void"  # 已作废


CONTRACT_MOVES: Final = MappingProxyType(
    {
        (ContractState.DRAFT, "sign"): ContractState.SIGNED,
        (ContractState.DRAFT, "hand_in"): ContractState.CHECKING,
        (ContractState.CHECKING, "accept"): ContractState.SIGNED,
        (ContractState.CHECKING, "return"): ContractState.DRAFT,
        (ContractState.DRAFT, "void"): ContractState.VOID,
        (ContractState.CHECKING, "void"): ContractState.VOID,
        (ContractState.SIGNED, "void"): ContractState.VOID,
    }
)


class SignedHow(StrEnum):
    """How the contract was signed."""

    ELECTRONIC = "electronic"  # 电子签名 (PAdES)
    WET_INK = "wet_ink"  # 纸质签字


class PayeeState(StrEnum):
    """Whether money may go to an account."""

    PROPOSED = "proposed"  # 待复核
    IN_FORCE = "in_force"  # 有效
    REPLACED = "replaced"  # 已替换
    REFUSED = "refused"  # 复核未通过


class PayeeRole(StrEnum):
    """Who the money goes to."""

    DEALER = "dealer"  # 经销商
    SELLER = "seller"  # 二手车卖方
    INSURER = "insurer"  # 保险公司
    CUSTOMER = "customer"  # 借款人本人
    OTHER = "other"


class Change(StrEnum):
    """What an amendment changes after the approval."""

    AMOUNT = "amount"  # 金额
    TERM = "term"  # 期限
    RATE = "rate"  # 利率
    VEHICLE = "vehicle"  # 车辆
    PAYEE = "payee"  # 收款方
    OTHER = "other"  # 其他


class PromiseKind(StrEnum):
    """What somebody promised by word of mouth."""

    SETTLEMENT = "settlement"  # 提前还款
    FEE = "fee"  # 费用减免
    DELIVERY = "delivery"  # 交车
    GIFT = "gift"  # 赠品
    OTHER = "other"
