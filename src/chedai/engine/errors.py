"""What the engine refuses, and how it says so.

Every refusal names the argument, the row (where the argument is a column) and the rule that was broken, in English and
in Chinese. Nothing is half-computed: a function that raises has returned no figure and changed nothing.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]


class EngineError(ValueError):
    """A refusal. `argument` is the name of the parameter, `row` its position in a column (None for a single value)."""

    def __init__(self, argument: str, rule: str, rule_zh: str, *, row: int | None = None, value: object = None) -> None:
        self.argument = argument
        self.rule = rule
        self.rule_zh = rule_zh
        self.row = row
        self.value = value
        super().__init__(self.text("en"))

    def text(self, language: Language = "zh") -> str:
        """The refusal as one sentence: argument, row, value and rule."""
        if language == "zh":
            where = self.argument if self.row is None else f"{self.argument} 第 {self.row + 1} 行"
            got = "" if self.value is None else f"(现为 {self.value})"
            return f"{where}:{self.rule_zh}{got}"
        where = self.argument if self.row is None else f"{self.argument}, row {self.row + 1}"
        got = "" if self.value is None else f" (got {self.value})"
        return f"{where}: {self.rule}{got}"


class InvalidArgument(EngineError):
    """A value outside what its definition allows: negative principal, term 0, NaN rate, first due before payout."""


class LengthMismatch(EngineError):
    """Columns that must have one row per loan have different numbers of rows."""


class AmountOverflow(EngineError):
    """A figure would leave the range of int64 fen."""


class Infeasible(EngineError):
    """The wish has no schedule: an instalment below the interest, a tail above the principal."""


class NoRate(EngineError):
    """The cash flows have no internal rate of return, or more than one. Never reported as 0."""


class EventRefused(EngineError):
    """An event that cannot happen in the loan's state; `row` is its position in the list of events."""
