"""Working time: it runs while the shops are open, and a limit ends where it says."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.deals.pipeline.limits import LimitsFault, limits, read
from chedai.deals.pipeline.states import Stage, Turn
from chedai.platform.clock import SHANGHAI


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (at(20, 10), at(20, 12), 2),
        (at(20, 17), at(21, 10), 2),  # over night: one hour of the evening, one of the morning
        (at(20, 7), at(20, 9), 0),  # before the shop opens
        (at(20, 20), at(21, 8), 0),
        (at(20, 18), at(23, 9), 18),  # two whole days between
        (at(20, 12), at(20, 10), 0),
    ],
)
def test_time_runs_while_the_shops_are_open(since: datetime, until: datetime, hours: int) -> None:
    assert limits().worked(since, until) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        (at(20, 10), 2, at(20, 12)),
        (at(20, 17), 2, at(21, 10)),
        (at(20, 9), 9, at(20, 18)),  # the end of the day, not the next morning
        (at(20, 22), 1, at(21, 10)),
        (at(20, 10), 18, at(22, 10)),
    ],
)
def test_a_limit_ends_where_it_says(since: datetime, hours: int, due: datetime) -> None:
    assert limits().due(since, timedelta(hours=hours)) == due


@given(st.integers(0, 60 * 24 * 40), st.integers(1, 60 * 9 * 30))
def test_what_is_due_has_used_its_limit(minutes: int, limit: int) -> None:
    since = at(1, 0) + timedelta(minutes=minutes)
    due = limits().due(since, timedelta(minutes=limit))
    assert limits().worked(since, due) == timedelta(minutes=limit)
    assert limits().worked(since, due - timedelta(minutes=1)) < timedelta(minutes=limit)


@given(st.integers(0, 60 * 24 * 40), st.integers(1, 60 * 9 * 30))
def test_late_is_what_began_before(minutes: int, limit: int) -> None:
    now, allowed = at(1, 0) + timedelta(minutes=minutes), timedelta(minutes=limit)
    begun = limits().begun(now, allowed)
    assert limits().worked(begun, now) == allowed
    assert limits().worked(begun - timedelta(minutes=1), now) > allowed


def test_the_table() -> None:
    assert limits().limit_of(Stage.DECISION, Turn.APPROVER) == timedelta(hours=9)
    assert limits().limit_of(Stage.COMPLETE, Turn.NOBODY) == timedelta(hours=9)
    assert (limits().most[Stage.DECISION], Stage.COLLATERAL in limits().most) == (30, False)


@pytest.mark.parametrize("stages", [{"cooking": {"officer": 1}}, {"quote": {"cook": 1}}])
def test_a_stage_or_turn_that_there_is_not(stages: dict[str, dict[str, int]]) -> None:
    with pytest.raises(LimitsFault):
        read({"version": "1", "opens": time(9), "closes": time(18), "stages": stages})


def test_a_shop_that_never_opens() -> None:
    with pytest.raises(LimitsFault):
        read({"version": "1", "opens": time(9), "closes": time(9), "stages": {}})
