"""Interest carried forward by a restructure (挂账): owed as it is, on top of the first new instalment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chedai.engine.life.events import Disposition, RateChange, Restructure
from chedai.engine.terms import Residue

from .loans import INSTALMENT, day, paid, seen

FIRST_PAID = paid("02-10", INSTALMENT)


@pytest.mark.parametrize("residue", Residue)
@pytest.mark.parametrize("first_due", ["04-10", "04-25"])
def test_interest_carried_forward_falls_due_on_top_and_leaves_the_instalment_as_it_is(
    residue: Residue, first_due: str
) -> None:
    event = Restructure(on=day("03-25"), first_due=day(first_due), periods=6, interest=Disposition.WAIVE)
    without = seen("03-25", [FIRST_PAID, event], residue=residue).rows
    carried = seen("03-25", [FIRST_PAID, replace(event, interest=Disposition.CARRY_FORWARD)], residue=residue).rows
    assert [row.principal for row in carried[3:]] == [row.principal for row in without[3:]]
    assert [row.interest - other.interest for row, other in zip(carried[3:], without[3:], strict=True)] == [
        743_78,
        *[0] * 5,
    ]
    assert [row.carried for row in carried] == [0, 0, 0, 743_78, 0, 0, 0, 0, 0]


def test_carried_interest_stays_on_top_when_the_rate_changes_and_goes_into_the_next_plan() -> None:
    first = Restructure(on=day("03-25"), first_due=day("04-25"), periods=6, interest=Disposition.CARRY_FORWARD)
    cheaper = seen("03-26", [FIRST_PAID, first, RateChange(on=day("03-26"), annual_rate=5_000_000)]).rows
    assert cheaper[3].carried == 743_78
    assert cheaper[3].total - cheaper[4].total == 743_78
    again = replace(first, on=day("04-01"), sequence=1)
    later = seen("04-01", [FIRST_PAID, first, again]).rows
    assert later[4].carried == 743_78 + 113_18  # seven of 31 days of 501.24
