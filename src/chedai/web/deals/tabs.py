"""The tabs of a deal's jacket, in one table: a room adds a line, and its address `deals/<number>/<tab>/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.org.permissions import Permission


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: `name` is its address by name, which takes the number of the deal."""

    key: str
    word: Promise
    icon: str
    name: str
    permission: Permission = "deal.read"


TABS: Final = (
    Tab("overview", _("概览"), "file-text", "deal"),
    Tab("plan", _("方案"), "calculator", "deal_plan", "quote.read"),
    Tab("application", _("进件"), "clipboard-check", "deal_application", "application.read"),
    Tab("papers", _("资料"), "list-check", "deal_papers", "application.read"),
    Tab("lenders", _("送审"), "building-bank", "deal_lenders", "application.read"),
    Tab("decision", _("审批"), "scale", "deal_decision", "decision.read"),
    Tab("contract", _("合同"), "signature", "deal_contract", "contract.read"),
    Tab("payout", _("放款"), "send", "deal_payout", "payout.read"),
    Tab("after", _("抵押归档"), "certificate", "deal_after", "collateral.read"),
    Tab("loan", _("贷款"), "file-spreadsheet", "deal_loan", "loan.read"),
    Tab("record", _("记录"), "history", "deal_record"),
)
