"""Which language the command line speaks, how it refuses, and the few words that several commands share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from chedai.engine.compare.words import money
from chedai.engine.errors import EngineError, Language
from chedai.engine.money import percent

__all__ = ["Refused", "Say", "language_of", "money"]

DEFAULT: Final[Language] = "zh"
ENVIRONMENT: Final = "CHEDAI_LANG"


class Refused(Exception):
    """A request that cannot be carried out, as one sentence in the reader's language."""


class Say:
    """Picks the words: `say("期数", "term")`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def own(self, text: str) -> str:
        """A name written in both languages as `分期手续费|instalment fee`; one written once serves both."""
        return self(*text.split("|")) if text.count("|") == 1 else text

    def refusal(self, error: EngineError, names: Mapping[str, str] | None = None) -> str:
        """A refusal of the engine as one line, its argument replaced by the option it came from."""
        option = (names or {}).get(error.argument, error.argument)
        value = error.value
        if isinstance(value, int):
            if error.argument in MONEY_ARGUMENTS:
                value = money(value)
            elif error.argument in RATE_ARGUMENTS:
                value = f"{percent(value):f}%"
        return type(error)(option, error.rule, error.rule_zh, row=error.row, value=value).text(self.language)


MONEY_ARGUMENTS: Final = frozenset(
    {
        "principal",
        "price",
        "down_payment",
        "down_payments",
        "balloon",
        "instalment",
        "instalment_most",
        "cash_most",
        "cash_discount",
        "fees",
        "value",
        "payoff",
    }
)
RATE_ARGUMENTS: Final = frozenset({"annual_rate", "min_down", "max_down", "max_ltv"})


def language_of(arguments: Sequence[str], environment: Mapping[str, str], *, can_show_chinese: bool) -> Language:
    """`--lang` anywhere on the line, else the environment, else Chinese where the terminal can show it."""
    asked = environment.get(ENVIRONMENT, "")
    for place, argument in enumerate(arguments):
        if argument == "--lang" and place + 1 < len(arguments):
            asked = arguments[place + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    if asked in ("zh", "en"):
        return "zh" if asked == "zh" else "en"
    return DEFAULT if can_show_chinese else "en"
