"""A list as Excel: what the page shows, all pages of it, on record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from chedai.platform import clock
from chedai.platform.errors import Refusal
from chedai.platform.imports.export import workbook
from chedai.web import services
from chedai.web.doors import Request
from chedai.web.lists.build import count, found
from chedai.web.lists.cells import sheet_column, sheet_value
from chedai.web.lists.spec import Row
from chedai.web.lists.state import State

MOST: Final = 50_000
_PIECE: Final = 2000
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(request: Request, state: State) -> HttpResponse:
    """The workbook. Errors: `Refusal` where the list is too long for one."""
    number = count(request, state)
    if number > MOST:
        zh = f"一次最多导出 {MOST:,} 行，当前 {number:,} 行；请先筛选"
        raise Refusal("export-long", zh, f"at most {MOST:,} rows at once, here are {number:,}: set a filter first")
    at = clock.now()
    stamp = f"{request.actor.name} {at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    rows = ([sheet_value(c, row) for c in state.columns] for row in _rows(request, state))
    columns = [sheet_column(column) for column in state.columns]
    title = str(state.spec.title)
    body = workbook(title, columns, rows, language=get_language() or "zh-hans", watermark=stamp)
    keys = [column.key for column in state.columns]
    services.list_exported(list_key=state.spec.key, rows=number, columns=keys, actor=request.actor)
    name = f"{title}-{at.astimezone(clock.SHANGHAI):%Y%m%d-%H%M}.xlsx"
    return HttpResponse(
        body,
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, name) or "attachment"},
    )


def _rows(request: Request, state: State) -> Iterator[Row]:
    """Every row that fits, read and enriched in pieces."""
    rows = found(request, state).iterator(chunk_size=_PIECE)
    while piece := list(islice(rows, _PIECE)):
        if state.spec.enrich is not None:
            state.spec.enrich(piece)
        yield from piece
