"""What a loan, an event of it and a change of it can be, and the moves between, in one place."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class BookKind(StrEnum):
    """Whose money it is."""

    OWN = "own"  # 自营: our money, our ledger
    BANK = "bank"  # 资方: a bank's loan that we brought; watched by the bank's lists, never posted


class LoanStatus(StrEnum):
    """Whether the loan lives."""

    ACTIVE = "active"  # 还款中
    SETTLED = "settled"  # 已结清
    WRITTEN_OFF = "written_off"  # 已核销: no asset any more, still owed


class EventKind(StrEnum):
    """What happened to a loan; each is an event of `engine.life.events`, or what only the book knows."""

    DISBURSEMENT = "disbursement"  # 放款
    REPAYMENT = "repayment"  # 还款
    PREPAYMENT = "prepayment"  # 部分提前还款
    PAYOFF = "payoff"  # 提前结清
    CHARGE = "charge"  # 费用、罚金
    RATE_CHANGE = "rate_change"  # 利率调整
    DUE_DATE_SHIFT = "due_date_shift"  # 变更还款日
    TERM_EXTENSION = "term_extension"  # 展期
    INTEREST_PAUSE = "interest_pause"  # 停息
    REAMORTISE = "reamortise"  # 逾期款均摊
    REAGE = "reage"  # 重新计期
    RESTRUCTURE = "restructure"  # 重组
    WAIVER = "waiver"  # 减免
    WRITE_OFF = "write_off"  # 核销: no event of the engine, the debt stands
    REFUND = "refund"  # 退还溢缴款: no event of the engine, the credit was never applied
    REVERSAL = "reversal"  # 冲销


RECEIPTS: Final = frozenset({EventKind.REPAYMENT, EventKind.PREPAYMENT, EventKind.PAYOFF})
"""Events that bring money in."""


OBSERVED_AFTER: Final = frozenset({EventKind.RESTRUCTURE, EventKind.TERM_EXTENSION, EventKind.REAMORTISE})
"""Agreements after which a loan is observed for a while."""


AGREED: Final = OBSERVED_AFTER | {
    EventKind.RATE_CHANGE,
    EventKind.DUE_DATE_SHIFT,
    EventKind.INTEREST_PAUSE,
    EventKind.REAGE,
    EventKind.WAIVER,
    EventKind.WRITE_OFF,
    EventKind.REFUND,
}
"""What two people decided; so two people take it back."""


class Channel(StrEnum):
    """By which way an event came."""

    COUNTER = "counter"  # 柜面
    API = "api"  # 接口
    BANK_FILE = "bank_file"  # 银行流水
    DEBIT = "debit"  # 代扣
    SYSTEM = "system"  # 系统


class ChangeKind(StrEnum):
    """What the parties may agree while the loan lives; each asks for the approval of another person."""

    RESTRUCTURE = "restructure"  # 重组
    EXTENSION = "extension"  # 展期
    DUE_DATE = "due_date"  # 变更还款日
    REAMORTISATION = "reamortisation"  # 逾期款均摊
    RATE = "rate"  # 利率调整
    WAIVER = "waiver"  # 减免
    WRITE_OFF = "write_off"  # 核销
    REVERSAL = "reversal"  # 冲销: what was agreed is taken back
    VOID = "void"  # 作废: events that leave a loan without a plan are taken back, and it leaves quarantine


class ChangeState(StrEnum):
    """Where an asked change stands."""

    ASKED = "asked"  # 待审批
    DONE = "done"  # 已执行
    REFUSED = "refused"  # 未批准
    LAPSED = "lapsed"  # 已失效: the loan has moved on since it was previewed


CHANGE_MOVES: Final = MappingProxyType(
    {
        (ChangeState.ASKED, "approve"): ChangeState.DONE,
        (ChangeState.ASKED, "refuse"): ChangeState.REFUSED,
        (ChangeState.ASKED, "lapse"): ChangeState.LAPSED,
    }
)

LOAN_MOVES: Final = MappingProxyType(
    {
        (LoanStatus.ACTIVE, "settle"): LoanStatus.SETTLED,
        (LoanStatus.ACTIVE, "write_off"): LoanStatus.WRITTEN_OFF,
        (LoanStatus.SETTLED, "reopen"): LoanStatus.ACTIVE,  # the receipt that settled it was reversed
        (LoanStatus.WRITTEN_OFF, "settle"): LoanStatus.SETTLED,  # everything was recovered after all
    }
)
