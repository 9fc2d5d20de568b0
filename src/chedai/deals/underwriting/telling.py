"""A result in words, both languages, for the page, the memo, the customer and the interface: one place says it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from chedai.deals.underwriting.rulebooks import book_of_versions
from chedai.deals.underwriting.rules.book import RuleBook
from chedai.deals.underwriting.rules.fields import FIELDS
from chedai.deals.underwriting.rules.values import Effect, Outcome, Reason, Result
from chedai.deals.underwriting.rules.wording import Told, condition_words, told, told_missing
from chedai.deals.underwriting.states import Verdict

LIMITS: Final = MappingProxyType(
    {
        "law": ("监管成数", "the regulator's ratio"),
        "ltv": ("车辆成数", "loan to value"),
        "all_in": ("全口径成数", "all-in loan to value"),
        "income": ("收入", "income"),
        "policy": ("等级上限", "the grade's limit"),
        "exposure": ("客户总敞口", "exposure to the customer"),
    }
)
OUTCOMES: Final = MappingProxyType(
    {
        Outcome.PASS: ("规则通过", "the rules pass it"),
        Outcome.REFER: ("转人工", "referred to a person"),
        Outcome.DECLINE: ("规则不通过", "the rules decline it"),
    }
)
EFFECTS: Final = MappingProxyType(
    {
        Effect.STOP: ("禁止", "stops"),
        Effect.DECLINE: ("不通过", "declines"),
        Effect.REFER: ("人工看", "refers"),
        Effect.NOTE: ("提示", "notes"),
    }
)
VERDICTS: Final = MappingProxyType(
    {
        Verdict.APPROVE: ("通过", "approved"),
        Verdict.CONDITIONAL: ("有条件通过", "approved on conditions"),
        Verdict.RETURN: ("退回补正", "sent back"),
        Verdict.DECLINE: ("拒绝", "declined"),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A reason as it is told, and how weighty it is."""

    told: Told
    effect: Effect
    deviation: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """A result in words. `points` are attribute in both languages, bin and points; `conditions` both languages."""

    result: Result
    reasons: tuple[Line, ...]
    flags: tuple[Line, ...]
    missing: tuple[Told, ...]
    points: tuple[tuple[str, str, str, int], ...]
    conditions: tuple[tuple[str, str], ...]


def account(result: Result) -> Account:
    """A result in the words its own rules had. Errors: `NotFound` where a text was never kept."""
    return account_by(result, book_of_versions(result.rules))


def account_by(result: Result, book: RuleBook) -> Account:
    """The same by a book that is at hand."""
    words = book.sets["words"]
    version = book.version_of("eligibility")
    return Account(
        result,
        tuple(Line(told(words, one), one.effect, one.deviation) for one in result.reasons),
        tuple(Line(told(words, one), one.effect) for one in result.flags),
        tuple(told_missing(words, name, version) for name in result.missing),
        tuple((*_attribute(line.attribute), line.bin, line.points) for line in result.points),
        tuple(condition_words(words, code) for code in result.conditions),
    )


def reasons_told(result: Result, codes: tuple[str, ...]) -> tuple[Told, ...]:
    """The reasons of a decline as the customer is told them: with the figures where the rules found any."""
    words = book_of_versions(result.rules).sets["words"]
    by_code = {reason.code: reason for reason in (*result.reasons, *result.flags)}
    bare = (Reason(code=code, effect=Effect.DECLINE, rule_set="", version="") for code in codes)
    return tuple(told(words, by_code.get(one.code, one)) for one in bare)


def _attribute(name: str) -> tuple[str, str]:
    return (FIELDS[name].zh, FIELDS[name].en) if name in FIELDS else ("基准分", "base")
