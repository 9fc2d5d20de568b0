"""Reception in the words of the desk."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.crm.reception.states import Channel, LeadLost, LeadState, Outcome, Purpose, Source, VisitState

PURPOSES: Final[dict[str, Promise]] = {
    Purpose.LOOK: _("看车"),
    Purpose.TEST_DRIVE: _("试驾"),
    Purpose.FINANCE: _("谈方案"),
    Purpose.SIGN: _("签约"),
    Purpose.PICK_UP: _("提车"),
    Purpose.SERVICE: _("咨询"),
}
SOURCES: Final[dict[str, Promise]] = {
    Source.WALK_IN: _("自然进店"),
    Source.PHONE: _("来电"),
    Source.ONLINE: _("垂直网站"),
    Source.SOCIAL: _("短视频与社媒"),
    Source.EVENT: _("车展与外拓"),
    Source.REFERRAL: _("转介绍"),
    Source.REPURCHASE: _("老客复购"),
}
VISIT_STATES: Final[dict[str, Promise]] = {
    VisitState.WAITING: _("等候"),
    VisitState.SERVED: _("接待中"),
    VisitState.LEFT: _("已离店"),
}
LEAD_STATES: Final[dict[str, Promise]] = {
    LeadState.OPEN: _("跟进中"),
    LeadState.POOL: _("公海"),
    LeadState.CONVERTED: _("已成交"),
    LeadState.LOST: _("已战败"),
}
LEAD_TINTS: Final = {LeadState.OPEN.value: "blue", LeadState.POOL.value: "amber", LeadState.CONVERTED.value: "green"}
CHANNELS: Final[dict[str, Promise]] = {
    Channel.CALL: _("电话"),
    Channel.VISIT: _("到店"),
    Channel.MESSAGE: _("消息"),
}
OUTCOMES: Final[dict[str, Promise]] = {
    Outcome.REACHED: _("已联系上"),
    Outcome.APPOINTMENT: _("约到店"),
    Outcome.NO_ANSWER: _("未接通"),
    Outcome.NOT_NOW: _("暂不考虑"),
    Outcome.WRONG_NUMBER: _("空号或错号"),
}
LOST: Final[dict[str, Promise]] = {
    LeadLost.BOUGHT_ELSEWHERE: _("已在别处购买"),
    LeadLost.NO_INTEREST: _("没有意向"),
    LeadLost.WRONG_NUMBER: _("空号或错号"),
    LeadLost.NOT_ELIGIBLE: _("不符合条件"),
}
