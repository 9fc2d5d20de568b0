"""One effective-dated row of policy, and the series of rows under one key.

A row is never edited once it is in use: it is closed (`to`) and a new one added. What a decision stores is the row's
`version`, its id with a hash of its content, so that a later look can tell whether the row still reads the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from chedai.engine.errors import Language
from chedai.platform.policies.errors import NoLimitSet, WrongKind
from chedai.platform.policies.scope import Scope
from chedai.platform.policies.values import Kind, Limit, Value

_V = TypeVar("_V")


class Confidence(StrEnum):
    """How the fact was read."""

    A = "A"  # in the text of the instrument
    B = "B"  # in a secondary page: news, law firm, questions and answers
    C = "C"  # well known, the text was not read: verify
    D = "D"  # a convention: verify before relying on it


class EvaluatedAt(StrEnum):
    """The date in the life of a deal at which the series is asked."""

    QUOTE = "quote"
    APPLICATION = "application"
    CONTRACT = "contract"
    DISBURSEMENT = "disbursement"
    EVENT = "event"  # the day something happens: a call, a visit, a tax, a reporting date


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One rule in force from `start` to `end`, both inside (`end` None: as far as known).

    `value` is in the units of its kind: rates in 1e-8, money in fen, numbers in `unit`. Read it by the property of its
    kind (`rate`, `money`, `number`, `flag`) or by `typed(Kind)`; each refuses what the row does not hold.
    """

    id: str
    key: str
    kind: Kind
    unit: str
    evaluated_at: EvaluatedAt
    start: date
    end: date | None
    value: Value | None
    limit: Limit | None
    scope: Scope
    beats: tuple[str, ...]
    fact: str
    source: str
    source_url: str
    confidence: Confidence
    note: str
    title_zh: str
    title_en: str
    file: str
    content_hash: str

    @property
    def version(self) -> str:
        """What a decision stores: `loan_ratio.max/used-2018@1f0c…`."""
        return f"{self.id}@{self.content_hash}"

    def in_force(self, on: date) -> bool:
        """Is the date inside?"""
        return self.start <= on and (self.end is None or on <= self.end)

    def title(self, language: Language = "zh") -> str:
        """What the series is about."""
        return self.title_zh if language == "zh" else self.title_en

    @property
    def rate(self) -> int:
        """A percentage in rate units."""
        return self._of(int, Kind.PERCENT)

    @property
    def money(self) -> int:
        """An amount in fen."""
        return self._of(int, Kind.MONEY)

    @property
    def number(self) -> int:
        """A whole number, counted in `unit`."""
        return self._of(int, Kind.NUMBER)

    @property
    def flag(self) -> bool:
        """Is the duty of the title in force?"""
        return self._of(bool, Kind.FLAG)

    def typed(self, shape: type[_V]) -> _V:
        """A value with a structure: `row.typed(Hours)`. Errors: `WrongKind`, `NoLimitSet`."""
        return self._of(shape)

    def listed(self, shape: type[_V]) -> tuple[_V, ...]:
        """A table or list: `row.listed(Bracket)`, `row.listed(str)`. Errors: `WrongKind`, `NoLimitSet`."""
        values = tuple(value for value in self._of(tuple) if isinstance(value, shape))
        if not values:
            raise self._wrong(shape.__name__)
        return values

    def _of(self, shape: type[_V], kind: Kind | None = None) -> _V:
        if self.limit is not None:
            raise NoLimitSet(
                self.key, f"sets no figure: {self.limit}", _LIMIT_ZH[self.limit], file=self.file, rows=(self.id,)
            )
        if not isinstance(self.value, shape) or (kind is not None and kind is not self.kind):
            raise self._wrong(kind or shape.__name__)
        return self.value

    def _wrong(self, wanted: str) -> WrongKind:
        return WrongKind(
            self.key,
            f"holds {self.kind}, not {wanted}",
            f"的值是 {self.kind} 类型，不是 {wanted}",
            file=self.file,
            rows=(self.id,),
        )


_LIMIT_ZH = {Limit.LENDER_DECIDES: "无监管数值，由贷款人自主确定", Limit.NONE_FOUND: "未查到此项规定"}


@dataclass(frozen=True, slots=True)
class Freshness:
    """A series that must be looked up again and again, even while it does not change (the LPR)."""

    verified_on: date
    stale_after_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySeries:
    """All rows of one key, in the order of the file."""

    key: str
    file: str
    title_zh: str
    title_en: str
    rows: tuple[PolicyRow, ...]
    freshness: Freshness | None = None
