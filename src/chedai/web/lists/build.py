"""From the state of a list to what the page shows: three queries, however long the list is.

One counts and sums everything that fits, one sums by group (where there are groups), one reads the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chedai.web import formats
from chedai.web.doors import Request
from chedai.web.lists.cells import Cell, cell, shown_value, total_value
from chedai.web.lists.spec import Column, Kind, ListSpec, Row
from chedai.web.lists.state import State


@dataclass(frozen=True, slots=True)
class Band:
    """The head of a group: its name, how many, its sums by column."""

    label: str
    count: int
    totals: list[str | SafeString]


@dataclass(frozen=True, slots=True)
class Line:
    """One row, with the band above it where a group begins."""

    pk: int
    cells: list[Cell]
    acts: list[tuple[str, str, bool]]
    band: Band | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a click leads, and how it is sorted now."""

    label: str
    css: str
    query: str | None
    sorted: str


@dataclass(frozen=True, slots=True)
class Total:
    """A sum in the foot, with the name of its column for phones; empty where the column is not summed."""

    label: str
    shown: str | SafeString


@dataclass(frozen=True, slots=True)
class Built:
    """Everything the page of a list shows of its rows."""

    count: int
    heads: list[Head]
    lines: list[Line]
    totals: list[Total]
    sum_line: str
    pages: int


def found(request: Request, state: State) -> QuerySet[Any]:
    """Every row that fits, in order."""
    return state.spec.rows(request).filter(state.where).order_by(*state.order)


def count(request: Request, state: State) -> int:
    """How many rows fit."""
    if state.spec.fast_count is not None and not state.is_narrowed:
        return state.spec.fast_count()
    return found(request, state).count()


def build(request: Request, state: State) -> Built:
    """Read one page of the list."""
    spec, rows = state.spec, found(request, state)
    summed = [c for c in state.columns if c.total]
    sums: dict[str, int | None] = {}
    if summed:
        sums = rows.order_by().aggregate(n_=Count("pk"), **{c.key: Sum(c.total) for c in summed})
        number = sums.pop("n_") or 0
    else:
        number = count(request, state)
    pages = max(1, -(-number // spec.size))
    first = (min(state.page, pages) - 1) * spec.size
    shown = list(rows[first : first + spec.size])
    if spec.enrich is not None:
        spec.enrich(shown)
    lines = list(_lines(state, shown, _bands(state, rows)))
    totals = [Total(str(c.label), total_value(c, sums.get(c.key)) if c.total else "") for c in state.columns]
    return Built(number, _heads(state), lines, totals if summed else [], _sum_line(summed, sums), pages)


def _sum_line(summed: list[Column], sums: dict[str, int | None]) -> str:
    """The sums beside the count: 4,518,500.00 元; with their names where there are several."""
    money = [c for c in summed if c.kind is Kind.MONEY and sums.get(c.key)]
    said = [_("%(sum)s 元") % {"sum": formats.money(sums[c.key])} for c in money]
    named = [f"{_bare(str(c.label))} {text}" for c, text in zip(money, said, strict=True)]
    return " · ".join(said if len(said) < 2 else named)


def _bare(label: str) -> str:
    """贷款额（元） as 贷款额, where the unit stands behind the figure."""
    return label.removesuffix(_("（元）"))


def _heads(state: State) -> list[Head]:
    heads = []
    for column in state.columns:
        down, up = state.sort == f"-{column.key}", state.sort == column.key
        query = state.query(sort=column.key if down else f"-{column.key}") if column.sort else None
        way = "descending" if down else "ascending" if up else ""
        heads.append(Head(str(column.label), "num" if column.is_numeric else "", query, way))
    return heads


def _bands(state: State, rows: QuerySet[Any]) -> dict[Any, dict[str, Any]]:
    """Count and sums of each group, by the value that makes it."""
    group = state.spec.column(state.group)
    if group is None:
        return {}
    sums = {c.key: Sum(c.total) for c in state.columns if c.total}
    grouped = rows.order_by().values(group.group).annotate(n_=Count("pk"), **sums)
    return {row[group.group]: row for row in grouped}


def _lines(state: State, rows: Sequence[Row], bands: dict[Any, dict[str, Any]]) -> Iterator[Line]:
    group = state.spec.column(state.group)
    get = attrgetter(group.group.replace("__", ".")) if group is not None else None
    before: Any = object()
    for row in rows:
        band = None
        if group is not None and get is not None and (value := get(row)) != before:
            before = value
            band = _band(state, group, row, bands[value])
        yield Line(row.pk, _cells(state, row), _acts(state.spec, row), band)


def _band(state: State, group: Column, row: Row, sums: dict[str, Any]) -> Band:
    label = str(shown_value(group, group.value(row)))
    # The name of the group stands over the first column: only sums of the others have a place beside it.
    totals = [total_value(c, sums[c.key]) if c.total else "" for c in state.columns[1:]]
    return Band(label, sums["n_"], totals)


def _cells(state: State, row: Row) -> list[Cell]:
    return [cell(column, row, is_title=not at) for at, column in enumerate(state.columns)]


def _acts(spec: ListSpec, row: Row) -> list[tuple[str, str, bool]]:
    fits = ((act, act.url(row)) for act in spec.acts)
    return [(str(act.label), url, act.post) for act, url in fits if url]
