"""The nearest rank: one definition of P50 and P90 for the whole house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def nearest_rank(ordered: Sequence[T], percent: int) -> T:
    """The smallest value that at least `percent` in a hundred do not exceed. `ordered` is not empty."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


def median(ordered: Sequence[T]) -> T | None:
    """P50; nothing of nothing."""
    return nearest_rank(ordered, 50) if ordered else None
