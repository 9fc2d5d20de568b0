"""Who may hold what beside what, as pure questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chedai.org.permissions import PermissionTable, Role
from chedai.platform.errors import Conflict, Refusal


@dataclass(frozen=True, slots=True)
class Holding:
    """A role somebody holds, for one store or for all (None)."""

    role: Role
    store_id: int | None


def overlap(one: int | None, other: int | None) -> bool:
    """Whether two grants meet in some store."""
    return one is None or other is None or one == other


def grant_refusal(table: PermissionTable, held: Iterable[Holding], wanted: Holding) -> Refusal | None:
    """Why `wanted` may not be granted beside what is held; None where it may."""
    if wanted.role not in table.roles:
        return Refusal("no-such-role", "没有这个角色", "there is no such role", field="role")
    for holding in held:
        if not overlap(holding.store_id, wanted.store_id):
            continue
        if holding.role == wanted.role:
            return Conflict("role-held", "已有这个角色", "this role is already held")
        conflict = table.conflict_of(frozenset({holding.role}), wanted.role)
        if conflict is not None:
            pair = (table.roles[holding.role], table.roles[wanted.role])
            zh = f"{pair[0].zh}与{pair[1].zh}不得由同一人担任：{conflict.reason.zh}"
            en = f"{pair[0].en} and {pair[1].en} may not be the same person: {conflict.reason.en}"
            return Refusal("roles-conflict", zh, en, field="role")
    return None
