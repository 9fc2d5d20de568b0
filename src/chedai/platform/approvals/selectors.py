"""Reading approvals."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet

from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.states import State
from chedai.platform.errors import NotFound


def approval_lock(approval_id: int) -> Approval:
    """The approval, locked until the transaction ends. Errors: `NotFound`."""
    found = Approval.objects.select_for_update(no_key=True).filter(pk=approval_id).first()
    if found is None:
        raise NotFound("no-such-approval", "没有这项审批", "there is no such approval")
    return found


def approvals_pending() -> QuerySet[Approval]:
    """What waits for a checker, oldest first."""
    return Approval.objects.filter(state=State.PENDING).order_by("requested_at", "pk").select_related("requested_by")


def approvals_of(subject: str) -> QuerySet[Approval]:
    """Every approval that was asked for one thing, newest first, with its decisions."""
    return Approval.objects.filter(subject=subject).order_by("-pk").prefetch_related("decisions__decided_by")


def approvals() -> QuerySet[Approval]:
    """Every approval, newest first, without the frozen document."""
    return Approval.objects.order_by("-pk").select_related("requested_by").defer("frozen")


def approvals_asked_by(user_id: int) -> QuerySet[Approval]:
    """What one person asked for, newest first."""
    return approvals().filter(requested_by=user_id)


def approval_read(approval_id: int) -> Approval:
    """One approval with its decisions. Errors: `NotFound`."""
    found = Approval.objects.filter(pk=approval_id).select_related("requested_by").first()
    if found is None:
        raise NotFound("no-such-approval", "没有这项审批", "there is no such approval")
    return found


def content(approval: Approval) -> dict[str, Any]:
    """What was frozen."""
    document: dict[str, Any] = json.loads(bytes(approval.frozen))
    return document
