"""How late a loan counts: the bucket of its days past due by the dated policy, and the day it moves to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from chedai.engine.money import FenColumn
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

    @property
    def codes(self) -> tuple[str, ...]:
        """The buckets by their places: first that of who owes nothing late."""
        return (NOT_LATE, *(band.code for band in self.bands))

    def places(self, days_past_due: FenColumn) -> FenColumn:
        """The places among `codes` of so many days each."""
        firsts = np.array([band.first for band in self.bands], dtype=np.int64)
        return np.searchsorted(firsts, days_past_due, side="right").astype(np.int64)

    def crossing(self, day: date) -> list[date]:
        """Since when loans are overdue that enter a bucket on `day`."""
        return [day - timedelta(band.first) for band in self.bands]


def place_of(column: str, codes: Sequence[str]) -> str:
    """The place of a stored bucket among `codes`, as an expression of SQL; 0 for one that is none of them."""
    whens = " ".join(f"WHEN '{code}' THEN {place}" for place, code in enumerate(codes))
    return f"CASE {column} {whens} ELSE 0 END"


def buckets_on(day: date) -> Buckets:
    """The buckets of the policy in force on a day."""
    value = book_in_force().in_force("aging.buckets", day).value
    return Buckets(tuple(band for band in value if isinstance(band, Band)) if isinstance(value, tuple) else ())
