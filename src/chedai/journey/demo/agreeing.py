"""The second person: whoever has the authority reads what was asked for, and agrees."""

from __future__ import annotations

from chedai.journey.demo.house import House, acting
from chedai.org.access import access_of
from chedai.org.authority import capacities
from chedai.platform import clock
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.services import approval_decide
from chedai.platform.approvals.states import Verdict


def agree(house: House, approval: Approval, action: str, store_id: int, opinion: str) -> None:
    """Every step of an approval, each by one of its role; a manager is that of the store."""
    today = clock.business_date()
    for role in approval.steps:
        who = house.managers[store_id] if role == "manager" else house.group[role][0]
        access = access_of(who.user_id)
        held = capacities(access, action, amount=approval.amount, deviation=0, store_id=store_id, on=today)
        approval_decide(
            approval_id=approval.pk,
            verdict=Verdict.APPROVE,
            digest=approval.digest,
            capacities=held,
            actor=acting(who),
            opinion=opinion,
        )
