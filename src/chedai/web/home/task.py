"""One line of somebody's day, and the groups it stands in: overdue first, then today, then what falls due."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

MOST: Final = 60
"""Lines of one kind that are shown: who has more begins with the first."""


class Group(IntEnum):
    """The order of the list."""

    OVERDUE = 0
    TODAY = 1
    SOON = 2


GROUPS: Final[dict[Group, Promise]] = {
    Group.OVERDUE: gettext_lazy("已逾期"),
    Group.TODAY: gettext_lazy("今天"),
    Group.SOON: gettext_lazy("将到期"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One line: when, about whom, what, and the one act. `kind` is what it is filtered by."""

    group: Group
    kind: str
    icon: str
    when: str
    who: str
    phone: str
    what: str
    verb: str | Promise
    url: str
    by: str = ""
    age: int = 0  # sorts within the group, the larger the earlier

    @property
    def tint(self) -> str:
        """Red is earned by being late, amber by falling due."""
        return {Group.OVERDUE: "red", Group.SOON: "amber"}.get(self.group, "")
