"""The states of a draft."""

from __future__ import annotations

from enum import StrEnum


class DraftState(StrEnum):
    """Where a draft of a policy file stands."""

    DRAFT = "draft"  # its writer works on it
    PENDING = "pending"  # waits for who publishes it
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # given up by its writer, or declined
