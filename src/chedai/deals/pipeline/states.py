"""The stages of a deal, who may be waited for, and every move there is, in one table.

A deal goes up stage by stage. It comes back down only where a later stage finds that an earlier one must be done
again: a declined application to the quote, a change after approval to the decision.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Mode(StrEnum):
    """On whose book the loan will be."""

    DEALER_DESK = "dealer_desk"  # 4S 店金融: the loan is a bank's, the shop earns a rebate
    BROKER = "broker"  # 居间、助贷、担保
    OWN_BOOK = "own_book"  # 自营放款


class Stage(StrEnum):
    """Where the deal stands; each stage has one owner and one clock."""

    QUOTE = "quote"  # 报价
    APPLICATION = "application"  # 进件
    DECISION = "decision"  # 审批
    CONTRACT = "contract"  # 合同
    DISBURSEMENT = "disbursement"  # 放款
    COLLATERAL = "collateral"  # 抵押与归档, after the money has been paid out
    COMPLETE = "complete"  # 归档


class DealState(StrEnum):
    """Whether the deal is alive."""

    OPEN = "open"
    FUNDED = "funded"  # the money is out; papers may still be owed
    LOST = "lost"


class Turn(StrEnum):
    """Whose turn it is (轮到谁)."""

    OFFICER = "officer"
    CUSTOMER = "customer"
    APPROVER = "approver"
    LENDER = "lender"
    FINANCE = "finance"
    NOBODY = "nobody"


class LostReason(StrEnum):
    """Why a deal came to nothing; for the report, so never free text only."""

    PAID_CASH = "paid_cash"  # 改为全款
    OTHER_SHOP = "other_shop"  # 他店成交
    DECLINED = "declined"  # 未获批
    NO_ANSWER = "no_answer"  # 失联
    WITHDRAWN = "withdrawn"  # 客户放弃
    VEHICLE = "vehicle"  # 无车源
    OTHER = "other"


MOVES: Final = MappingProxyType(
    {
        Stage.QUOTE: frozenset({Stage.APPLICATION}),
        Stage.APPLICATION: frozenset({Stage.DECISION, Stage.QUOTE}),
        Stage.DECISION: frozenset({Stage.CONTRACT, Stage.APPLICATION, Stage.QUOTE}),
        Stage.CONTRACT: frozenset({Stage.DISBURSEMENT, Stage.DECISION, Stage.APPLICATION, Stage.QUOTE}),
        Stage.DISBURSEMENT: frozenset({Stage.COLLATERAL, Stage.CONTRACT, Stage.DECISION}),
        Stage.COLLATERAL: frozenset({Stage.COMPLETE}),
        Stage.COMPLETE: frozenset(),
    }
)
