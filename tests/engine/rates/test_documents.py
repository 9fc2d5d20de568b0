"""The pages on rates say what the engine computes, to the printed digit."""

from __future__ import annotations

import pytest

from tests.engine.rates.figures import PAGES, Case, answers, cases

CASES = cases()


def test_every_page_on_rates_holds_worked_figures() -> None:
    assert {case.page for case in CASES if case.figures} == set(PAGES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_figures_of_the_pages_are_those_of_the_engine(case: Case) -> None:
    assert case.figures
    said = answers(case)
    assert {name: said.get(name) for name, _ in case.figures} == dict(case.figures)
