"""The paper in the words of the desk."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.deals.contracts.states import (
    Change,
    ContractState,
    PayeeRole,
    PayeeState,
    Place,
    PromiseKind,
    SignedHow,
    StatementState,
)

STATEMENTS: Final[dict[str, tuple[Promise, str]]] = {
    StatementState.MADE: (_("待阅读"), "amber"),
    StatementState.OPENED: (_("阅读中"), "blue"),
    StatementState.CONFIRMED: (_("已确认"), "green"),
    StatementState.DECLINED: (_("不同意"), "red"),
    StatementState.VOID: (_("已作废"), ""),
}
CONTRACTS: Final[dict[str, tuple[Promise, str]]] = {
    ContractState.DRAFT: (_("待签署"), "amber"),
    ContractState.CHECKING: (_("待复核"), "blue"),
    ContractState.SIGNED: (_("已签署"), "green"),
    ContractState.VOID: (_("已作废"), ""),
}
HOW: Final[dict[str, Promise]] = {SignedHow.ELECTRONIC: _("电子签名"), SignedHow.WET_INK: _("纸质签字")}
PLACES: Final[dict[str, Promise]] = {Place.DESK: _("现场"), Place.PHONE: _("客户手机")}
PAYEES: Final[dict[str, Promise]] = {
    PayeeRole.DEALER: _("经销商"),
    PayeeRole.SELLER: _("车辆卖方"),
    PayeeRole.INSURER: _("保险公司"),
    PayeeRole.CUSTOMER: _("借款人本人"),
    PayeeRole.OTHER: _("其他"),
}
PAYEE_STATES: Final[dict[str, tuple[Promise, str]]] = {
    PayeeState.PROPOSED: (_("待复核"), "amber"),
    PayeeState.IN_FORCE: (_("有效"), "green"),
    PayeeState.REPLACED: (_("已替换"), ""),
    PayeeState.REFUSED: (_("未通过"), "red"),
}
CHANGES: Final[dict[str, Promise]] = {
    Change.AMOUNT: _("金额"),
    Change.TERM: _("期限"),
    Change.RATE: _("利率"),
    Change.VEHICLE: _("车辆"),
    Change.PAYEE: _("收款方"),
    Change.OTHER: _("其他"),
}
PROMISES: Final[dict[str, Promise]] = {
    PromiseKind.SETTLEMENT: _("提前还款"),
    PromiseKind.FEE: _("费用减免"),
    PromiseKind.DELIVERY: _("交车"),
    PromiseKind.GIFT: _("赠品"),
    PromiseKind.OTHER: _("其他"),
}


def tagged(table: dict[str, tuple[Promise, str]], state: str) -> dict[str, Any]:
    """The word and the tint of a state, for a template."""
    word, tint = table[state]
    return {"word": word, "tint": tint}
