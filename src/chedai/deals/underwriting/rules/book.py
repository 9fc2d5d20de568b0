"""The book of rules: one text a rule set, known by its digest, compiled once and kept.

Six sets are decision tables of the zen engine (JDM): one table each, so that a page can show and change it as a table.
Two are plain data: the questionnaire and the words of reasons and conditions. A rule set says in its head which
version it is and from which day it may be used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import zen

from chedai.deals.underwriting.rules.values import RuleVersion
from chedai.platform.errors import Refusal

TABLES: Final = ("eligibility", "scorecard", "grade", "policy", "fraud", "conditions")
"""The rule sets that are tables, in the order in which a decision asks them."""
NAMES: Final = (*TABLES, "questions", "words")
"""Every rule set; the name is that of its file."""

_SHIPPED: Final = "shipped"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One rule set as it reads. `document` is the parsed text and is not changed by anybody."""

    name: str
    version: str
    valid_from: date
    zh: str
    en: str
    digest: str
    text: str
    document: Mapping[str, Any]

    @property
    def table(self) -> Mapping[str, Any]:
        """The decision table of a set that is one."""
        node: Mapping[str, Any] = next(n for n in self.document["nodes"] if n["type"] == "decisionTableNode")
        content: Mapping[str, Any] = node["content"]
        return content


class RuleBook:
    """The rule sets a decision is made by."""

    def __init__(self, sets: Mapping[str, RuleSet]) -> None:
        self.sets = MappingProxyType({name: sets[name] for name in NAMES})

    def rows(self, name: str, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The rows of a collecting table that hit, in their order."""
        found = _evaluate(self.sets[name], facts)
        return list(found) if isinstance(found, list) else []

    def first(self, name: str, facts: Mapping[str, Any]) -> dict[str, Any] | None:
        """The first row of a table that hits; None where none does."""
        found = _evaluate(self.sets[name], facts)
        return dict(found) if found else None

    def version_of(self, name: str) -> str:
        """What a rule set calls itself."""
        return self.sets[name].version

    @property
    def versions(self) -> tuple[RuleVersion, ...]:
        """Which texts the book consists of."""
        return tuple(RuleVersion(one.name, one.version, one.digest) for one in self.sets.values())

    def head(self, name: str) -> Mapping[str, Any]:
        """What a set says of itself beside its table: required facts, base points."""
        found: Mapping[str, Any] = self.sets[name].document["chedai"]
        return found

    def replaced(self, one: RuleSet) -> RuleBook:
        """The same book with one set in the place of its namesake: what a draft would do."""
        return RuleBook({**self.sets, one.name: one})


def text_digest(text: str) -> str:
    """How a text is known."""
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=256)
def rule_set(text: str) -> RuleSet:
    """The rule set of a text that has passed `lint`. The same text is read once."""
    document = json.loads(text)
    head = document["chedai"]
    return RuleSet(
        head["name"],
        head["version"],
        date.fromisoformat(head["valid_from"]),
        head["zh"],
        head["en"],
        text_digest(text),
        text,
        MappingProxyType(document),
    )


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, str]:
    """The texts that came with the product, by name."""
    folder = files("chedai.deals.underwriting.rules").joinpath(_SHIPPED)
    return MappingProxyType({name: folder.joinpath(f"{name}.json").read_text("utf-8") for name in NAMES})


def book_of(texts: Mapping[str, str]) -> RuleBook:
    """The book of texts by name; what is not among them is as shipped."""
    return RuleBook({name: rule_set(texts.get(name) or shipped()[name]) for name in NAMES})


@lru_cache(maxsize=256)
def _compiled(digest: str, text: str) -> zen.ZenDecision:
    return zen.ZenEngine().create_decision(text)


def _evaluate(one: RuleSet, facts: Mapping[str, Any]) -> Any:
    """What a table says. Errors: `Refusal` at a fact that is no number the engine of the tables can hold (64 bits)."""
    for name, value in facts.items():
        if isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise Refusal("fact-too-large", f"{name} 超出可计算的范围", f"{name} is beyond any reckoning", field=name)
    return _compiled(one.digest, one.text).evaluate(dict(facts))["result"]
