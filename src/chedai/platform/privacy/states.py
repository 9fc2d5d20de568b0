"""The states of a request for deletion."""

from __future__ import annotations

from enum import StrEnum


class ErasureState(StrEnum):
    """Where a request for deletion stands."""

    RESTRICTED = "restricted"  # a law holds the data: no longer used or shown, deleted when the hold ends
    ERASED = "erased"
