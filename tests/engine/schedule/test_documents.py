"""The pages of docs/algorithms say what the engine computes: every figure of every `figures` block, to the fen."""

from __future__ import annotations

import pytest

from tests.engine.schedule.figures import PAGES, Case, answer, cases

CASES = cases()


def test_every_page_of_a_schedule_holds_worked_figures() -> None:
    assert {case.page for case in CASES if case.figures} == set(PAGES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_figures_of_the_pages_are_those_of_the_engine(case: Case) -> None:
    assert case.figures
    for name, stated in case.figures:
        said = answer(case, name)
        assert said.startswith(stated) if name == "refused" else said == stated, name
