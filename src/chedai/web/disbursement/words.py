"""The payout in the words of the desk."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.deals.disbursement.states import EvidenceState, Light, PayoutState, Route

LIGHTS: Final[dict[str, tuple[Promise, str, str]]] = {
    Light.OPEN: (_("未满足"), "red", "alert-circle"),
    Light.DONE: (_("已满足"), "green", "check"),
    Light.LATER: (_("放款后办"), "amber", "clock"),
    Light.NOT_ASKED: (_("不要求"), "", ""),
}
PAYOUTS: Final[dict[str, tuple[Promise, str]]] = {
    PayoutState.REQUESTED: (_("待放款"), "amber"),
    PayoutState.RELEASED: (_("已放款"), "green"),
    PayoutState.RETURNED: (_("已退回"), "red"),
}


def asker_of(order: Any) -> str:
    """Who asked for a payout: one of us, or the lender that has paid already."""
    return str(order.requested_by.display_name if order.requested_by is not None else order.deal.lender_name)


ROUTES: Final[dict[str, Promise]] = {Route.OWN: _("本公司付款"), Route.LENDER: _("资方付款")}
EVIDENCE: Final[dict[str, tuple[Promise, str]]] = {
    EvidenceState.HANDED_IN: (_("待复核"), "amber"),
    EvidenceState.ACCEPTED: (_("已复核"), "green"),
    EvidenceState.RETURNED: (_("已退回"), "red"),
}
