"""How the pages on the state of a loan write amounts, rates, dates and verdicts."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeAlias

from chedai.engine.columns import Share
from chedai.engine.money import fen, percent, yuan

Facts: TypeAlias = dict[str, str]
Answers: TypeAlias = dict[str, str]


def amounts(text: str) -> list[int]:
    return [fen(x) for x in text.split()]


def whole(text: str) -> list[int]:
    return [int(x) for x in text.split()]


def pct(rate: int) -> str:
    return f"{percent(rate):.4f}%"


def day(text: str) -> date:
    return date.fromisoformat(text)


def yes(value: Any) -> str:
    return "yes" if value else "no"


def of(share: Share) -> str:
    return f"{yuan(share.part)} of {yuan(share.whole)}"
