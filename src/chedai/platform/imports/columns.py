"""What a column of a workbook holds, and how a typed cell becomes a value or a reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

from chedai.engine.errors import EngineError
from chedai.engine.money import fen, rate_units
from chedai.platform.errors import Refusal

Cell: TypeAlias = str | int | float | bool | date | datetime | None


class Type(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"  # yuan in the workbook, fen here
    RATE = "rate"  # percent in the workbook, 1e-8 here
    DATE = "date"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the code, its head in both languages, other heads people use, and what it holds."""

    name: str
    zh: str
    en: str
    type: Type = Type.TEXT
    required: bool = False
    also: tuple[str, ...] = ()
    example: str = ""
    longest: int = 200

    def head(self, language: str) -> str:
        """The head of the column in a language."""
        return self.zh if language.startswith("zh") else self.en


_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}.*$")
_YES: Final = {"是", "yes", "y", "true", "1", "有"}
_NO: Final = {"否", "no", "n", "false", "0", "无"}


def value(column: Column, cell: Cell) -> Any:
    """The value of a typed cell; None for an empty one. Errors: `Refusal` naming the column."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        if column.required:
            raise _refusal(column, "不能为空", "must not be empty")
        return None
    return _PARSERS[column.type](column, cell)


def _refusal(column: Column, zh: str, en: str) -> Refusal:
    return Refusal("import-cell", f"{column.zh}:{zh}", f"{column.en}: {en}", field=column.name)


def _text(column: Column, cell: Cell) -> str:
    """Text as it is read by a person: a number in a text column loses the `.0` that Excel gave it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = cell.isoformat()[:10] if isinstance(cell, (date, datetime)) else str(cell).strip()
    if len(text) > column.longest:
        raise _refusal(column, f"最多 {column.longest} 字", f"at most {column.longest} characters")
    return text


def _integer(column: Column, cell: Cell) -> int:
    try:
        number = float(cell) if isinstance(cell, (int, float)) else float(str(cell).replace(",", ""))
    except ValueError:
        raise _refusal(column, f"不是整数：{cell}", f"not a whole number: {cell}") from None
    if not number.is_integer():
        raise _refusal(column, f"不是整数：{cell}", f"not a whole number: {cell}")
    return int(number)


def _plain(cell: Cell) -> str:
    """A number as a person would type it: Excel's doubles at 15 digits, which is what it shows."""
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    return re.sub(r"^[\u00a5\uffe5]|元$", "", text.strip()).replace("\uff0c", ",")


def _money(column: Column, cell: Cell) -> int:
    try:
        return fen(_plain(cell), argument=column.name)
    except EngineError as refused:
        raise _refusal(column, f"{refused.rule_zh}:{cell}", f"{refused.rule}: {cell}") from None


def _rate(column: Column, cell: Cell) -> int:
    try:
        return rate_units(_plain(cell), argument=column.name)
    except EngineError as refused:
        raise _refusal(column, f"{refused.rule_zh}:{cell}", f"{refused.rule}: {cell}") from None


def _date(column: Column, cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _TIME.sub("", _plain(cell))
    text = re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", text)
    text = text.replace("/", "-").replace(".", "-").replace("年", "-").replace("月", "-").rstrip("日")
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except ValueError:
        raise _refusal(column, f"不是日期：{cell}", f"not a date: {cell}") from None


def _yes_no(column: Column, cell: Cell) -> bool:
    text = str(cell).strip().lower()
    if text not in _YES | _NO:
        raise _refusal(column, f"应为 是 或 否：{cell}", f"must be yes or no: {cell}")
    return text in _YES


_PARSERS: Final[Mapping[Type, Callable[[Column, Cell], Any]]] = {
    Type.TEXT: _text,
    Type.INTEGER: _integer,
    Type.MONEY: _money,
    Type.RATE: _rate,
    Type.DATE: _date,
    Type.YES_NO: _yes_no,
}


def as_typed(cell: Cell) -> str:
    """A cell as text, to be given back to who typed it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")[:16] if cell.time() != datetime.min.time() else cell.date().isoformat()
    return _plain(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)
