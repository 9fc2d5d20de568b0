"""Rows of a table in a form: some stand ready, more are added in the page by a button (`data-add-row`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MOST: Final = 30
"""Rows of one table at most."""


def rows_in(names: Iterable[str] | None, prefix: str, least: int) -> range:
    """The rows of a table whose fields are called `<prefix>_<row>_...`: as many as are named, `least` at least."""
    numbered = re.compile(rf"{prefix}_(\d{{1,3}})_", re.ASCII)
    found = [int(match[1]) for name in names or () if (match := numbered.match(name))]
    return range(min(max([least, *(number + 1 for number in found)]), MOST))
