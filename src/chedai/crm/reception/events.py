"""What happens at reception."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VisitRegistered:
    """Somebody came in."""

    visit_id: int


@dataclass(frozen=True, slots=True)
class LeadRegistered:
    """There is a new lead."""

    lead_id: int
