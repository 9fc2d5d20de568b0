"""The replay against the judge that lives the loan one day at a time: same rows, to the fen."""

from __future__ import annotations

from hypothesis import given, settings

from chedai.engine.life.replay import replay
from chedai.engine.reference.life import live

from .strategies import Life, lives


@settings(deadline=None)
@given(lives())
def test_replay_and_daily_judge_agree_to_the_fen(life: Life) -> None:
    terms, conventions, events, as_of = life
    rows, credit = live(terms, conventions, events, as_of)
    state = replay(terms, conventions, events, as_of)
    assert list(state.rows) == rows
    assert state.credit == credit
