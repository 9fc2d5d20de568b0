"""How late a loan counts: the bucket of its days past due by the dated policy, and the day it moves to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chedai.platform.policies.selectors import book_in_force
from chedai.platform.policies.values import Band

NOT_LATE: Final = "M0"
"""The bucket of a loan that owes nothing late."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """The buckets in force, youngest first."""

    bands: tuple[Band, ...]

    def of(self, days_past_due: int) -> str:
        """The bucket of so many days."""
        return next((b.code for b in reversed(self.bands) if days_past_due >= b.first), NOT_LATE)

    def next_move(self, since: date, days_past_due: int) -> date | None:
        """The day on which a loan overdue since then leaves its bucket; None in the last one."""
        later = next((b.first for b in self.bands if b.first > days_past_due), None)
        return None if later is None else since + timedelta(later)


def buckets_on(day: date) -> Buckets:
    """The buckets of the policy in force on a day."""
    value = book_in_force().in_force("aging.buckets", day).value
    return Buckets(tuple(band for band in value if isinstance(band, Band)) if isinstance(value, tuple) else ())
