"""What the policy book refuses, and what it finds wrong with its files.

A `Finding` is a fault as a value: all of them are collected and told together, each with file, key and rows, in Chinese
and English. A `PolicyError` is a refusal to answer: no row in force, two rows in force, a scope that was not stated. A
caller never gets a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from chedai.engine.errors import Language


class Severity(StrEnum):
    """An error stops the book from loading; a warning travels with every answer it touches."""

    ERROR = "error"
    WARNING = "warning"


class Fault(StrEnum):
    """The kinds of fault a policy file can have."""

    UNREADABLE = "unreadable"  # no such folder, not UTF-8, not TOML
    MALFORMED = "malformed"  # a field missing, unknown or of the wrong type
    MISPLACED_KEY = "misplaced_key"  # a key that does not begin with the name of its file
    DUPLICATE_KEY = "duplicate_key"
    DUPLICATE_ROW = "duplicate_row"
    DATES = "dates"  # ends before it begins
    VALUE = "value"  # does not say what its kind promises
    BEATS = "beats"  # an exception that names no row, a wider row, or a row it never meets
    OVERLAP = "overlap"  # two rows in force for one scope at one date
    HOLE = "hole"  # a date inside the series without a row
    STALE = "stale"  # not verified for longer than the series allows


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of the book: where it is (file, key, rows) and which rule it breaks."""

    severity: Severity
    fault: Fault
    file: str
    key: str
    rows: tuple[str, ...]
    rule: str
    rule_zh: str

    def text(self, language: Language = "zh") -> str:
        """The finding as one sentence: file, key, rows and rule."""
        return place(self.file, self.key, self.rows, language) + (self.rule_zh if language == "zh" else self.rule)


class PolicyError(ValueError):
    """A refusal. `key` is the policy asked for, `rows` are the ids concerned, `file` is where they stand."""

    def __init__(self, key: str, rule: str, rule_zh: str, *, file: str = "", rows: tuple[str, ...] = ()) -> None:
        self.key = key
        self.rule = rule
        self.rule_zh = rule_zh
        self.file = file
        self.rows = rows
        super().__init__(self.text("en"))

    def text(self, language: Language = "zh") -> str:
        """The refusal as one sentence: file, key, rows and rule."""
        return place(self.file, self.key, self.rows, language) + (self.rule_zh if language == "zh" else self.rule)


class UnknownPolicy(PolicyError):
    """No policy file holds this key."""


class UnknownScope(PolicyError):
    """A lender type, vehicle kind, region or channel that is not in the vocabulary."""


class ScopeNotStated(PolicyError):
    """The rows differ by a dimension the question did not state."""


class NoPolicyInForce(PolicyError):
    """No row is in force for this scope at this date. It does not mean that everything is allowed."""


class AmbiguousPolicy(PolicyError):
    """Two or more rows are in force for this scope at this date."""


class WrongKind(PolicyError):
    """A row was read as a kind of value it does not hold."""


class NoLimitSet(PolicyError):
    """The row says that there is no figure: the regulation leaves it to the lender, or no rule was found."""


class PolicyFilesMissing(PolicyError):
    """The folder of policy files is neither in the installed package nor in the checkout."""


class PolicyBookInvalid(PolicyError):
    """The files have errors. `findings` holds every one of them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "policies", f"{len(self.findings)} errors", f"共 {len(self.findings)} 处错误", file=self.findings[0].file
        )

    def text(self, language: Language = "zh") -> str:
        """All findings, one a line."""
        return "\n".join(finding.text(language) for finding in self.findings)


def place(file: str, key: str, rows: tuple[str, ...], language: Language) -> str:
    """Where: `rate_caps.toml, rate_caps.loan.micro_loan [2025, 2027]: `."""
    comma, colon = (",", ":") if language == "zh" else (", ", ": ")
    words = comma.join(word for word in (file, key) if word)
    return f"{words}{f' [{comma.join(rows)}]' if rows else ''}{colon}"
