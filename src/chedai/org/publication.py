"""Who publishes what holds for the whole group: the roles that have the right to, with their limit of authority."""

from __future__ import annotations

from datetime import date
from typing import Final

from chedai.org.access import in_force
from chedai.org.authority import nobody_set
from chedai.org.models import AuthorityLimit
from chedai.org.permissions import Permission, Role, table

PUBLISHER: Final[Role] = "compliance"
PUBLICATIONS: Final = (
    "clause.publish",
    "period.lock",
    "period.unlock",
    "policy.publish",
    "product.publish",
    "rules.publish",
)
"""What holds for the whole group once a second person agreed: what is published, and the lock of the books. In a new
house compliance agrees to what somebody else wrote: two people can begin at once, and set it otherwise under
审批权限额度."""


def publication_steps(action: str, right: Permission, on: date) -> tuple[str, ...]:
    """The role that must agree to `action`; a limit given to a role without the `right` does not count.

    What holds for the whole group is published by a limit for the whole group. Errors: `Refusal` where nobody is set.
    """
    limits = AuthorityLimit.objects.filter(in_force(on), action=action, staff=None, store=None)
    roles = limits.order_by("amount", "deviation", "role").values_list("role", flat=True)
    steps = [role for role in dict.fromkeys(roles) if table().reach_of(role, right) is not None]
    if not steps:
        raise nobody_set(action, "no-publisher")
    return tuple(steps[:1])
