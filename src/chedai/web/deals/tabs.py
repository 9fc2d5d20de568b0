"""The tabs of a deal's jacket, in one table: a room adds a line, and its address `deals/<number>/<tab>/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.org.permissions import Permission


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: `name` is its address by name, which takes the number of the deal."""

    key: str
    word: Promise
    icon: str
    name: str
    permission: Permission = "deal.read"


TABS: Final = (
    Tab("overview", _("概览"), "file-text", "deal"),
    Tab("record", _("记录"), "history", "deal_record"),
)
