"""What waits for whom: the approvals a person may decide, over all stores they reach.

One query for the pending approvals and one for the limits of authority, however many wait. The rule is the one of
`authority.capacities`; what a checker may not decide (their own request, a second step after their first) is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from chedai.org.access import Access, in_force
from chedai.org.models import AuthorityLimit
from chedai.org.permissions import Permission
from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.selectors import approvals, approvals_pending

READ: Permission = "approval.read"
DECIDE: Permission = "approval.decide"


def approvals_seen(access: Access, user_id: int) -> QuerySet[Approval]:
    """What this person may look at: what they asked for, and every approval of the stores they reach."""
    stores = access.stores(READ)
    if stores is None:
        return approvals()
    return approvals().filter(Q(requested_by=user_id) | Q(unit__in=stores))


def approvals_waiting(access: Access, user_id: int, on: date) -> list[Approval]:
    """What this person may decide now, oldest first, without the frozen documents."""
    stores = access.stores(DECIDE)
    if stores is not None and not stores:
        return []
    pending = approvals_pending().exclude(requested_by=user_id).exclude(decisions__decided_by=user_id).defer("frozen")
    if stores is not None:
        pending = pending.filter(unit__in=stores)
    waiting = list(pending)
    if not waiting:
        return []
    limits = AuthorityLimit.objects.filter(in_force(on), role__in=access.roles)
    of_me = list(limits.filter(Q(staff=None) | Q(staff_id=access.staff_id)))
    return [approval for approval in waiting if _may(access, of_me, approval)]


def _may(access: Access, limits: Iterable[AuthorityLimit], approval: Approval) -> bool:
    """Whether the step that waits is one of a role the person holds there, with authority enough."""
    role, store = approval.steps[approval.step], approval.unit
    if not any(g.role == role and g.store_id in (None, store) for g in access.grants):
        return False
    here = [x for x in limits if x.action == approval.action and x.role == role and x.store_id in (None, store)]
    own = [x for x in here if x.staff_id is not None]
    if own:
        return all(x.amount >= approval.amount and x.deviation >= approval.deviation for x in own)
    return bool(here)
