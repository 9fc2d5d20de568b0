"""What a list is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chedai.org.permissions import Permission
from chedai.web.doors import Request

Text = str | Promise
Row = Any
"""One row as the selector gives it: a door names no model."""


_ROWS: Final = _("条")
_NOTHING: Final = _("还没有记录。")


class Kind(StrEnum):
    """How a value is shown and exported."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # fen
    RATE = "rate"  # 1e-8 a year
    DAY = "day"
    MOMENT = "moment"
    TAG = "tag"
    CODE = "code"


NUMERIC = frozenset({Kind.NUMBER, Kind.MONEY, Kind.RATE})


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `value` is what is exported; a `Personal` shows and exports its mask.

    `sort`, `total` and `group` name columns of the database: without them a column is not sorted by, summed or grouped.
    A moment that grows with the key is sorted by "pk", which every table has in order.
    `note` is a second, quieter line; `link` makes the cell a link; `tint` colours a tag or a figure a rule has earned.
    `is_wide` gives it a line of its own on a phone.
    """

    key: str
    label: Text
    value: Callable[[Row], Any]
    kind: Kind = Kind.TEXT
    sort: str = ""
    total: str = ""
    group: str = ""
    note: Callable[[Row], Text] | None = None
    link: Callable[[Row], str] | None = None
    tint: Callable[[Row], str] | None = None
    shown: bool = True
    is_wide: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether it stands on the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with options. `where` gives the rows of one option."""

    key: str
    label: Text
    options: Callable[[Request], Sequence[tuple[str, Text]]]
    where: Callable[[str], Q]


def by_number(field: str) -> Callable[[str], Q]:
    """The `where` of options that are numbers of rows: what is no number fits nothing."""
    return lambda value: (
        Q(**{field: int(value)}) if value.isascii() and value.isdigit() and len(value) <= 18 else Q(pk__in=[])
    )


@dataclass(frozen=True, slots=True)
class Days:
    """A filter from one day to another, both included, on a column of dates or (`moments`) of moments in UTC."""

    key: str
    label: Text
    field: str
    moments: bool = False


Filter = Choice | Days


@dataclass(frozen=True, slots=True)
class Search:
    """The search above a list, over indexed columns."""

    hint: Text
    where: Callable[[str], Q]


@dataclass(frozen=True, slots=True)
class View:
    """A view that comes with the list; people save their own beside it. `red` marks a count that means trouble."""

    label: Text
    query: str
    red: bool = False


@dataclass(frozen=True, slots=True)
class Bulk:
    """An act on what is selected: returns the sentence of the toast. Asks for its own permission."""

    key: str
    label: Text
    permission: Permission
    run: Callable[[Request, Sequence[int]], str]


@dataclass(frozen=True, slots=True)
class RowAct:
    """The verb at the end of a row: an address for the rows it fits, None for the others. `post` changes something."""

    label: Text
    url: Callable[[Row], str | None]
    post: bool = False


@dataclass(frozen=True, slots=True)
class Primary:
    """The one blue button of the page."""

    label: Text
    name: str
    icon: str
    permission: Permission
    key: str = "n"


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list. `rows` gives what the person may see, without order; `unit` counts it: 43 单.

    `enrich` is called with the rows of a page and hangs onto them what one more query finds for all of them.
    """

    key: str
    title: Text
    permission: Permission
    rows: Callable[[Request], QuerySet[Any]]
    columns: tuple[Column, ...]
    sort: str
    unit: Text = _ROWS
    filters: tuple[Filter, ...] = ()
    search: Search | None = None
    views: tuple[View, ...] = ()
    bulk: tuple[Bulk, ...] = ()
    acts: tuple[RowAct, ...] = ()
    primary: Primary | None = None
    empty: Text = _NOTHING
    fast_count: Callable[[], int] | None = None
    enrich: Callable[[Sequence[Row]], None] | None = None
    size: int = 50

    def column(self, key: str) -> Column | None:
        """The column of that name."""
        return next((c for c in self.columns if c.key == key), None)
