"""What a policy file writes, read as the value its kind promises.

Percentages and yuan are text in the files and go through the same readers the engine uses, so no float ever stands
between the regulation and the figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from itertools import pairwise
from typing import Final, TypeAlias

import msgspec

from chedai.engine.errors import EngineError
from chedai.engine.money import fen, rate_units
from chedai.platform.policies.values import (
    Band,
    Bracket,
    CalendarYear,
    Cap,
    Cell,
    Holiday,
    Hours,
    Kind,
    Label,
    Line,
    PercentRange,
    Text,
    Value,
)

_CODE: Final = re.compile(r"[\w+-]{1,8}")
"""What a bucket may be called: its code stands in statements and in columns of eight characters."""


class BadValue(Exception):
    """The value does not say what its kind promises; the reading turns it into a finding."""

    def __init__(self, rule: str, rule_zh: str) -> None:
        self.rule = rule
        self.rule_zh = rule_zh
        super().__init__(rule)


class _Range(msgspec.Struct, forbid_unknown_fields=True):
    low: str
    high: str


class _Text(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str


class _Multiple(msgspec.Struct, forbid_unknown_fields=True):
    times_lpr_1y: int
    at_most: str | None = None


class _Label(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    zh: str
    en: str


class _Bracket(msgspec.Struct, forbid_unknown_fields=True):
    rate: str
    deduct: str
    up_to: str | None = None


class _Band(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    first: int
    last: int | None = None


class _Hours(msgspec.Struct, forbid_unknown_fields=True):
    start: time
    end: time


class _Holiday(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str
    first: date = msgspec.field(name="from")
    last: date = msgspec.field(name="to")


class _Year(msgspec.Struct, forbid_unknown_fields=True):
    days_off: list[_Holiday]
    make_up_workdays: list[date]


_TableRow: TypeAlias = dict[str, str | bool | int | list[str]]


def read_value(kind: Kind, raw: object) -> Value:
    """What a file holds as the value its kind promises. Errors: `BadValue`."""
    try:
        return _READERS[kind](raw)
    except EngineError as refused:
        raise BadValue(f"{refused.rule} (got {raw})", f"{refused.rule_zh}（现为 {raw})") from None
    except msgspec.ValidationError as refused:
        raise BadValue(f"is no {kind}: {refused}", f"不是 {kind} 类型的值：{refused}") from None


def _percent(raw: object) -> int:
    rate = rate_units(msgspec.convert(raw, str), argument="value")
    if rate < 0:
        raise BadValue(f"must not be negative (got {raw})", f"不得为负（现为 {raw})")
    return rate


def _money(raw: object) -> int:
    amount = fen(msgspec.convert(raw, str), argument="value")
    if amount < 0:
        raise BadValue(f"must not be negative (got {raw})", f"不得为负（现为 {raw})")
    return amount


def _number(raw: object) -> int:
    number = msgspec.convert(raw, int)
    if number < 0:
        raise BadValue(f"must not be negative (got {raw})", f"不得为负（现为 {raw})")
    return number


def _flag(raw: object) -> bool:
    return msgspec.convert(raw, bool)


def _range(raw: object) -> PercentRange:
    stated = msgspec.convert(raw, _Range)
    low, high = _percent(stated.low), _percent(stated.high)
    if low > high:
        raise BadValue(f"begins above its end ({stated.low} > {stated.high})", "区间下限高于上限")
    return PercentRange(low, high)


def _text(raw: object) -> Text:
    stated = msgspec.convert(raw, _Text)
    return Text(stated.zh, stated.en)


def _cap(raw: object) -> Cap:
    if isinstance(raw, str):
        return Cap(None, _percent(raw))
    stated = msgspec.convert(raw, _Multiple)
    if stated.times_lpr_1y < 1:
        raise BadValue("must be at least once the LPR", "倍数不得小于 1")
    return Cap(stated.times_lpr_1y, None if stated.at_most is None else _percent(stated.at_most))


def _order(raw: object) -> tuple[str, ...]:
    steps = msgspec.convert(raw, tuple[str, ...])
    if not steps or len(set(steps)) != len(steps):
        raise BadValue("must name each step once", "顺序中的每一项须出现且只出现一次")
    return steps


def _labels(raw: object) -> tuple[Label, ...]:
    labels = tuple(Label(s.code, s.zh, s.en) for s in msgspec.convert(raw, list[_Label]))
    if not labels or len({label.code for label in labels}) != len(labels):
        raise BadValue("must give each code once", "每个代码须出现且只出现一次")
    return labels


def _brackets(raw: object) -> tuple[Bracket, ...]:
    brackets = tuple(
        Bracket(None if s.up_to is None else _money(s.up_to), _percent(s.rate), _money(s.deduct))
        for s in msgspec.convert(raw, list[_Bracket])
    )
    limits = [bracket.up_to for bracket in brackets]
    rising = [limit for limit in limits[:-1] if limit is not None]
    if not limits or limits[-1] is not None or len(rising) != len(limits) - 1 or rising != sorted(set(rising)):
        raise BadValue("must rise from bracket to bracket, the last without end", "各级上限须递增，最后一级不封顶")
    return brackets


def _bands(raw: object) -> tuple[Band, ...]:
    bands = tuple(Band(s.code, s.first, s.last) for s in msgspec.convert(raw, list[_Band]))
    joined = all(a.last is not None and a.first <= a.last and b.first == a.last + 1 for a, b in pairwise(bands))
    if not bands or bands[-1].last is not None or not joined:
        raise BadValue("must follow one another without a hole, the last without end", "各档须首尾相接，最后一档不封顶")
    codes = {band.code for band in bands}
    if len(codes) != len(bands) or not all(_CODE.fullmatch(code) for code in codes):
        rule_zh = "每个代码须出现且只出现一次，为 1 至 8 个字母、数字、汉字或 + - _"
        raise BadValue("must give each code once, of 1 to 8 letters, digits or + - _", rule_zh)
    return bands


def _table(raw: object) -> tuple[Line, ...]:
    lines = tuple(Line(str(s.get("code", "")), _cells(s)) for s in msgspec.convert(raw, list[_TableRow]))
    codes = {line.code for line in lines}
    if not lines or "" in codes or len(codes) != len(lines):
        raise BadValue("must give each code once", "每个代码须出现且只出现一次")
    return lines


def _cells(row: _TableRow) -> tuple[tuple[str, Cell], ...]:
    return tuple((name, tuple(held) if isinstance(held, list) else held) for name, held in row.items())


def _hours(raw: object) -> Hours:
    stated = msgspec.convert(raw, _Hours)
    return Hours(stated.start, stated.end)


def _calendar(raw: object) -> CalendarYear:
    stated = msgspec.convert(raw, _Year)
    year = CalendarYear(
        tuple(Holiday(h.zh, h.en, h.first, h.last) for h in stated.days_off), tuple(stated.make_up_workdays)
    )
    days = year.days_off()
    if any(holiday.last < holiday.first for holiday in year.holidays) or list(days) != sorted(set(days)):
        raise BadValue("days off must follow one another in order", "放假日期须按先后排列且不重叠")
    if any(day.weekday() < 5 or day in days for day in year.make_up_workdays):
        raise BadValue(
            "a make-up working day must be a weekend day that is no day off", "调休上班日须为不放假的周六或周日"
        )
    return year


_READERS: Final[Mapping[Kind, Callable[[object], Value]]] = {
    Kind.PERCENT: _percent,
    Kind.PERCENT_RANGE: _range,
    Kind.MONEY: _money,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.TEXT: _text,
    Kind.CAP: _cap,
    Kind.ORDER: _order,
    Kind.LABELS: _labels,
    Kind.BRACKETS: _brackets,
    Kind.BANDS: _bands,
    Kind.TABLE: _table,
    Kind.HOURS: _hours,
    Kind.CALENDAR: _calendar,
}
