"""The words of an application and every move there is, in tables."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ApplicationState(StrEnum):
    """Where the application stands."""

    FILLING = "filling"  # 填写中
    SUBMITTED = "submitted"  # 已提交
    RETURNED = "returned"  # 退回补件
    CLOSED = "closed"  # 已关闭: the deal is lost, or gone back to the quote


APPLICATION_MOVES: Final = MappingProxyType(
    {
        ApplicationState.FILLING: frozenset({ApplicationState.SUBMITTED, ApplicationState.CLOSED}),
        ApplicationState.SUBMITTED: frozenset({ApplicationState.RETURNED, ApplicationState.CLOSED}),
        ApplicationState.RETURNED: frozenset({ApplicationState.SUBMITTED, ApplicationState.CLOSED}),
        ApplicationState.CLOSED: frozenset({ApplicationState.FILLING}),  # another quote was accepted
    }
)

OPEN_FOR_WRITING: Final = frozenset({ApplicationState.FILLING, ApplicationState.RETURNED})


class Role(StrEnum):
    """What somebody is to the loan."""

    APPLICANT = "applicant"  # 主借款人
    SPOUSE = "spouse"  # 配偶
    CO_BORROWER = "co_borrower"  # 共同借款人
    GUARANTOR = "guarantor"  # 担保人


class Liability(StrEnum):
    """How far somebody answers for the loan."""

    BORROWER = "borrower"  # 借款人本人, for the whole debt
    JOINT = "joint"  # 共同还款责任
    JOINT_GUARANTEE = "joint_guarantee"  # 连带责任保证: the lender may turn to them at once
    GENERAL_GUARANTEE = "general_guarantee"  # 一般保证: only after the borrower was pursued in vain
    LIMITED_GUARANTEE = "limited_guarantee"  # 限额保证, up to an amount
    AWARE = "aware"  # 知情同意, answers for nothing


LIABILITIES: Final = MappingProxyType(
    {
        Role.APPLICANT: frozenset({Liability.BORROWER}),
        Role.SPOUSE: frozenset({Liability.JOINT, Liability.AWARE}),
        Role.CO_BORROWER: frozenset({Liability.JOINT}),
        Role.GUARANTOR: frozenset(
            {Liability.JOINT_GUARANTEE, Liability.GENERAL_GUARANTEE, Liability.LIMITED_GUARANTEE}
        ),
    }
)
"""The liabilities each role can have. A guarantee is one kind or the other, in words (民法典第六百八十六条)."""


class Source(StrEnum):
    """Where an answer comes from."""

    CUSTOMER = "customer"  # as the customer says
    STAFF = "staff"  # set right by staff
    PAPER = "paper"  # read off a paper
    STATEMENT = "statement"  # worked out of a bank statement
    BUREAU = "bureau"  # of the credit report
    RECORD = "record"  # carried over from the customer's record


class ItemState(StrEnum):
    """Where one paper of the checklist stands."""

    MISSING = "missing"  # 待补
    HANDED_IN = "handed_in"  # 待复核
    RETURNED = "returned"  # 退回
    ACCEPTED = "accepted"  # 已通过
    EXPIRED = "expired"  # 已过期


ITEM_MOVES: Final = MappingProxyType(
    {
        ItemState.MISSING: frozenset({ItemState.HANDED_IN}),
        ItemState.HANDED_IN: frozenset({ItemState.HANDED_IN, ItemState.ACCEPTED, ItemState.RETURNED}),
        ItemState.RETURNED: frozenset({ItemState.HANDED_IN}),
        ItemState.ACCEPTED: frozenset({ItemState.RETURNED, ItemState.EXPIRED}),
        ItemState.EXPIRED: frozenset({ItemState.HANDED_IN}),
    }
)


class FlagKind(StrEnum):
    """What does not fit together."""

    SAME_FILE = "same_file"  # 同一文件用于其他案卷
    SAME_PHONE = "same_phone"  # 电话与其他案卷相同
    SAME_ADDRESS = "same_address"  # 地址与其他案卷相同
    SAME_EMPLOYER = "same_employer"  # 单位与其他案卷相同: many colleagues are no fraud, one phone may be
    STATEMENT = "statement"  # 流水余额不连续


class FlagState(StrEnum):
    """Whether somebody has looked into it."""

    OPEN = "open"
    RESOLVED = "resolved"


class DifferenceState(StrEnum):
    """Whether the customer knows that their own entry was changed."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    UNDONE = "undone"  # the entry reads again as the customer wrote it


class SubmissionState(StrEnum):
    """Where a lender stands with the file."""

    SENDING = "sending"  # 发送中: waits in the outbox
    SENT = "sent"  # 已送审
    ASKED_MORE = "asked_more"  # 要求补件
    CONDITIONAL = "conditional"  # 有条件通过
    APPROVED = "approved"  # 通过
    DECLINED = "declined"  # 拒绝
    WITHDRAWN = "withdrawn"  # 撤回
    WON = "won"  # 选定
    FUNDED = "funded"  # 已放款


SUBMISSION_MOVES: Final = MappingProxyType(
    {
        SubmissionState.SENDING: frozenset(
            {
                SubmissionState.SENT,
                # a lender may answer before our worker has noted that the file arrived
                SubmissionState.ASKED_MORE,
                SubmissionState.CONDITIONAL,
                SubmissionState.APPROVED,
                SubmissionState.DECLINED,
                SubmissionState.WITHDRAWN,
            }
        ),
        SubmissionState.SENT: frozenset(
            {
                SubmissionState.ASKED_MORE,
                SubmissionState.CONDITIONAL,
                SubmissionState.APPROVED,
                SubmissionState.DECLINED,
                SubmissionState.WITHDRAWN,
            }
        ),
        SubmissionState.ASKED_MORE: frozenset(
            {
                SubmissionState.SENDING,  # the next round
                SubmissionState.SENT,  # the next round of a lender that is answered on screen
                SubmissionState.CONDITIONAL,
                SubmissionState.APPROVED,
                SubmissionState.DECLINED,
                SubmissionState.WITHDRAWN,
            }
        ),
        SubmissionState.CONDITIONAL: frozenset(
            {
                SubmissionState.SENDING,
                SubmissionState.SENT,
                SubmissionState.APPROVED,
                SubmissionState.DECLINED,
                SubmissionState.WITHDRAWN,
                SubmissionState.WON,
            }
        ),
        SubmissionState.APPROVED: frozenset({SubmissionState.WON, SubmissionState.WITHDRAWN, SubmissionState.DECLINED}),
        SubmissionState.DECLINED: frozenset({SubmissionState.SENDING, SubmissionState.SENT}),
        SubmissionState.WITHDRAWN: frozenset({SubmissionState.SENDING, SubmissionState.SENT}),
        SubmissionState.WON: frozenset({SubmissionState.FUNDED, SubmissionState.WITHDRAWN}),
        SubmissionState.FUNDED: frozenset(),
    }
)

ANSWERS: Final = frozenset(
    {
        SubmissionState.ASKED_MORE,
        SubmissionState.CONDITIONAL,
        SubmissionState.APPROVED,
        SubmissionState.DECLINED,
    }
)
"""What a lender can say."""

WINNABLE: Final = frozenset({SubmissionState.APPROVED, SubmissionState.CONDITIONAL})
AT_THE_LENDER: Final = frozenset(
    {
        SubmissionState.SENDING,
        SubmissionState.SENT,
        SubmissionState.ASKED_MORE,
        SubmissionState.CONDITIONAL,
        SubmissionState.APPROVED,
    }
)
"""States in which the file lies with the lender and can be withdrawn."""


class Heard(StrEnum):
    """What became of a message of a lender."""

    APPLIED = "applied"
    OUT_OF_ORDER = "out_of_order"  # a later message was here already
    TOO_LATE = "too_late"  # the round was withdrawn, or is over


class LinkState(StrEnum):
    """Whether a customer's link opens."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"
