"""What a proof answers: what was looked at, what the loans owe together, and every difference by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Difference:
    """What is stored of a subject (`loan:17`, `account:1301`) is not what its contracts and payments say; fen."""

    subject: str
    what: str
    stored: int | None
    proved: int | None


@dataclass(slots=True)
class Sums:
    """What the loans owe together, for the control accounts of the ledger; fen."""

    principal: int = 0
    interest: int = 0
    suspended: int = 0
    fees: int = 0
    credit: int = 0


@dataclass(slots=True)
class Proof:
    """What was looked at and what differs. `cpu` is the processor time of it, in seconds."""

    day: date
    by_columns: int = 0
    replayed: int = 0
    set_aside: list[int] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    sums: Sums = field(default_factory=Sums)
    cpu: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether everything stored is what it must be."""
        return not self.differences
