"""What happens to the security, for the rooms above."""

from __future__ import annotations

from dataclasses import dataclass

from chedai.platform.actors import Actor


@dataclass(frozen=True, slots=True)
class GreenBookBack:
    """The green book came back to the house; `actor` brought it."""

    deal_id: int
    item_id: int
    actor: Actor
