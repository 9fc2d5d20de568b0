"""A value as it stands in a cell, on the page and in Excel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from chedai.platform.imports.columns import Column as Sheet
from chedai.platform.imports.columns import Type
from chedai.web import formats
from chedai.web.lists.spec import Column, Kind, Row

_TYPES: Final = {Kind.MONEY: Type.MONEY, Kind.RATE: Type.RATE, Kind.NUMBER: Type.INTEGER, Kind.DAY: Type.DATE}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the page: its column's name (for phones), its classes and what it shows."""

    label: str
    css: str
    html: SafeString


def cell(column: Column, row: Row, *, is_title: bool) -> Cell:
    """The cell of `column` in `row`."""
    shown = shown_value(column, column.value(row))
    tint = column.tint(row) if column.tint else ""
    if column.kind is Kind.TAG:
        body = format_html('<span class="tag{}">{}</span>', f" tag-{tint}" if tint else "", shown) if shown else ""
    elif column.link is not None:
        body = format_html('<a{} href="{}">{}</a>', _main(is_title), column.link(row), shown)
    elif column.kind is Kind.CODE:
        body = format_html('<span class="code">{}</span>', shown)
    else:
        body = conditional_escape(shown)
    if column.note is not None and (note := str(column.note(row))):
        body = format_html("{}<small>{}</small>", body, note)
    css = " ".join(
        name
        for name in (
            "cell-title" if is_title else "",
            "cell-wide" if column.is_wide else "",
            "num" if column.is_numeric else "",
            tint if tint and column.kind is not Kind.TAG else "",
        )
        if name
    )
    return Cell(str(column.label), css, SafeString(body))


def _main(is_title: bool) -> SafeString:
    return mark_safe(' class="cell-main"') if is_title else SafeString("")


def shown_value(column: Column, value: Any) -> str | SafeString:
    """The value as the page writes it."""
    if column.kind is Kind.MONEY:
        return total_value(column, value)
    if value is None or value == "":
        return "" if column.kind in (Kind.TEXT, Kind.TAG, Kind.CODE) else formats.NOT_APPLICABLE
    if column.kind is Kind.RATE:
        return formats.rate(value)
    if column.kind is Kind.NUMBER:
        return f"{value:,}"
    if column.kind is Kind.DAY:
        return formats.day(value)
    if column.kind is Kind.MOMENT:
        return formats.moment(value)
    return str(value)


def total_value(column: Column, value: int | None) -> str | SafeString:
    """A sum as the foot of the list writes it."""
    if column.kind is not Kind.MONEY:
        return f"{value or 0:,}"
    text = formats.money(value)
    return format_html('<span class="zero">{}</span>', text) if not value else text


def sheet_column(column: Column) -> Sheet:
    """The column as Excel gets it. The list is exported in the language of the page."""
    head = str(column.label)
    return Sheet(name=column.key, zh=head, en=head, type=_TYPES.get(column.kind, Type.TEXT))


def sheet_value(column: Column, row: Row) -> Any:
    """The value as Excel gets it: figures as figures, everything else as the page shows it."""
    value = column.value(row)
    if column.kind in _TYPES:
        return value
    return str(shown_value(column, value))
