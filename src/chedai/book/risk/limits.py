"""What is watched and from when on it is an alert, and what is then done, as the policy of a day says it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

import msgspec

from chedai.engine.errors import EngineError
from chedai.engine.money import rate_units
from chedai.engine.valuation import DepreciationCurve
from chedai.platform.errors import Refusal
from chedai.platform.policies.book import PolicyBook
from chedai.platform.policies.values import Line

T = TypeVar("T")

INDICATORS: Final = "early_warning.indicators"
PLAYBOOKS: Final = "early_warning.playbooks"
ALLOWANCE: Final = "early_warning.class_allowance"
INSURANCE_DAYS: Final = "early_warning.insurance_days"
FIRST_PAYMENT_DAYS: Final = "early_warning.first_payment_days"
FIRST_PAYMENT_LOOKS_BACK: Final = "early_warning.first_payment_looks_back"
SHORTFALL: Final = "early_warning.value_shortfall"
SETTLEMENT_DAYS: Final = "early_warning.settlement_days"
REVIEW_DAYS: Final = "early_warning.review_days"
DEPRECIATION: Final = "early_warning.depreciation"
LARGE: Final = "early_warning.large_exposures"


class _Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    limit: str
    least: int
    playbook: str


class _Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    role: str
    days: int
    zh: str
    en: str


class _Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    share: str


@dataclass(frozen=True, slots=True)
class Watched:
    """One indicator by one kind of group: `limit` is a share (1e-8) or a count, `least` the loans a group needs."""

    indicator: str
    by: str
    limit: int
    least: int
    playbook: str
    policy: str


@dataclass(frozen=True, slots=True)
class PlaybookLine:
    """One step: a role does it within `days` days of the event."""

    place: int
    role: str
    days: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook and the row of policy it stands in."""

    code: str
    policy: str
    steps: tuple[PlaybookLine, ...]


def watched_on(book: PolicyBook, day: date, shares: frozenset[str]) -> tuple[Watched, ...]:
    """The indicators of a day; `shares` names those whose limit is a percentage.

    Errors: `PolicyError` where none is in force, `Refusal` where a line cannot be read.
    """
    row = book.in_force(INDICATORS, day)
    return watched_in(row.listed(Line), shares, row.version)


def watched_in(table: Sequence[Line], shares: frozenset[str], version: str = "") -> tuple[Watched, ...]:
    """The same of a table. Errors: `Refusal` where a line cannot be read."""
    found = []
    for line in _read(table, _Limit):
        indicator, _, by = line.code.partition(".")
        limit = _percent(line.limit) if indicator in shares else _count(line.limit)
        found.append(Watched(indicator, by, limit, line.least, line.playbook, version))
    return tuple(found)


def playbooks_on(book: PolicyBook, day: date) -> dict[str, Playbook]:
    """The playbooks of a day, each with its steps in order."""
    row = book.in_force(PLAYBOOKS, day)
    return playbooks_in(row.listed(Line), row.version)


def playbooks_in(table: Sequence[Line], version: str = "") -> dict[str, Playbook]:
    """The same of a table. Errors: `Refusal` where a line cannot be read."""
    steps: dict[str, list[PlaybookLine]] = {}
    for line in _read(table, _Step):
        code, _, place = line.code.rpartition(".")
        steps.setdefault(code, []).append(PlaybookLine(_count(place), line.role, line.days, line.zh, line.en))
    return {
        code: Playbook(code, version, tuple(sorted(lines, key=lambda one: one.place))) for code, lines in steps.items()
    }


def allowance_on(book: PolicyBook, day: date) -> tuple[int, ...]:
    """The share (1e-8) of the balance that is provided for, by class: five of them, best first."""
    return allowance_in(book.in_force(ALLOWANCE, day).listed(Line))


def allowance_in(table: Sequence[Line]) -> tuple[int, ...]:
    """The same of a table. Errors: `Refusal` where it cannot be read."""
    shares = {line.code: _percent(line.share) for line in _read(table, _Share)}
    if sorted(shares) != ["1", "2", "3", "4", "5"]:
        raise _malformed("five classes, 1 to 5", "五级，1 至 5")
    return tuple(shares[code] for code in sorted(shares))


def depreciation_on(book: PolicyBook, day: date) -> DepreciationCurve:
    """What a car is worth by age, as a share of its new price."""
    return depreciation_in(book.in_force(DEPRECIATION, day).listed(Line))


def depreciation_in(table: Sequence[Line]) -> DepreciationCurve:
    """The same of a table. Errors: `Refusal` where it is no curve."""
    lines = _read(table, _Share)
    try:
        return DepreciationCurve(
            tuple(_count(line.code) for line in lines), tuple(_percent(line.share) for line in lines)
        )
    except EngineError as wrong:
        raise _malformed(str(wrong), wrong.rule_zh) from None


def _read(lines: Sequence[Line], kind: type[T]) -> list[T]:
    try:
        return [msgspec.convert(dict(line.cells), kind) for line in lines]
    except msgspec.ValidationError as wrong:
        raise _malformed(str(wrong), str(wrong)) from None


def _percent(text: str) -> int:
    try:
        return rate_units(text, argument="limit")
    except EngineError as wrong:
        raise _malformed(wrong.rule, wrong.rule_zh) from None


def _count(text: str) -> int:
    if not text.isdecimal():
        raise _malformed(f"{text} is no whole number", f"{text} 不是整数")
    return int(text)


def _malformed(en: str, zh: str) -> Refusal:
    return Refusal(
        "early-warning-malformed", f"风险预警规则有误：{zh}", f"the rules of early warning are malformed: {en}"
    )
