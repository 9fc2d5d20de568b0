"""Codes in plain words: what the customer and the page are told, from the reviewed words and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from chedai.deals.underwriting.rules.book import RuleSet
from chedai.deals.underwriting.rules.fields import FIELDS, Unit
from chedai.deals.underwriting.rules.values import Reason


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words, the rule it comes from, and what may be advised."""

    code: str
    zh: str
    en: str
    advice_zh: str
    advice_en: str
    lever: str
    rule_set: str
    version: str


def told(words: RuleSet, reason: Reason) -> Told:
    """The words of a reason, with its figures."""
    entry = words.document["reasons"][reason.code]
    figures = {"found": figure(reason.field, reason.found), "limit": figure(reason.field, reason.limit)}
    return Told(
        reason.code,
        entry["zh"].format(**figures),
        entry["en"].format(**figures),
        entry["advice_zh"],
        entry["advice_en"],
        entry["lever"],
        reason.rule_set,
        reason.version,
    )


def told_missing(words: RuleSet, name: str, version: str) -> Told:
    """The words for a fact nobody collected."""
    entry, field = words.document["reasons"]["fact-missing"], FIELDS[name]
    zh, en = entry["zh"].format(fact=field.zh), entry["en"].format(fact=field.en)
    return Told("fact-missing", zh, en, entry["advice_zh"], entry["advice_en"], entry["lever"], "eligibility", version)


def figure(field: str, value: int | None) -> str:
    """A number as it is said: fen as yuan, basis points as per cent."""
    if value is None:
        return "—"
    if field == "amount":
        return _grouped(value)
    if field in FIELDS and FIELDS[field].unit is Unit.BP:
        return f"{value / 100:.2f}".rstrip("0").rstrip(".") + "%"
    return f"{value:,}"


def _grouped(amount: int) -> str:
    return f"{amount // 100:,}.{amount % 100:02}"


def condition_words(words: RuleSet, code: str) -> tuple[str, str]:
    """A condition in both languages."""
    entry = words.document["conditions"][code]
    return entry["zh"], entry["en"]
