"""The page on comparing says what the command line answers, to the printed digit."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chedai.cli.catalogue import read_catalogue
from tests.cli.run import chedai

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "algorithms" / "compare.md"


@dataclass(frozen=True)
class Case:
    """One command of the page and the figures under it."""

    command: tuple[str, ...]
    figures: tuple[str, ...]


def _cases() -> list[Case]:
    blocks = re.findall(r"```figures\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    cases = []
    for text in "\n".join(blocks).split("$ chedai ")[1:]:
        command, *figures = text.strip().splitlines()
        cases.append(Case(tuple(command.split()), tuple(line for line in figures if line)))
    return cases


def _said(answer: Any, line: str) -> str:
    """The line as the answer would write it."""
    told = re.fullmatch(r"(why|change) (\S+) (\d+): .*", line)
    if told:
        kind, code, periods = told.groups()
        why = next(w for w in answer["why_not"] if (w["product_code"], w["periods"]) == (code, int(periods)))
        words = [b["reason"] for b in why["bounds"]] if kind == "why" else why["changes"]
        return f"{kind} {code} {periods}: {'；'.join(words)}"
    name = line.split()[0]
    settled = re.fullmatch(r"settled_(\d+)(_fee)?", name)
    if settled:
        (cost,) = [s for s in answer["settlements"] if s["month"] == int(settled[1])]
        return f"{name} {cost['fee' if settled[2] else 'cost']}"
    figure = answer[name]
    return f"{name} {Decimal(figure):.2f}" if name.endswith("_pct") else f"{name} {figure}"


@pytest.mark.parametrize("case", _cases(), ids=lambda case: " ".join(case.command[1:9]))
def test_the_figures_of_the_page_are_those_of_the_command(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    ran = chedai(capsys, *case.command, "--json")
    assert (ran.code, ran.err) == (0, "")
    answer = json.loads(ran.out)
    assert case.figures
    assert [_said(answer, line) for line in case.figures] == list(case.figures)


def test_the_example_of_the_catalogue_page_is_a_catalogue(tmp_path: Path) -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", (DOCS / "catalogue.md").read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "shelf.toml"
    file.write_text(text, encoding="utf-8")
    shelf = read_catalogue(file)
    assert [p.code for p in shelf.products] == ["jianghe-auto"]
    assert [p.code for p in shelf.promotions] == ["low"]
