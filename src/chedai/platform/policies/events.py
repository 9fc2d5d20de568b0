"""What happens to policies, for whoever works with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PolicyPublished:
    """An edition of a policy file is in force from now on."""

    edition_id: int
    name: str
    number: int
