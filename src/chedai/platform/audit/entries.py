"""One entry of the audit log, before it is chained."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what to which thing. `facts` hold no personal data, so that the chain outlives deletion; `reason` is what
    somebody typed, and goes into the chain as its digest.
    """

    actor: str
    action: str
    subject: str
    facts: dict[str, Scalar]
    reason: str = ""


def reason_digest(text: str, salt: bytes) -> str:
    """What the chain holds of a reason: salted, so that nobody finds the words by guessing them."""
    return f"sha256:{hashlib.sha256(salt + text.encode()).hexdigest()}"
