"""Custody in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedai.deals.custody.states import (
    CountState,
    CustodyKind,
    FindingKind,
    FindingState,
    HolderKind,
    MoveAct,
)
from chedai.platform import clock

KINDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        CustodyKind.GREEN_BOOK: gettext_lazy("绿本"),
        CustodyKind.KEY: gettext_lazy("车钥匙"),
        CustodyKind.INVOICE: gettext_lazy("购车发票"),
        CustodyKind.CONTRACT: gettext_lazy("合同文本"),
        CustodyKind.OTHER: gettext_lazy("其他资料"),
    }
)
HOLDERS: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {
        HolderKind.SAFE: (gettext_lazy("在库"), "green"),
        HolderKind.STAFF: (gettext_lazy("员工持有"), "amber"),
        HolderKind.BANK: (gettext_lazy("在资方"), "blue"),
        HolderKind.COURIER: (gettext_lazy("快递中"), "amber"),
        HolderKind.CUSTOMER: (gettext_lazy("在客户"), ""),
        HolderKind.GONE: (gettext_lazy("已核销"), "red"),
    }
)
ACTS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        MoveAct.ENTER: gettext_lazy("登记入库"),
        MoveAct.SEND: gettext_lazy("交出"),
        MoveAct.RECEIVE: gettext_lazy("签收"),
        MoveAct.RECALL: gettext_lazy("撤回"),
        MoveAct.RELEASE: gettext_lazy("归还客户"),
        MoveAct.WRITE_OFF: gettext_lazy("核销"),
    }
)
COUNTS: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {CountState.OPEN: (gettext_lazy("盘点中"), "blue"), CountState.CLOSED: (gettext_lazy("已盘完"), "green")}
)
FINDINGS: Final[Mapping[str, tuple[Promise, str]]] = MappingProxyType(
    {
        FindingKind.MISSING: (gettext_lazy("盘亏"), "red"),
        FindingKind.UNEXPECTED: (gettext_lazy("盘盈"), "amber"),
    }
)
SETTLED: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        FindingState.OPEN: gettext_lazy("未结"),
        FindingState.FOUND: gettext_lazy("已找到或已说明"),
        FindingState.WRITTEN_OFF: gettext_lazy("已核销"),
    }
)


def who(row: Any, deal: Any) -> str:
    """Who has a thing, and where."""
    if row.holder == HolderKind.SAFE:
        return f"{row.store.name} · {row.shelf}"
    if row.holder == HolderKind.COURIER:
        return f"{row.party} {row.waybill}"
    return _somebody(row.holder, row.staff, None, row.party, deal)


def next_one(row: Any, deal: Any) -> str:
    """Who is to take it over; nothing where nobody is."""
    return _somebody(row.next_holder, row.next_staff, row.next_store, row.next_party, deal) if row.next_holder else ""


def state_of(row: Any) -> tuple[Any, str]:
    """The word and the tint of where a thing is: what is missing or on its way comes before who holds it."""
    if getattr(row, "lost", False):
        return FINDINGS[FindingKind.MISSING]
    if row.next_holder and row.holder != HolderKind.COURIER:
        return gettext_lazy("待签收"), "blue"
    return HOLDERS[row.holder]


def late(row: Any) -> int:
    """How many days it is past its day."""
    return max((clock.business_date() - row.due_on).days, 0) if row.due_on else 0


def _somebody(kind: str, staff: Any, store: Any, party: str, deal: Any) -> str:
    if kind == HolderKind.STAFF:
        return str(staff.user.display_name)
    if kind == HolderKind.SAFE:
        return _("%(store)s 保险柜") % {"store": store.name}
    if kind == HolderKind.BANK:
        return str(deal.lender_name) if deal.lender_code == party else party
    return str(_("客户")) if kind == HolderKind.CUSTOMER else str(_("无人"))
