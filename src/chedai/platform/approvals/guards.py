"""What a kind of approval asks of its checker beside authority: one table, installed by the top floor.

A guard sees the approval, who is about to decide and what they say, and returns why they may not, or None. It holds at
every door, because it is asked where the decision is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from chedai.platform.approvals.models import Approval
from chedai.platform.approvals.states import Verdict
from chedai.platform.errors import Refusal

Guard: TypeAlias = Callable[[Approval, int, Verdict], Refusal | None]

_guards: Mapping[str, Guard] = MappingProxyType({})


def install(table: Mapping[str, Guard]) -> None:
    """Install the whole table at once, by action."""
    global _guards
    _guards = MappingProxyType(dict(table))


def refusal(approval: Approval, user: int, verdict: Verdict) -> Refusal | None:
    """Why `user` may not say `verdict`; None where no guard minds."""
    guard = _guards.get(approval.action)
    return guard(approval, user, verdict) if guard else None
