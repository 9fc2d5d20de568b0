"""One entry of the audit log, before it is chained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what to which thing. `facts` and `reason` hold no personal data, so that the chain outlives deletion."""

    actor: str
    action: str
    subject: str
    facts: dict[str, Scalar]
    reason: str = ""
