"""Collection in the words of the desk."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.book.collection.codes import codes
from chedai.book.collection.services.pre_due import RESULTS
from chedai.book.collection.states import (
    Arm,
    CaseState,
    Channel,
    ClosedWhy,
    Group,
    Interruption,
    LegalStage,
    NumberSource,
    PromiseState,
    RecoveryState,
    VisitState,
    Whom,
)

ACTIONS: Final[dict[str, Promise]] = {
    "sms": _("短信"),
    "call": _("电话"),
    "ai_call": _("智能语音"),
    "visit": _("外访"),
    "letter": _("信函"),
    "legal": _("诉讼"),
    "agency": _("委外"),
}
CHANNELS: Final[dict[str, Promise]] = {channel.value: ACTIONS[channel] for channel in Channel}
STATES: Final[dict[str, tuple[Promise, str]]] = {
    CaseState.OPEN: (_("催收中"), "amber"),
    CaseState.CLOSED: (_("已关闭"), ""),
}
CLOSED: Final[dict[str, Promise]] = {ClosedWhy.CURED: _("已还清逾期"), ClosedWhy.SETTLED: _("贷款已结清")}
WHOM: Final[dict[str, Promise]] = {
    Whom.DEBTOR: _("债务人本人"),
    Whom.GUARANTOR: _("担保人"),
    Whom.CONTACT: _("联系人"),
}
RELATIONS: Final[dict[str, Promise]] = {
    "spouse": _("配偶"),
    "parent": _("父母"),
    "child": _("子女"),
    "sibling": _("兄弟姐妹"),
    "friend": _("朋友"),
    "colleague": _("同事"),
}
SOURCES: Final[dict[str, Promise]] = {
    NumberSource.CUSTOMER: _("客户档案"),
    NumberSource.APPLICATION: _("进件时自填"),
    NumberSource.DEBTOR: _("本人后来告知"),
    NumberSource.FOUND: _("其他途径（不得拨打）"),
}
PROMISES: Final[dict[str, tuple[Promise, str]]] = {
    PromiseState.OPEN: (_("待兑现"), "blue"),
    PromiseState.KEPT: (_("已兑现"), "green"),
    PromiseState.BROKEN: (_("未兑现"), "red"),
}
ARMS: Final[dict[str, Promise]] = {Arm.CHAMPION: _("冠军"), Arm.CHALLENGER: _("挑战者")}
GROUPS: Final[dict[str, Promise]] = {Group.TREATED: _("联系组"), Group.HOLD_OUT: _("对照组")}
VISITS: Final[dict[str, tuple[Promise, str]]] = {
    VisitState.PLANNED: (_("待外访"), "blue"),
    VisitState.DONE: (_("已报告"), "green"),
    VisitState.CANCELLED: (_("已取消"), ""),
}
STAGES: Final[dict[str, Promise]] = {
    LegalStage.DEMAND: _("律师函"),
    LegalStage.FILED: _("申请立案"),
    LegalStage.ACCEPTED: _("已受理"),
    LegalStage.MEDIATION: _("调解"),
    LegalStage.HEARING: _("开庭"),
    LegalStage.JUDGMENT: _("判决"),
    LegalStage.ENFORCEMENT: _("执行"),
    LegalStage.CLOSED: _("已结案"),
}
INTERRUPTIONS: Final[dict[str, Promise]] = {
    Interruption.DEMAND: _("书面催告"),
    Interruption.PAYMENT: _("部分还款"),
    Interruption.ACKNOWLEDGEMENT: _("债务人确认债务"),
    Interruption.LAWSUIT: _("起诉"),
}
CARS: Final[dict[str, tuple[Promise, str]]] = {
    RecoveryState.TAKEN: (_("已收车"), "blue"),
    RecoveryState.SOLD: (_("已出售，待入账"), "amber"),
    RecoveryState.BOOKED: (_("已入账"), "green"),
    RecoveryState.RETURNED: (_("已归还"), ""),
}
RULES: Final[dict[str, Promise]] = {
    "quiet_hours": _("禁止时段"),
    "effective_calls": _("有效通话次数"),
    "dial_attempts": _("拨打次数"),
    "open_call": _("通话未登记"),
    "third_party": _("第三人"),
    "refused": _("对方已拒绝"),
    "number_source": _("号码来源"),
    "number_invalid": _("号码无效"),
    "opted_out": _("拒收短信"),
    "visit_staff": _("外访人数"),
    "not_placed": _("不在委托期内"),
}
_SENT: Final = {"sent": _("短信已提交发送")}


def spoken(thing: Any) -> str:
    """What has a `zh` and an `en`, in the language of the page."""
    return str(thing.zh if (get_language() or "zh").startswith("zh") else thing.en)


def result_word(code: str) -> str:
    """What came of a contact or a visit, in words."""
    if code in _SENT:
        return str(_SENT[code])
    found = {one.code: spoken(one) for one in codes().visit} | {one.code: spoken(one) for one in codes().result}
    return found.get(code, code)


def rules_broken(text: str) -> str:
    """Rules by their names, with commas between."""
    return "、".join(str(RULES.get(rule, rule)) for rule in text.split(",") if rule)


YES: Final[dict[bool | None, Promise | str]] = {True: _("是"), False: _("否"), None: ""}


def before_word(code: str) -> str:
    """What came of a call before the due day."""
    found = RESULTS.get(code)
    return "" if found is None else found[0 if (get_language() or "zh").startswith("zh") else 1]
