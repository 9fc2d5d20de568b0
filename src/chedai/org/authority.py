"""How far authority reaches: the steps an amount and a deviation need, and which steps a person may decide.

Limits are rows, dated. A request climbs from the smallest authority to the first that suffices: the team manager up to
200,000, above it the credit approver as well. Where nobody's authority suffices the request is refused at once.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from chedai.engine.money import yuan_grouped
from chedai.org.access import Access, in_force
from chedai.org.models import AuthorityLimit
from chedai.platform.errors import Refusal


def steps_for(action: str, *, amount: int, deviation: int, store_id: int | None, on: date) -> tuple[str, ...]:
    """The roles that must approve, in order. Errors: `Refusal` where nobody is set, or no authority suffices."""
    limits = AuthorityLimit.objects.filter(in_force(on), action=action, staff=None)
    own = limits.filter(Q(store=None) | Q(store_id=store_id)).order_by("amount", "deviation", "role")
    steps: list[str] = []
    for limit in own:
        if limit.role not in steps:
            steps.append(limit.role)
        if limit.amount >= amount and limit.deviation >= deviation:
            return tuple(steps)
    if not steps:
        raise nobody_set(action)
    raise Refusal(
        "beyond-all-authority",
        f"没有人的审批权限足够：金额 {yuan_grouped(amount)} 元，偏离 {deviation} 基点",
        f"nobody's authority suffices: amount {yuan_grouped(amount)} yuan, deviation {deviation} bp",
    )


def nobody_set(action: str, code: str = "no-authority-set") -> Refusal:
    """What is told where no limit of authority names an action: what to set, and where."""
    zh = f"还没有设定由谁审批：请先在“审批权限额度”中设定事项 {action}"
    return Refusal(code, zh, f"nobody is set to agree to this: set a limit of authority for {action} first")


def capacities(
    access: Access, action: str, *, amount: int, deviation: int, store_id: int | None, on: date
) -> frozenset[str]:
    """The steps this person may decide: their roles in the store that hold a limit, unless their own limit is lower.

    A role takes part in a step below its limit's reach as well; only the last step must carry the whole amount, which
    `steps_for` has seen to. A limit of the person replaces the limit of the role.
    """
    held = {g.role for g in access.grants if g.store_id is None or g.store_id == store_id}
    limits = AuthorityLimit.objects.filter(in_force(on), action=action, role__in=held)
    here = limits.filter(Q(store=None) | Q(store_id=store_id))
    personal = {limit.role: limit for limit in here.filter(staff_id=access.staff_id)}
    of_role = set(here.filter(staff=None).values_list("role", flat=True))
    too_small = {role for role, own in personal.items() if own.amount < amount or own.deviation < deviation}
    return frozenset((of_role | personal.keys()) - too_small)
