"""What the house brings into the tables of the platform."""

from __future__ import annotations

from chedai.org.imports import STAFF
from chedai.platform.imports.kinds import ImportKind


def import_kinds() -> dict[str, ImportKind]:
    """The workbooks the house takes in."""
    return {STAFF.code: STAFF}
