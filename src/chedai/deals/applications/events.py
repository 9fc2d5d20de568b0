"""What happens to applications, for the rooms behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ApplicationSubmitted:
    """The file is complete: papers, answers, consents. Both roads hear it; the mode of the deal says which it takes."""

    deal_id: int
    application_id: int


@dataclass(frozen=True, slots=True)
class LenderWon:
    """A partner's approval was taken; every other lender has been told that the file is withdrawn."""

    deal_id: int
    submission_id: int


@dataclass(frozen=True, slots=True)
class LenderFunded:
    """The partner says that the money is out: by its channel also how much (fen), which day and under what number."""

    deal_id: int
    submission_id: int
    amount: int | None = None
    paid_on: date | None = None
    reference: str = ""
