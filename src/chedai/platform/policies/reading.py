"""Policy files to series of rows, with every fault collected on the way.

A file holds `[[policy]]` series with `[[policy.row]]` rows (see docs/policies.md). A row that cannot be read does not
hide the next one: the reader goes on, and the person who mends the files sees all faults at once.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec

from chedai.platform.policies.errors import Fault, Finding, Severity
from chedai.platform.policies.rows import Confidence, EvaluatedAt, Freshness, PolicyRow, PolicySeries
from chedai.platform.policies.scope import Channel, LenderType, Region, Scope, VehicleKind
from chedai.platform.policies.tables import fault_of
from chedai.platform.policies.units import unit_fault
from chedai.platform.policies.value_reading import BadValue, read_value
from chedai.platform.policies.values import CalendarYear, Kind, Limit, Line, Value

_Words = Annotated[str, msgspec.Meta(min_length=1)]


class _FreshnessText(msgspec.Struct, forbid_unknown_fields=True):
    verified_on: date
    stale_after_days: Annotated[int, msgspec.Meta(ge=1)]


class _RowText(msgspec.Struct, forbid_unknown_fields=True):
    id: _Words
    start: date = msgspec.field(name="from")
    source: _Words
    confidence: Confidence
    end: date | None = msgspec.field(default=None, name="to")
    value: Any = None
    limit: Limit | None = None
    lender_type: frozenset[LenderType] = frozenset()
    vehicle_kind: frozenset[VehicleKind] = frozenset()
    region: frozenset[Region] = frozenset()
    channel: frozenset[Channel] = frozenset()
    beats: tuple[str, ...] = ()
    fact: str = ""
    source_url: str = ""
    note: str = ""


class _SeriesText(msgspec.Struct, forbid_unknown_fields=True):
    key: _Words
    title_zh: _Words
    title_en: _Words
    kind: Kind
    evaluated_at: EvaluatedAt
    row: Annotated[list[Any], msgspec.Meta(min_length=1)]
    unit: str = ""
    freshness: _FreshnessText | None = None


class _FileText(msgspec.Struct, forbid_unknown_fields=True):
    title_zh: _Words
    title_en: _Words
    policy: list[Any]


@dataclass(slots=True)
class Reading:
    """What a folder of policy files holds: the series that could be read, a hash a file, and the faults."""

    series: list[PolicySeries] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def fault(self, fault: Fault, file: str, key: str, rows: tuple[str, ...], rule: str, rule_zh: str) -> None:
        """Note an error and go on."""
        self.findings.append(Finding(Severity.ERROR, fault, file, key, rows, rule, rule_zh))


def read_folder(folder: Path) -> Reading:
    """Every `*.toml` of the folder. Nothing is raised: what is wrong is in `findings`."""
    reading = Reading()
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        reading.fault(Fault.UNREADABLE, str(folder), "", (), "holds no policy files", "目录中没有政策文件")
    for path in paths:
        _read_file(reading, path)
    return reading


def _read_file(reading: Reading, path: Path) -> None:
    try:
        # One hash whatever the line ends of the checkout.
        text = path.read_bytes().replace(b"\r\n", b"\n")
        document = msgspec.convert(tomllib.loads(text.decode()), _FileText)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as refused:
        reading.fault(Fault.UNREADABLE, path.name, "", (), f"cannot be read: {refused}", f"无法读取：{refused}")
        return
    except msgspec.ValidationError as refused:
        _malformed(reading, path.name, "", (), refused)
        return
    reading.files[path.name] = _hash(text)
    for number, raw in enumerate(document.policy, start=1):
        _read_series(reading, path, number, raw)


def _read_series(reading: Reading, path: Path, number: int, raw: Any) -> None:
    key = _name(raw, "key", number)
    try:
        stated = msgspec.convert(raw, _SeriesText)
    except msgspec.ValidationError as refused:
        _malformed(reading, path.name, key, (), refused)
        return
    if not key.startswith(f"{path.stem}."):
        rule, rule_zh = f"must begin with {path.stem!r}, the name of its file", f"须以所在文件名 {path.stem} 开头"
        reading.fault(Fault.MISPLACED_KEY, path.name, key, (), rule, rule_zh)
    if (other := reading.keys.setdefault(key, path.name)) != path.name or key in (s.key for s in reading.series):
        reading.fault(
            Fault.DUPLICATE_KEY, path.name, key, (), f"is already a series of {other}", f"已在 {other} 中定义"
        )
        return
    if (wrong := unit_fault(stated.kind, stated.unit)) is not None:
        reading.fault(Fault.VALUE, path.name, key, (), *wrong)
    rows = [row for i, each in enumerate(stated.row, 1) if (row := _read_row(reading, path.name, stated, i, each))]
    fresh = stated.freshness
    series = PolicySeries(
        key=key,
        file=path.name,
        title_zh=stated.title_zh,
        title_en=stated.title_en,
        rows=tuple(rows),
        freshness=None if fresh is None else Freshness(fresh.verified_on, fresh.stale_after_days),
    )
    _check_series(reading, series)
    if len(rows) == len(stated.row):  # the holes of a series with unreadable rows would be false
        reading.series.append(series)


def _read_row(reading: Reading, file: str, series: _SeriesText, number: int, raw: Any) -> PolicyRow | None:
    row_id = f"{series.key}/{_name(raw, 'id', number)}"
    try:
        stated = msgspec.convert(raw, _RowText)
    except msgspec.ValidationError as refused:
        _malformed(reading, file, series.key, (row_id,), refused)
        return None
    if stated.end is not None and stated.end < stated.start:
        rule, rule_zh = (
            f"ends on {stated.end}, before it begins on {stated.start}",
            f"止于 {stated.end}，早于起始日 {stated.start}",
        )
        reading.fault(Fault.DATES, file, series.key, (row_id,), rule, rule_zh)
        return None
    try:
        value = _value(series, stated)
    except BadValue as bad:
        reading.fault(Fault.VALUE, file, series.key, (row_id,), bad.rule, bad.rule_zh)
        return None
    return _policy_row(row_id, file, series, stated, value, _hash(_canonical(series, raw)))


def _policy_row(
    row_id: str, file: str, series: _SeriesText, stated: _RowText, value: Value | None, content_hash: str
) -> PolicyRow:
    return PolicyRow(
        id=row_id,
        key=series.key,
        kind=series.kind,
        unit=series.unit,
        evaluated_at=series.evaluated_at,
        start=stated.start,
        end=stated.end,
        value=value,
        limit=stated.limit,
        scope=Scope(stated.lender_type, stated.vehicle_kind, stated.region, stated.channel),
        beats=tuple(f"{series.key}/{beaten}" for beaten in stated.beats),
        fact=stated.fact,
        source=stated.source,
        source_url=stated.source_url,
        confidence=stated.confidence,
        note=stated.note,
        title_zh=series.title_zh,
        title_en=series.title_en,
        file=file,
        content_hash=content_hash,
    )


def _value(series: _SeriesText, stated: _RowText) -> Value | None:
    if (stated.value is None) is (stated.limit is None):
        rule = "must hold either a value or a limit (lender_decides, none_found)"
        raise BadValue(rule, "须有 value 或 limit(lender_decides、none_found）之一，且只有其一")
    if stated.limit is not None:
        return None
    value = read_value(series.kind, stated.value)
    if series.kind is Kind.TABLE and (wrong := fault_of(series.key, _lines(value))) is not None:
        raise BadValue(*wrong)
    if isinstance(value, CalendarYear):
        days = (*value.days_off(), *value.make_up_workdays)
        if any(day < stated.start or day > (stated.end or date.max) for day in days):
            raise BadValue("holds a day outside the dates of its row", "含有不在该行起止日期内的日子")
    return value


def _lines(value: Value) -> list[Line]:
    return [line for line in value if isinstance(line, Line)] if isinstance(value, tuple) else []


def _check_series(reading: Reading, series: PolicySeries) -> None:
    by_id: dict[str, PolicyRow] = {}
    for row in series.rows:
        if row.id in by_id:
            rule, rule_zh = "is the id of two rows", "行号重复"
            reading.fault(Fault.DUPLICATE_ROW, series.file, series.key, (row.id,), rule, rule_zh)
        by_id[row.id] = row
    for row in series.rows:
        for beaten in row.beats:
            if beaten not in by_id:
                rule, rule_zh = "beats a row that does not exist", "所优先于的行不存在"
            elif not row.scope.narrower_than(by_id[beaten].scope):
                rule, rule_zh = "may only beat a row of a wider scope", "只能优先于适用范围更宽的行"
            elif not _share_a_day(row, by_id[beaten]):
                rule, rule_zh = "beats a row that is never in force with it", "所优先于的行与其没有同时有效的日子"
            else:
                continue
            reading.fault(Fault.BEATS, series.file, series.key, (row.id, beaten), rule, rule_zh)
    newest = max((row.start for row in series.rows), default=date.min)
    if series.freshness is not None and series.freshness.verified_on < newest:
        rule, rule_zh = f"was verified before its newest row began on {newest}", f"核实日早于最新一行的起始日 {newest}"
        reading.fault(Fault.DATES, series.file, series.key, (), rule, rule_zh)


def _share_a_day(a: PolicyRow, b: PolicyRow) -> bool:
    return a.in_force(max(a.start, b.start)) and b.in_force(max(a.start, b.start))


def _malformed(reading: Reading, file: str, key: str, rows: tuple[str, ...], refused: msgspec.ValidationError) -> None:
    reading.fault(Fault.MALFORMED, file, key, rows, f"is malformed: {refused}", f"格式不符：{refused}")


def _name(raw: Any, name: str, number: int) -> str:
    """The name a table gives itself, or its position where it gives none."""
    given = raw.get(name) if isinstance(raw, dict) else None
    return given if isinstance(given, str) and given else f"#{number}"


def _canonical(series: _SeriesText, raw: Any) -> bytes:
    """The bytes a row's hash is taken of: its fields and what it inherits, whatever their order in the file."""
    content = {"key": series.key, "kind": series.kind, "unit": series.unit, "at": series.evaluated_at, "row": raw}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
