"""The bins of the scorecard: each attribute covered once and whole, its missing bin stated, its points monotone.

A bin of numbers is `< a`, `<= a`, `> a`, `>= a`, `a` or a range `[a..b)`; whole numbers only, so that neighbours can
be told. Where `fields` says that more is better (or worse), the points may not fall (or rise) with the bins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, TypeAlias

from chedai.deals.underwriting.rules.fields import FIELDS, Field, Unit

Fault: TypeAlias = tuple[str, str, str]
Bin: TypeAlias = tuple[float, float, int, str]
"""Lowest and highest whole number of a bin, its points, the rule it is of."""

_RANGE: Final = re.compile(r"^([\[(])(-?\d+)\.\.(-?\d+)([\])])$")
_ONE_SIDE: Final = re.compile(r"^(<=|>=|<|>)?\s*(-?\d+)$")
_END: Final = float("inf")
BASE: Final = "base"


def scorecard_faults(table: Mapping[str, Any]) -> Iterator[Fault]:
    """Everything wrong with the bins."""
    by_attribute: dict[str, list[tuple[str, int, str]]] = {}
    columns = {column["id"]: column["field"] for column in table["inputs"]}
    for rule in table["rules"]:
        filled = [(columns[c], rule[c]) for c in columns if rule.get(c)]
        name, at = json.loads(rule["attribute"]), rule["_id"]
        if name == BASE and not filled:
            continue
        if len(filled) != 1 or filled[0][0] != name:
            yield at, "每行只看一个属性，并与 attribute 相同", "each row looks at one attribute, the one it names"
            continue
        by_attribute.setdefault(name, []).append((filled[0][1], json.loads(rule["points"]), at))
    for name, rows in by_attribute.items():
        yield from _attribute(FIELDS[name], rows)


def _attribute(field: Field, rows: list[tuple[str, int, str]]) -> Iterator[Fault]:
    if [cell for cell, _points, _at in rows].count("null") != 1:
        yield "", f"{field.zh}：须恰有一个缺失值的分箱", f"{field.name}: exactly one bin for a missing value"
    known = [row for row in rows if row[0] != "null"]
    if field.unit is Unit.WORD:
        yield from _words(field, known)
        return
    bins: list[Bin] = []
    for cell, points, at in known:
        ends = span(cell)
        if ends is None:
            yield at, f"{field.zh}：分箱“{cell}”须写成区间", f"{field.name}: write the bin {cell!r} as a range"
            return
        bins.append((*ends, points, at))
    yield from _covered(field, sorted(bins))
    yield from _monotone(field, sorted(bins))


def grade_faults(table: Mapping[str, Any]) -> Iterator[Fault]:
    """Every score has a grade: the rows that ask for nothing but the score cover all scores."""
    columns = {column["field"]: column["id"] for column in table["inputs"]}
    bins: list[Bin] = []
    for rule in table["rules"]:
        if any(rule.get(at) for name, at in columns.items() if name != "score"):
            continue
        ends = span(rule.get(columns["score"], "")) or (-_END, _END)
        bins.append((*ends, 0, rule["_id"]))
    yield from _covered(FIELDS["score"], sorted(bins))


def policy_faults(table: Mapping[str, Any]) -> Iterator[Fault]:
    """Every kind of car in every grade has a row that asks for nothing else."""
    columns = {column["field"]: column["id"] for column in table["inputs"]}
    known = set()
    for rule in table["rules"]:
        if any(rule.get(at) for name, at in columns.items() if name not in ("vehicle_kind", "grade")):
            continue
        cars = _said(rule.get(columns["vehicle_kind"], ""), "vehicle_kind")
        known |= {(car, grade) for car in cars for grade in _said(rule.get(columns["grade"], ""), "grade")}
    for car, zh, _en in FIELDS["vehicle_kind"].words:
        for grade in sorted(FIELDS["grade"].values):
            if (car, grade) not in known:
                yield "", f"{zh} {grade} 级没有上限", f"no limits for {car} in grade {grade}"


def _said(cell: str, field: str) -> frozenset[str]:
    """The words a cell names; all of the field where it is empty."""
    return frozenset(cell.split('"')[1::2]) if cell else FIELDS[field].values


def span(cell: str) -> tuple[float, float] | None:
    """The lowest and highest whole number a cell admits; None where it is no range."""
    if found := _RANGE.match(cell):
        left, low, high, right = found.groups()
        return int(low) + (left == "("), int(high) - (right == ")")
    if found := _ONE_SIDE.match(cell):
        sign, number = found[1], int(found[2])
        return {
            "<": (-_END, number - 1),
            "<=": (-_END, number),
            ">": (number + 1, _END),
            ">=": (number, _END),
            None: (number, number),
        }[sign]
    return None


def _covered(field: Field, bins: list[Bin]) -> Iterator[Fault]:
    """From the lowest to the highest without a hole or an overlap; figures below 0 do not occur."""
    reached: float = -1
    for low, high, _points, at in bins:
        start = max(low, 0)
        if start > reached + 1:
            yield at, f"{field.zh}：{reached + 1:.0f} 起没有分箱", f"{field.name}: no bin from {reached + 1:.0f} on"
        if start <= reached:
            yield at, f"{field.zh}：{start:.0f} 落在两个分箱", f"{field.name}: {start:.0f} is in two bins"
        reached = max(reached, high)
    if reached != _END:
        yield "", f"{field.zh}：{reached + 1:.0f} 起没有分箱", f"{field.name}: no bin from {reached + 1:.0f} on"


def _monotone(field: Field, bins: list[Bin]) -> Iterator[Fault]:
    if field.rising is None:
        return
    for before, after in pairwise(bins):
        if (after[2] < before[2]) if field.rising else (after[2] > before[2]):
            way = ("越高分应越高", "points must not fall") if field.rising else ("越高分应越低", "points must not rise")
            yield after[3], f"{field.zh}：{way[0]}", f"{field.name}: {way[1]} as it rises"


def _words(field: Field, rows: list[tuple[str, int, str]]) -> Iterator[Fault]:
    said = [word for cell, _points, _at in rows for word in cell.split('"')[1::2]]
    for word in sorted({one for one in said if said.count(one) > 1}):
        yield "", f"{field.zh}：“{word}”落在两个分箱", f"{field.name}: {word} is in two bins"
    for word in sorted(field.values - set(said)):
        yield "", f"{field.zh}：“{word}”没有分箱", f"{field.name}: no bin for {word}"
