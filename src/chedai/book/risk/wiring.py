"""What the other rooms ask of risk: whether a table of early warning can be read, before it is published."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from chedai.book.risk import limits
from chedai.book.risk.indicators import SHARES
from chedai.platform.errors import Refusal
from chedai.platform.policies.tables import Reader
from chedai.platform.policies.values import Line


def _fault(read: Callable[[Sequence[Line]], Any], table: Sequence[Line]) -> tuple[str, str] | None:
    """What is wrong with a table, in English and Chinese."""
    try:
        read(table)
    except Refusal as refused:
        return refused.en, refused.zh
    return None


TABLES: Final[dict[str, Reader]] = {
    limits.INDICATORS: partial(_fault, partial(limits.watched_in, shares=SHARES)),
    limits.PLAYBOOKS: partial(_fault, limits.playbooks_in),
    limits.ALLOWANCE: partial(_fault, limits.allowance_in),
    limits.DEPRECIATION: partial(_fault, limits.depreciation_in),
}
