"""Every refusal of a loan's state, word for word: the argument, the row, the rule, in English and in Chinese.

The tables in `refusals/` hold one case a paragraph: the call, the kind of error, and the two sentences.
"""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path

import pytest

from chedai.engine import errors
from chedai.engine.accrual import GraceMissed
from chedai.engine.classify import BetterThanFloor, ClassTable
from chedai.engine.waterfall import Component

TABLES = sorted(Path(__file__).with_name("refusals").glob("*.txt"))
NAMES = {
    "date": date,
    "DAY": date(2026, 1, 1),
    "RULE": ClassTable(
        technical_days=7,
        substandard_above=90,
        doubtful_above=270,
        loss_above=360,
        doubtful_from_loss_share=50_000_000,
        loss_from_loss_share=90_000_000,
    ),
    "Component": Component,
    "GraceMissed": GraceMissed,
}


def _cases() -> list[tuple[str, str, str, str, str]]:
    paragraphs = [(t.stem, p.splitlines()) for t in TABLES for p in t.read_text(encoding="utf-8").strip().split("\n\n")]
    return [(room, call, *(line.strip() for line in lines)) for room, (call, *lines) in paragraphs]  # type: ignore[misc]


@pytest.mark.parametrize(("room", "call", "kind", "english", "chinese"), _cases())
def test_a_refusal_names_argument_row_and_rule(room: str, call: str, kind: str, english: str, chinese: str) -> None:
    names = vars(importlib.import_module(f"chedai.engine.{room}")) | NAMES
    with pytest.raises(errors.EngineError) as refusal:
        eval(call, names)
    assert type(refusal.value) is {"BetterThanFloor": BetterThanFloor}.get(kind, getattr(errors, kind, None))
    assert refusal.value.text("en") == english
    assert refusal.value.text("zh") == chinese


def test_every_room_of_the_state_of_a_loan_has_its_table() -> None:
    assert [t.stem for t in TABLES] == [
        "accrual",
        "affordability",
        "aging",
        "classify",
        "ecl",
        "settlement",
        "settlement_cost",
        "valuation",
        "waterfall",
    ]
