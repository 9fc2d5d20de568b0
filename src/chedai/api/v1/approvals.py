"""Approvals: what waits, what was frozen, and deciding."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from chedai.api.operations import caller_of, changing, reading, require_version
from chedai.api.pages import Cut, Page, page
from chedai.api.schemas import ApprovalOut, ApprovalWhole, DecisionIn, Number
from chedai.org.authority import capacities
from chedai.org.selectors import staff_of
from chedai.platform import clock
from chedai.platform.actors import Actor, ActorKind
from chedai.platform.approvals import selectors, services
from chedai.platform.approvals.states import Verdict

router = Router(tags=["approvals"])


def _whole(request: HttpRequest, approval_id: int, permission: str) -> Any:
    approval = selectors.approval_read(approval_id)
    owner = staff_of(approval.requested_by_id)
    caller_of(request).require(permission, store_id=approval.unit, owner_id=owner)
    return approval


def _with_content(approval: Any) -> ApprovalWhole:
    facts = {name: getattr(approval, name) for name in ApprovalOut.model_fields}
    return ApprovalWhole(**facts, content=selectors.content(approval))


@reading(router, "/approvals", "approval.read", response=Page[ApprovalOut])
def approvals(request: HttpRequest, cut: Query[Cut], state: str | None = None) -> dict[str, Any]:
    """Approvals the caller may see, newest first."""
    owner = "requested_by__staff"
    records = caller_of(request).access.records("approval.read", store="unit", owner=owner)
    return page(selectors.approvals().filter(records, **({"state": state} if state else {})), cut)


@reading(router, "/approvals/{approval_id}", "approval.read", response=ApprovalWhole)
def approval(request: HttpRequest, approval_id: Path[Number]) -> Any:
    """One approval with what was frozen."""
    return _with_content(_whole(request, approval_id, "approval.read"))


@changing(router, "/approvals/{approval_id}/decisions", "approval.decide", response=ApprovalOut, status=201)
def decide(request: HttpRequest, approval_id: Path[Number], decision: DecisionIn) -> Any:
    """Decide the step that waits, on the version that was read (`If-Match` of the approval)."""
    found, caller = _whole(request, approval_id, "approval.decide"), caller_of(request)
    require_version(request, ApprovalWhole, _with_content(found))
    may = capacities(
        caller.access,
        found.action,
        amount=found.amount,
        deviation=found.deviation,
        store_id=found.unit,
        on=clock.business_date(),
    )
    # A token decides as its account: maker and checker are people.
    person = Actor(ActorKind.PERSON, caller.user_id, caller.actor.name)
    return services.approval_decide(
        approval_id=approval_id,
        verdict=Verdict(decision.verdict),
        digest=decision.digest,
        opinion=decision.opinion,
        capacities=may,
        actor=person,
    )
