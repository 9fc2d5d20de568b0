"""States, roles and findings in the words of the desk."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.deals.applications.states import (
    ApplicationState,
    DifferenceState,
    FlagKind,
    Heard,
    ItemState,
    Liability,
    LinkState,
    Role,
    Source,
    SubmissionState,
)

STATES: Final[dict[str, tuple[Promise, str]]] = {
    ApplicationState.FILLING: (_("填写中"), "blue"),
    ApplicationState.SUBMITTED: (_("已提交"), "green"),
    ApplicationState.RETURNED: (_("退回"), "red"),
    ApplicationState.CLOSED: (_("已关闭"), ""),
}
ROLES: Final[dict[str, Promise]] = {
    Role.APPLICANT: _("主借款人"),
    Role.SPOUSE: _("配偶"),
    Role.CO_BORROWER: _("共同借款人"),
    Role.GUARANTOR: _("担保人"),
}
LIABILITIES: Final[dict[str, Promise]] = {
    Liability.BORROWER: _("本人还款"),
    Liability.JOINT: _("共同还款"),
    Liability.JOINT_GUARANTEE: _("连带责任保证"),
    Liability.GENERAL_GUARANTEE: _("一般保证"),
    Liability.LIMITED_GUARANTEE: _("限额保证"),
    Liability.AWARE: _("知情同意"),
}
SOURCES: Final[dict[str, Promise]] = {
    Source.CUSTOMER: _("本人填写"),
    Source.STAFF: _("员工更正"),
    Source.PAPER: _("资料"),
    Source.STATEMENT: _("流水"),
    Source.BUREAU: _("征信"),
    Source.RECORD: _("客户档案"),
}
ITEMS: Final[dict[str, tuple[Promise, str, str]]] = {
    ItemState.MISSING: (_("待补"), "amber", "clock"),
    ItemState.HANDED_IN: (_("待复核"), "blue", "eye"),
    ItemState.RETURNED: (_("退回"), "red", "arrow-back-up"),
    ItemState.ACCEPTED: (_("已通过"), "green", "circle-check"),
    ItemState.EXPIRED: (_("已过期"), "red", "alert-triangle"),
}
FLAGS: Final[dict[str, Promise]] = {
    FlagKind.SAME_FILE: _("同一文件用于其他案卷"),
    FlagKind.SAME_PHONE: _("电话与其他案卷相同"),
    FlagKind.SAME_ADDRESS: _("地址与其他案卷相同"),
    FlagKind.SAME_EMPLOYER: _("单位与其他案卷相同"),
    FlagKind.STATEMENT: _("流水余额不连续"),
}
DIFFERENCES: Final[dict[str, tuple[Promise, str]]] = {
    DifferenceState.OPEN: (_("待确认"), "amber"),
    DifferenceState.ACKNOWLEDGED: (_("已确认"), "green"),
    DifferenceState.UNDONE: (_("已改回"), ""),
}
SUBMISSIONS: Final[dict[str, tuple[Promise, str]]] = {
    SubmissionState.SENDING: (_("发送中"), ""),
    SubmissionState.SENT: (_("已送审"), "blue"),
    SubmissionState.ASKED_MORE: (_("要求补件"), "amber"),
    SubmissionState.CONDITIONAL: (_("有条件"), "amber"),
    SubmissionState.APPROVED: (_("通过"), "green"),
    SubmissionState.DECLINED: (_("拒绝"), "red"),
    SubmissionState.WITHDRAWN: (_("撤回"), ""),
    SubmissionState.WON: (_("选定"), "green"),
    SubmissionState.FUNDED: (_("已放款"), "green"),
}
HEARD: Final[dict[str, Promise]] = {
    Heard.APPLIED: _("已生效"),
    Heard.OUT_OF_ORDER: _("晚于更新的答复，未生效"),
    Heard.TOO_LATE: _("送审已结束，未生效"),
}
LINKS: Final[dict[str, tuple[Promise, str]]] = {
    LinkState.OPEN: (_("可打开"), "green"),
    LinkState.EXPIRED: (_("已过期"), ""),
    LinkState.REVOKED: (_("已收回"), ""),
}
PAYERS: Final[dict[str, Promise]] = {
    "self": _("本人"),
    "spouse": _("配偶"),
    "parent": _("父母"),
    "third_party": _("第三方"),
}
