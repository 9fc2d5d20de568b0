"""The figures of the pages on the state of a loan: each case of a `figures` block and what the engine answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chedai.engine.errors import EngineError
from tests.engine.state.carry_figures import CARRY
from tests.engine.state.money_figures import MONEY
from tests.engine.state.risk_figures import RISK
from tests.engine.state.words import Answers, Facts

FOLDER = Path(__file__).parents[3] / "docs" / "algorithms"
PAGES = ("allocation", "penalty", "settlement", "aging", "classification", "ecl", "ltv", "affordability")
BUILD: dict[str, Callable[[Facts], Answers]] = MONEY | RISK | CARRY


@dataclass(frozen=True)
class Case:
    """One case of a page and the figures it states."""

    page: str
    kind: str
    facts: str
    figures: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.page}: {self.kind} {self.facts}"


def cases() -> list[Case]:
    """Every case of every page, in order."""
    return [case for page in PAGES for case in read(page, (FOLDER / f"{page}.md").read_text(encoding="utf-8"))]


def read(page: str, text: str) -> Iterator[Case]:
    """The cases of one page."""
    for block in re.findall(r"```figures\n(.*?)```", text, re.DOTALL):
        for chunk in block.strip().split("\n\n"):
            (kind, facts), *figures = (tuple(line.split(": ", 1)) for line in chunk.splitlines())
            yield Case(page, kind, facts, tuple((name, value) for name, value in figures))


def answers(case: Case) -> Answers:
    """What the engine says to a case, written as the pages write it."""
    try:
        return BUILD[case.kind](_facts(case.facts))
    except EngineError as refusal:
        return {"refused": refusal.rule, "拒绝": refusal.rule_zh}


def _facts(text: str) -> Facts:
    """`first due 2026-01-31, kept 11, was bad`: the name is the words before the first figure."""
    names = ("first due", "was bad")
    facts = {}
    for fact in text.split(", "):
        name = next((n for n in names if fact.startswith(n)), fact.split(" ", 1)[0])
        facts[name] = fact[len(name) :].strip()
    return facts
