"""Is there exactly one row for every case on every day? Overlaps, holes, staleness.

The cases a series can tell apart are few: every value its rows name in a dimension, and "any other". For each case the
dates at which a row begins or ends cut time into stretches, and within a stretch nothing changes. So looking at one day
of each stretch looks at all days.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, product

from chedai.platform.policies.errors import Fault, Finding, Severity
from chedai.platform.policies.rows import PolicyRow, PolicySeries
from chedai.platform.policies.scope import DIMENSIONS


def winners(rows: Sequence[PolicyRow]) -> list[PolicyRow]:
    """The rows left of those that fit a case on a day, once each row that another of them `beats` is gone.

    This is the whole rule of precedence: a narrower row wins only over the rows it names.
    """
    beaten = set(chain.from_iterable(row.beats for row in rows))
    return [row for row in rows if row.id not in beaten]


def overlaps_and_holes(series: PolicySeries) -> list[Finding]:
    """Every pair of rows in force together, and every hole between two rows, once each."""
    found: dict[tuple[Fault, tuple[str, ...]], Finding] = {}
    for rows in _cases(series.rows):
        for finding in _in_case(series, rows):
            found.setdefault((finding.fault, finding.rows), finding)
    return list(found.values())


def stale(series: PolicySeries, on: date) -> Finding | None:
    """A warning where the series was last verified too long before the date."""
    fresh = series.freshness
    if fresh is None or (on - fresh.verified_on).days <= fresh.stale_after_days:
        return None
    days, verified = (on - fresh.verified_on).days, fresh.verified_on.isoformat()
    newest = max(series.rows, key=lambda row: row.start)
    return Finding(
        Severity.WARNING,
        Fault.STALE,
        series.file,
        series.key,
        (newest.id,),
        f"last verified on {verified}, {days} days before {on} (limit {fresh.stale_after_days}): look it up again",
        f"最近一次核实为 {verified}，距 {on} 已 {days} 天（上限 {fresh.stale_after_days} 天），请重新核实",
    )


def _cases(rows: Sequence[PolicyRow]) -> Iterator[list[PolicyRow]]:
    """For each case the series can tell apart, the rows that apply to it. None stands for any value not named."""
    words = [[None, *sorted(set(chain.from_iterable(row.scope.values(d) for row in rows)))] for d in DIMENSIONS]
    for case in product(*words):
        fitting = [
            row
            for row in rows
            if all(
                not (limited := row.scope.values(d)) or word in limited
                for d, word in zip(DIMENSIONS, case, strict=True)
            )
        ]
        if fitting:
            yield fitting


def _in_case(series: PolicySeries, rows: Sequence[PolicyRow]) -> Iterator[Finding]:
    begins = {row.start for row in rows}
    after_ends = {row.end + timedelta(1) for row in rows if row.end is not None and row.end < date.max}
    days = sorted(begins | after_ends)
    last_begin = max(begins)
    for day in days:
        active = [row for row in rows if row.in_force(day)]
        left = winners(active)
        if len(left) > 1 or (active and not left):
            clash = left or active
            yield _finding(
                series,
                Fault.OVERLAP,
                clash,
                f"are in force together on {day}; close one, narrow one, or say which one beats the other",
                f"于 {day} 同时有效；请关闭其一、缩小范围，或写明何者优先（beats)",
            )
        elif not active and day < last_begin:
            until = min(row.start for row in rows if row.start > day) - timedelta(1)
            yield _finding(
                series,
                Fault.HOLE,
                [
                    max((r for r in rows if r.start < day), key=_end),
                    min((r for r in rows if r.start > day), key=_start),
                ],
                f"leave a hole from {day} to {until}",
                f"之间有空档：{day} 至 {until} 无任何规则",
            )


def _start(row: PolicyRow) -> date:
    return row.start


def _end(row: PolicyRow) -> date:
    return row.end or date.max


def _finding(series: PolicySeries, fault: Fault, rows: Sequence[PolicyRow], rule: str, rule_zh: str) -> Finding:
    ids = tuple(row.id for row in rows)
    return Finding(Severity.ERROR, fault, series.file, series.key, ids, rule, rule_zh)
