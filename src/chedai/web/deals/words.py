"""Stages, turns and modes in the words of the desk."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.deals.pipeline.states import DealState, LostReason, Mode, Stage, Turn

STAGES: Final[dict[str, Promise]] = {
    Stage.QUOTE: _("报价"),
    Stage.APPLICATION: _("进件"),
    Stage.DECISION: _("审批"),
    Stage.CONTRACT: _("合同"),
    Stage.DISBURSEMENT: _("放款"),
    Stage.COLLATERAL: _("抵押"),
    Stage.COMPLETE: _("归档"),
}
TURNS: Final[dict[str, Promise]] = {
    Turn.OFFICER: _("轮到我们"),
    Turn.CUSTOMER: _("轮到客户"),
    Turn.APPROVER: _("轮到审批"),
    Turn.LENDER: _("轮到机构"),
    Turn.FINANCE: _("轮到财务"),
    Turn.NOBODY: _("无人待办"),
}
MODES: Final[dict[str, Promise]] = {
    Mode.DEALER_DESK: _("店内代办"),
    Mode.BROKER: _("居间助贷"),
    Mode.OWN_BOOK: _("自营放款"),
}
STATES: Final[dict[str, Promise]] = {
    DealState.OPEN: _("在途"),
    DealState.FUNDED: _("已放款"),
    DealState.LOST: _("已关闭"),
}
STATE_TINTS: Final = {DealState.OPEN.value: "blue", DealState.FUNDED.value: "green", DealState.LOST.value: ""}
LOST: Final[dict[str, Promise]] = {
    LostReason.PAID_CASH: _("改为全款"),
    LostReason.OTHER_SHOP: _("他店成交"),
    LostReason.DECLINED: _("未获批"),
    LostReason.NO_ANSWER: _("失去联系"),
    LostReason.WITHDRAWN: _("客户放弃"),
    LostReason.VEHICLE: _("没有车源"),
    LostReason.OTHER: _("其他原因"),
}
