"""Five classes: a floor by days and facts, worse-only opinions, the watch over restructured loans, bad shares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.classify import (
    CLASS_ZH,
    BetterThanFloor,
    ClassTable,
    RiskClass,
    bad_share,
    class_floor,
    cured,
    hold_bad,
    override,
    provision_coverage,
    restructured,
)
from chedai.engine.errors import InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX
from chedai.engine.reference import state as reference

RULE_OF_2023 = ClassTable(
    technical_days=7,
    substandard_above=90,
    doubtful_above=270,
    loss_above=360,
    doubtful_from_loss_share=50_000_000,
    loss_from_loss_share=90_000_000,
)
NORMAL, MENTION, SUBSTANDARD, DOUBTFUL, LOSS = RiskClass


def _day(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal()


def test_the_floor_by_days_past_due() -> None:
    days = [0, 1, 90, 91, 270, 271, 360, 361]
    assert class_floor(days, RULE_OF_2023).tolist() == [1, 2, 2, 3, 3, 4, 4, 5]


def test_a_technical_overdue_of_a_week_stays_normal() -> None:
    assert class_floor([1, 7, 8], RULE_OF_2023, technical=True).tolist() == [NORMAL, NORMAL, MENTION]
    assert class_floor([7, 7], RULE_OF_2023, technical=[True, False]).tolist() == [NORMAL, MENTION]


def test_an_impaired_loan_is_substandard_and_worse_by_its_expected_loss() -> None:
    floor = class_floor(0, RULE_OF_2023, impaired=True, expected_loss=[49, 50, 89, 90], balance=100)
    assert floor.tolist() == [SUBSTANDARD, DOUBTFUL, DOUBTFUL, LOSS]
    assert class_floor(0, RULE_OF_2023, impaired=False, expected_loss=100, balance=100).tolist() == [NORMAL]
    assert class_floor(0, RULE_OF_2023, impaired=True).tolist() == [SUBSTANDARD]
    assert class_floor(0, RULE_OF_2023, impaired=True, balance=1).tolist() == [SUBSTANDARD]
    assert class_floor(0, RULE_OF_2023, impaired=True, expected_loss=1).tolist() == [SUBSTANDARD]
    assert class_floor(0, RULE_OF_2023, impaired=True, expected_loss=1, balance=1).tolist() == [LOSS]


def test_a_share_that_is_not_whole_fen_is_reached_only_above() -> None:
    # half of 3 fen is 1.5: 1 does not reach it, 2 does
    assert class_floor(0, RULE_OF_2023, impaired=True, expected_loss=[1, 2], balance=3).tolist() == [3, 4]


def test_facts_set_their_own_floor() -> None:
    # 借新还旧 at least special mention, 逃废债 at least doubtful, bankruptcy loss
    floor = class_floor([0, 0, 400], RULE_OF_2023, fact_floor=[MENTION, DOUBTFUL, MENTION])
    assert floor.tolist() == [MENTION, DOUBTFUL, LOSS]


@given(
    st.integers(0, 500),
    st.booleans(),
    st.booleans(),
    st.integers(0, 1000),
    st.integers(1, 1000),
    st.sampled_from(RiskClass),
)
def test_the_floor_agrees_with_reading_the_rule(
    days: int, technical: bool, impaired: bool, loss: int, balance: int, fact: RiskClass
) -> None:
    floor = class_floor(
        days,
        RULE_OF_2023,
        technical=technical,
        impaired=impaired,
        expected_loss=loss,
        balance=balance,
        fact_floor=fact,
    )
    judged = reference.risk_class(
        days, technical=technical, impaired=impaired, loss_share=Decimal(loss) / balance, fact_floor=fact
    )
    assert floor.tolist() == [judged]


@given(st.integers(0, 500), st.integers(0, 500), st.booleans())
def test_more_days_are_never_a_better_class(days: int, more: int, technical: bool) -> None:
    now, later = class_floor([days, days + more], RULE_OF_2023, technical=technical)
    assert now <= later


def test_an_opinion_may_only_be_worse() -> None:
    assert override([NORMAL, MENTION, SUBSTANDARD], [0, DOUBTFUL, SUBSTANDARD]).tolist() == [1, 4, 3]
    with pytest.raises(BetterThanFloor, match="manual, row 2: must not be better than substandard") as refusal:
        override([NORMAL, SUBSTANDARD], [0, MENTION])
    assert refusal.value.rule_zh == "人工分类不得优于系统下限次级"
    assert refusal.value.value == "关注"
    with pytest.raises(BetterThanFloor, match="special_mention"):
        override(MENTION, NORMAL)
    assert list(CLASS_ZH.values()) == ["正常", "关注", "次级", "可疑", "损失"]


def test_a_restructured_loan_is_watched_for_a_year_and_two_periods() -> None:
    first = _day(2026, 1, 31)
    watch = restructured(
        [_day(2026, 6, 1), _day(2027, 1, 30), _day(2027, 1, 31), _day(2027, 1, 31)],
        [first] * 4,
        0,
        [4, 11, 1, 12],
        False,
        months=12,
        periods=2,
    )
    assert watch.watched.tolist() == [True, True, True, False]
    assert watch.floor.tolist() == [MENTION, MENTION, MENTION, NORMAL]
    assert watch.since.tolist() == [first] * 4
    two_kept = restructured(date(2027, 1, 31), [first], 0, 2, False, months=12, periods=2)
    assert two_kept.watched.tolist() == [False]


def test_it_stays_substandard_while_watched_where_it_was_bad_before() -> None:
    watch = restructured(date(2026, 6, 1), [_day(2026, 1, 31)], 0, 4, True, months=12, periods=2)
    assert watch.floor.tolist() == [SUBSTANDARD]


def test_a_breach_makes_it_substandard_and_starts_the_watch_again() -> None:
    first, breach = _day(2025, 1, 10), _day(2025, 11, 10)
    days = [_day(2026, 1, 11), _day(2026, 11, 9), _day(2026, 11, 10)]
    watch = restructured(days, [first] * 3, breach, 12, False, months=12, periods=2)
    assert watch.floor.tolist() == [SUBSTANDARD, SUBSTANDARD, NORMAL]
    assert watch.since.tolist() == [breach] * 3
    assert restructured(2, [1], 1, 0, False, months=12, periods=2).floor.tolist() == [SUBSTANDARD]


def test_a_bad_loan_comes_back_after_six_clean_months_and_two_periods() -> None:
    cleared = _day(2026, 1, 31)
    day = [_day(2026, 7, 30), _day(2026, 7, 31), _day(2026, 7, 31), _day(2026, 7, 31)]
    back = cured(day, [cleared, cleared, cleared, 0], [6, 2, 1, 9], months=6, periods=2)
    assert back.tolist() == [False, True, False, False]
    assert cured(date(2026, 7, 31), [cleared], 2, months=6, periods=2).tolist() == [True]
    assert cured(date(2026, 7, 31), [1], 2, months=6, periods=2).tolist() == [True]


def test_until_then_it_stays_at_least_substandard() -> None:
    held = hold_bad([NORMAL, NORMAL, MENTION, LOSS, NORMAL], [3, 3, 2, 4, 5], [False, True, False, False, False])
    assert held.tolist() == [SUBSTANDARD, NORMAL, MENTION, LOSS, SUBSTANDARD]


def test_the_share_of_bad_loans_three_ways() -> None:
    classes, overdue, balance = [1, 2, 3, 5], [0, 100, 200, 700], [1000, 1000, 1000, 1000]
    share = bad_share(classes, overdue, balance)
    assert share.loans.fraction == Fraction(2, 4)
    assert share.small.fraction == Fraction(900, 4000)
    assert share.large.fraction == Fraction(2000, 4000)
    assert (share.loans.part, share.small.part, share.large.whole) == (2, 900, 4000)


def test_provisions_over_bad_loans_and_over_all() -> None:
    coverage, ratio = provision_coverage([1, 3, 4], [10, 400, 500], [1000, 500, 500])
    assert coverage.fraction == Fraction(910, 1000)
    assert ratio.fraction == Fraction(910, 2000)
    with pytest.raises(InvalidArgument, match="whole: must be above 0"):
        provision_coverage([1, 2], [10, 10], [100, 100])


def test_a_book_beyond_int64_still_has_its_shares() -> None:
    assert bad_share([3, 1], [1, 0], [FEN_MAX, FEN_MAX]).large.fraction == Fraction(1, 2)
    coverage, ratio = provision_coverage([3, 3], [FEN_MAX, FEN_MAX], [FEN_MAX, FEN_MAX])
    assert (coverage.fraction, ratio.fraction) == (1, 1)


def test_a_table_that_does_not_rise_is_refused() -> None:
    rising = {"technical_days": 7, "substandard_above": 90, "doubtful_above": 270, "loss_above": 360}
    shares = {"doubtful_from_loss_share": 50_000_000, "loss_from_loss_share": 90_000_000}
    for change in ({"loss_above": 200}, {"technical_days": -1}, {"loss_from_loss_share": 1}):
        with pytest.raises(InvalidArgument, match="table: must rise from class to class") as refusal:
            ClassTable(**(rising | shares | change))
        assert refusal.value.rule_zh == "各档界限须递增"


def test_bad_columns_are_refused_with_their_row() -> None:
    with pytest.raises(InvalidArgument, match="fact_floor, row 1: is no class") as refusal:
        class_floor(0, RULE_OF_2023, fact_floor=6)
    assert (refusal.value.rule_zh, refusal.value.value) == ("不是五级分类之一", 6)
    with pytest.raises(InvalidArgument, match="days_past_due, row 1"):
        class_floor(-1, RULE_OF_2023)
    with pytest.raises(InvalidArgument, match="manual, row 1"):
        override(1, 6)
    with pytest.raises(InvalidArgument, match="floor, row 1"):
        override(0, 1)
    with pytest.raises(InvalidArgument, match="technical"):
        class_floor(0, RULE_OF_2023, technical=[1])
    with pytest.raises(LengthMismatch, match="days_past_due"):
        class_floor([0, 1], RULE_OF_2023, technical=[True, False, True])
    with pytest.raises(InvalidArgument, match="previous, row 2"):
        hold_bad([1, 1], [1, 6], True)
    with pytest.raises(InvalidArgument, match="cleared_on, row 1"):
        cured(1, -1, 1, months=6, periods=2)
    with pytest.raises(InvalidArgument, match="expected_loss, row 1"):
        class_floor(0, RULE_OF_2023, expected_loss=-1)
    with pytest.raises(InvalidArgument, match="balance, row 1"):
        class_floor(0, RULE_OF_2023, balance=-1)
    with pytest.raises(InvalidArgument, match="periods_kept, row 1"):
        restructured(1, [1], 0, -1, True, months=12, periods=2)
    with pytest.raises(InvalidArgument, match="last_breach, row 1"):
        restructured(1, [1], -1, 1, True, months=12, periods=2)
    assert class_floor(np.zeros(0, dtype=np.int64), RULE_OF_2023).tolist() == []
