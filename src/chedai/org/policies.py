"""Who publishes a policy: the roles that have the right to, with their limit of authority for it."""

from __future__ import annotations

from datetime import date

from chedai.org.access import in_force
from chedai.org.models import AuthorityLimit
from chedai.org.permissions import Permission, table
from chedai.platform.errors import Refusal
from chedai.platform.policies.services import PUBLISH

RIGHT: Permission = "policy.publish"


def publication_steps(on: date) -> tuple[str, ...]:
    """The roles that must agree, in order; a limit given to a role without the right does not count.

    Policies hold for the whole group, so limits of a single store do not count either. Errors: `Refusal`.
    """
    limits = AuthorityLimit.objects.filter(in_force(on), action=PUBLISH, staff=None, store=None)
    roles = limits.order_by("amount", "deviation", "role").values_list("role", flat=True)
    steps = [role for role in dict.fromkeys(roles) if table().reach_of(role, RIGHT) is not None]
    if not steps:
        zh = f"还没有设定由谁发布政策：请先在“审批权限额度”中为合规设定事项 {PUBLISH}"
        en = f"nobody is set to publish policies: set a limit of authority for {PUBLISH} first"
        raise Refusal("no-publisher", zh, en)
    return tuple(steps[:1])
