"""Reading a workbook as people bring it: .xlsx or CSV, heads somewhere near the top, cells as they come."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from chedai.platform.errors import Refusal
from chedai.platform.imports.columns import Cell, Column

MOST_ROWS: Final = 50_000
_HEAD_WITHIN: Final = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """The heads of a file, and its rows below them with the number each has in the file (from 1)."""

    heads: tuple[str, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


def read(content: bytes) -> Sheet:
    """The first sheet of a workbook, or a CSV in UTF-8 or GB 18030. Errors: `Refusal`."""
    grid = _workbook(content) if content[:2] == b"PK" else _csv(content)
    at = _head_row(grid)
    heads = tuple("" if cell is None else str(cell).strip() for cell in grid[at])
    rows = tuple((n, tuple(row)) for n, row in enumerate(grid[at + 1 :], start=at + 2) if any(map(_filled, row)))
    if not rows:
        raise Refusal("import-empty", "文件里没有数据行", "the file has no rows", field="file")
    if len(rows) > MOST_ROWS:
        zh, en = (
            f"一次最多 {MOST_ROWS} 行，文件有 {len(rows)} 行",
            f"at most {MOST_ROWS} rows; the file has {len(rows)}",
        )
        raise Refusal("import-long", zh, en, field="file")
    return Sheet(heads, rows)


def guess(columns: Sequence[Column], heads: Sequence[str]) -> dict[str, int]:
    """Which head is which column, as far as the words tell: column name -> position."""
    places: dict[str, int] = {}
    for column in columns:
        words = {_plain(word) for word in (column.name, column.zh, column.en, *column.also)}
        for at, head in enumerate(heads):
            if _plain(head) in words and at not in places.values():
                places[column.name] = at
                break
    return places


def missing(columns: Sequence[Column], mapping: Mapping[str, int]) -> list[Column]:
    """The required columns nobody has placed."""
    return [column for column in columns if column.required and column.name not in mapping]


def _plain(head: str) -> str:
    return re.sub(r"[\s*:\uff1a]", "", head.lower())


def _filled(cell: Cell) -> bool:
    return cell is not None and cell != ""


def _head_row(grid: Sequence[Sequence[Cell]]) -> int:
    """The fullest of the first rows: above the heads people write titles."""
    near = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) for row in grid[:_HEAD_WITHIN]]
    if not near or not max(near):
        raise Refusal("import-empty", "文件里没有数据", "the file is empty", field="file")
    return near.index(max(near))


def _workbook(content: bytes) -> list[list[Cell]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [list(row) for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)]  # type: ignore[arg-type]
    except (CalamineError, ValueError, IndexError):
        raise Refusal("import-file", "文件打不开，请另存为 .xlsx", "the file cannot be read", field="file") from None


def _csv(content: bytes) -> list[list[Cell]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return [list(row) for row in csv.reader(io.StringIO(text))]
    raise Refusal("import-file", "文件打不开，请另存为 .xlsx", "the file cannot be read", field="file")
