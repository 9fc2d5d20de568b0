"""What webhooks tell of: the codes a subscriber may choose, in words. Filled by the wiring, beside what it tells."""

from __future__ import annotations

from collections.abc import Mapping

_told: dict[str, tuple[str, str]] = {}


def install(table: Mapping[str, tuple[str, str]]) -> None:
    """Set the table: {"approval.closed": ("审批有结论", "an approval was decided")}."""
    _told.clear()
    _told.update(table)


def told() -> dict[str, tuple[str, str]]:
    """The table."""
    return dict(_told)
