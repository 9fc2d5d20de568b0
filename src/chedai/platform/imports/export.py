"""Out to Excel: exactly what a list shows, as masked as the screen shows it, with who took it and when.

Text goes out as text. A cell that begins with `=`, `+`, `-` or `@` is therefore shown, never computed; in CSV, which
knows no types, it gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from chedai.engine.money import percent
from chedai.platform.clock import SHANGHAI
from chedai.platform.imports.columns import Column, Type

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_FORMATS: Final = {Type.MONEY: "#,##0.00", Type.RATE: "0.00####", Type.DATE: "yyyy-mm-dd", Type.INTEGER: "0"}
_WIDTHS: Final = {Type.MONEY: 16, Type.RATE: 10, Type.DATE: 12, Type.INTEGER: 10, Type.TEXT: 20, Type.YES_NO: 8}


def workbook(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, language: str, watermark: str = ""
) -> bytes:
    """An .xlsx of `rows`: heads in `language`, typed cells, `watermark` (who, when) as footer and last line."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = [book.add_format({"num_format": _FORMATS.get(c.type, "@")}) for c in columns]
        for at, column in enumerate(columns):
            sheet.set_column(at, at, _WIDTHS[column.type])
            sheet.write_string(0, at, column.head(language), head)
        sheet.freeze_panes(1, 0)
        last = 0
        for last, row in enumerate(rows, start=1):
            for at, column in enumerate(columns):
                _write(sheet, last, at, column, row[at], formats[at])
        if watermark:
            sheet.set_footer(f"&L{watermark.replace('&', '&&')}&R&P / &N")
            sheet.write_string(last + 2, 0, watermark)
    return out.getvalue()


def csv_text(columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, language: str) -> str:
    """The same as CSV, with a byte order mark so that Excel reads the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.head(language) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(column, cell) for column, cell in zip(columns, row, strict=True)])
    return "\ufeff" + out.getvalue()


def _write(sheet: Worksheet, row: int, at: int, column: Column, cell: Any, style: Format) -> None:
    if cell is None or cell == "":
        sheet.write_blank(row, at, None, style)
    elif column.type is Type.MONEY:
        sheet.write_number(row, at, Decimal(cell) / 100, style)
    elif column.type is Type.RATE:
        sheet.write_number(row, at, percent(cell), style)
    elif column.type is Type.INTEGER:
        sheet.write_number(row, at, cell, style)
    elif column.type is Type.DATE:
        sheet.write_datetime(row, at, cell, style)
    else:
        sheet.write_string(row, at, _shown(column, cell), style)


def _shown(column: Column, cell: Any) -> str:
    """A cell as text: a personal value shows its mask."""
    if column.type is Type.YES_NO:
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return f"{cell.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return str(cell)


def _csv_cell(column: Column, cell: Any) -> str:
    if cell is None:
        return ""
    if column.type is Type.MONEY:
        return str((Decimal(cell) / 100).quantize(Decimal("0.01")))
    if column.type is Type.RATE:
        return str(percent(cell))
    if column.type is Type.DATE and isinstance(cell, date):
        return cell.isoformat()
    text = _shown(column, cell)
    return f"'{text}" if text.startswith(FORMULA) and column.type is not Type.INTEGER else text


def _sheet_name(title: str) -> str:
    """Excel forbids some signs in the name of a sheet, and more than 31 of any."""
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31] or "Sheet"
