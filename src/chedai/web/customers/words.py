"""Codes of the customer master in the words of the desk."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chedai.crm.customers.kinds import CustomerKind, RelationKind, Trade
from chedai.platform.privacy.registry import purposes

KINDS: Final[dict[str, Promise]] = {
    CustomerKind.PERSON: _("个人"),
    CustomerKind.FIRM: _("企业"),
}
TRADES: Final[dict[str, Promise]] = {
    Trade.RIDE_HAILING: _("网约车"),
    Trade.TAXI: _("出租车"),
    Trade.FREIGHT: _("货运物流"),
    Trade.LEASING: _("车辆租赁"),
    Trade.BUILDING: _("建筑工程"),
    Trade.FARMING: _("种植养殖"),
    Trade.SOLE_TRADER: _("个体经营"),
    Trade.MEDICAL: _("医疗"),
    Trade.TEACHING: _("教育"),
    Trade.PUBLIC_SERVICE: _("机关事业单位"),
}
RELATIONS: Final[dict[str, Promise]] = {
    RelationKind.SPOUSE: _("配偶"),
    RelationKind.CO_BORROWER: _("共同借款人"),
    RelationKind.GUARANTOR: _("担保人"),
    RelationKind.PARENT: _("父母"),
    RelationKind.CHILD: _("子女"),
    RelationKind.LEGAL_REPRESENTATIVE: _("法定代表人"),
    RelationKind.EMPLOYER: _("工作单位"),
    RelationKind.OTHER: _("其他关系"),
}


def kind(code: str) -> str:
    """`person` as 个人."""
    return str(KINDS.get(code, code))


def trade(code: str) -> str:
    """`freight` as 货运物流; nothing for none."""
    return str(TRADES.get(code, code))


def relation(code: str) -> str:
    """`guarantor` as 担保人."""
    return str(RELATIONS.get(code, code))


def purpose(code: str) -> str:
    """`share_lender` as 向贷款机构提供资料."""
    known = purposes().get(code)
    if known is None:
        return code
    return known.zh if (get_language() or "zh").startswith("zh") else known.en
