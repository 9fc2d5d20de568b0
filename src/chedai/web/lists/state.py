"""The state of a list, as it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from chedai.platform.clock import SHANGHAI
from chedai.web.lists.spec import Choice, Column, Days, ListSpec

KEY: Final = "pk"
_LONGEST_SEARCH: Final = 100
_LAST_PAGE: Final = 100_000
_DIGITS: Final = 18  # what a column of the database holds


@dataclass(frozen=True, slots=True)
class State:
    """What somebody asked the list for. What the list does not know is left out, never an error."""

    spec: ListSpec
    search: str
    chosen: Mapping[str, str]
    sort: str
    group: str
    page: int
    columns: tuple[Column, ...]

    @property
    def where(self) -> Q:
        """The filter of the rows."""
        found = Q()
        for part in self.spec.filters:
            if isinstance(part, Choice):
                if part.key in self.chosen:
                    found &= part.where(self.chosen[part.key])
            else:
                found &= _days(part, self.chosen)
        if self.search and self.spec.search:
            found &= self.spec.search.where(self.search)
        return found

    @property
    def order(self) -> tuple[str, ...]:
        """The columns of the database to sort by; the key last, so that a page never repeats or loses a row."""
        fields = []
        group, sort = self.spec.column(self.group), self.spec.column(self.sort.lstrip("-"))
        if group is not None:
            fields.append(group.group)
        sign = "-" if self.sort.startswith("-") else ""
        if sort is not None and sort.sort != KEY:
            fields.append(sign + sort.sort)
        return (*fields, sign + KEY)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is set."""
        return bool(self.search or self.chosen)

    def query(self, **changes: Any) -> str:
        """The address of this state with some of it changed; the page goes back to the first unless it is named."""
        chosen = {**self.chosen, **changes.pop("chosen", {})}
        after = replace(self, chosen=chosen, **{"page": 1, **changes})
        pairs = [("q", after.search), *((k, v) for k, v in sorted(after.chosen.items()))]
        pairs += [("sort", after.sort if after.sort != self.spec.sort else ""), ("group", after.group)]
        pairs += [("page", str(after.page) if after.page > 1 else "")]
        return urlencode([(key, value) for key, value in pairs if value])


def read(spec: ListSpec, query: QueryDict, shown: Sequence[str] | None) -> State:
    """The state in an address, with the columns the person chose."""
    sort = query.get("sort", "")
    column = spec.column(sort.lstrip("-"))
    group = spec.column(query.get("group", ""))
    return State(
        spec=spec,
        search=_clean(query.get("q", ""))[:_LONGEST_SEARCH],
        chosen={key: value for key in _keys(spec) if (value := _clean(query.get(key, "")))},
        sort=sort if column is not None and column.sort else spec.sort,
        group=group.key if group is not None and group.group else "",
        page=min(max(whole(query.get("page", "")) or 1, 1), _LAST_PAGE),
        columns=_columns(spec, shown),
    )


def _clean(text: str | list[object]) -> str:
    """What somebody typed or made up, without what no database takes."""
    return str(text).replace("\0", "").strip()


def whole(text: str) -> int | None:
    """A whole number of an address or a form; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _keys(spec: ListSpec) -> list[str]:
    keys = []
    for part in spec.filters:
        keys += [part.key] if isinstance(part, Choice) else [f"{part.key}_from", f"{part.key}_to"]
    return keys


def _columns(spec: ListSpec, shown: Sequence[str] | None) -> tuple[Column, ...]:
    """The columns to show, in the order of the list; the first one always, for it names the row."""
    first, *others = spec.columns
    wanted = {c.key for c in others if c.shown} if shown is None else set(shown)
    return (first, *(c for c in others if c.key in wanted))


def _days(part: Days, chosen: Mapping[str, str]) -> Q:
    found = Q()
    begin, end = day_in(chosen.get(f"{part.key}_from")), day_in(chosen.get(f"{part.key}_to"))
    if begin is not None:
        found &= Q(**{f"{part.field}__gte": _midnight(begin) if part.moments else begin})
    if end is not None:
        after = end + timedelta(days=1)
        found &= Q(**{f"{part.field}__lt": _midnight(after) if part.moments else after})
    return found


def day_in(text: str | None) -> date | None:
    """A date of an address; None for anything else."""
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 1900 <= found.year < 9999 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)
