"""Provisions in three stages: stages by days, facts and probation; the sum of months exact to the fen."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.ecl import (
    expected_loss,
    exposure_at_default,
    loss_given_default,
    marginal_pd,
    stage,
    survival_curve,
)
from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.reference import state as reference

BACKSTOPS = {"sicr_above": 30, "default_above": 90}

# A loan of 12,000 repaid in 24 equal parts; one grade, one scenario: 12 % default a year, half is lost.
EXPOSURE = [[1_200_000 - 50_000 * month for month in range(24)]]
SURVIVAL = survival_curve(0.12, 24)[None, None, :]
BASE = {"survival": SURVIVAL, "lgd": [[0.5]], "weights": [1.0]}
EIR = 6_168_000


def test_stages_by_days_past_due() -> None:
    assert stage([0, 30, 31, 90, 91], **BACKSTOPS).tolist() == [1, 1, 2, 2, 3]


def test_facts_move_a_loan_before_its_days_do() -> None:
    assert stage(0, sicr=[False, True, False], impaired=[False, False, True], **BACKSTOPS).tolist() == [1, 2, 3]
    assert stage(100, sicr=True, **BACKSTOPS).tolist() == [3]


def test_a_better_stage_only_after_probation() -> None:
    moved = stage([0, 0, 40, 100], previous=[3, 3, 3, 2], clean_months=[2, 3, 2, 0], probation_months=3, **BACKSTOPS)
    assert moved.tolist() == [3, 1, 3, 3]
    assert stage(0, previous=2, **BACKSTOPS).tolist() == [1]
    assert stage(0, previous=3, probation_months=1, **BACKSTOPS).tolist() == [3]


@given(st.integers(0, 200), st.integers(0, 200))
def test_more_days_are_never_a_better_stage(days: int, more: int) -> None:
    now, later = stage([days, days + more], **BACKSTOPS)
    assert now <= later


def test_marginal_chances_are_what_survival_loses() -> None:
    assert marginal_pd([1.0, 0.75, 0.5, 0.5]).tolist() == [0.25, 0.25, 0.0]
    curve = survival_curve(0.12, 24)
    assert curve[0] == 1
    assert curve[12] == pytest.approx(0.88, abs=1e-15)
    assert curve[24] == pytest.approx(0.88**2, abs=1e-15)
    assert marginal_pd(curve).sum() == pytest.approx(1 - curve[24], abs=1e-15)


def test_the_worked_example_of_the_page() -> None:
    three = expected_loss(EXPOSURE * 3, 1_150_000, [1, 2, 3], EIR, **BASE)
    assert three.tolist() == [54_313, 70_421, 575_000]
    exposure = [Decimal(x) / 100 for x in EXPOSURE[0]]
    scenario = (Decimal(1), [Decimal(float(s)) for s in SURVIVAL[0, 0]], Decimal("0.5"))
    judged = [reference.expected_loss(exposure, Decimal(11500), n, Decimal("0.06168"), [scenario]) for n in (1, 2, 3)]
    assert judged == [Decimal("543.13"), Decimal("704.21"), Decimal("5750.00")]


def test_stage_one_counts_twelve_months() -> None:
    short = [EXPOSURE[0][:12]]
    assert (
        expected_loss(EXPOSURE, 0, 1, EIR, **BASE).tolist()
        == expected_loss(short, 0, 1, EIR, **BASE).tolist()
        == expected_loss(short, 0, 2, EIR, **BASE).tolist()
    )


def test_scenarios_are_weighted() -> None:
    worse = np.stack([SURVIVAL[0], survival_curve(0.30, 24)[None, :]])
    mixed = expected_loss(EXPOSURE, 0, 2, 0, survival=worse, lgd=[[0.5], [0.6]], weights=[0.7, 0.3])
    alone = [
        expected_loss(EXPOSURE, 0, 2, 0, survival=worse[[k]], lgd=[[x]], weights=[1.0])[0]
        for k, x in ((0, 0.5), (1, 0.6))
    ]
    assert abs(mixed[0] - (0.7 * alone[0] + 0.3 * alone[1])) <= 1
    assert expected_loss(EXPOSURE, 100, 3, 0, survival=worse, lgd=[[0.5], [0.6]], weights=[0.7, 0.3]).tolist() == [53]


def test_a_scenario_without_weight_and_a_default_without_loss_cost_nothing() -> None:
    two = np.stack([SURVIVAL[0], SURVIVAL[0]])
    assert expected_loss(EXPOSURE, 100, 3, 0, survival=two, lgd=[[0.5], [1.0]], weights=[1.0, 0.0]).tolist() == [50]
    assert expected_loss(EXPOSURE, 100, 3, 0, survival=SURVIVAL, lgd=[[0.0]], weights=[1.0]).tolist() == [0]


def test_half_a_fen_is_provided_for() -> None:
    assert expected_loss([[0]], [1], 3, 0, survival=SURVIVAL, lgd=[[0.5]], weights=[1.0]).tolist() == [1]
    assert expected_loss([[1]], 0, 1, 0, survival=[[[1.0, 0.5]]], lgd=[[1.0]], weights=[1.0]).tolist() == [1]


def test_the_largest_exposures_are_summed_exactly() -> None:
    most = 2**62 // (10**6 * 24)
    never = np.concatenate([[1.0], np.full(24, 0.25)])[None, None, :]
    assert expected_loss([[most] * 24], 0, 2, 0, survival=never, lgd=[[1.0]], weights=[1.0]).tolist() == [
        (most * 3 + 2) // 4
    ]
    with pytest.raises(AmountOverflow, match=f"exposure, row 1: must be at most {most} fen"):
        expected_loss([[1] * 23 + [most + 1]], 0, 2, 0, survival=never, lgd=[[1.0]], weights=[1.0])


def test_every_loan_has_its_grade_and_its_rate() -> None:
    curves = np.stack([survival_curve(0.02, 24), survival_curve(0.12, 24)])[None]
    book = expected_loss(
        EXPOSURE * 2, 0, [2, 2], [EIR, 0], survival=curves, lgd=[[0.4, 0.5]], weights=[1.0], curve=[0, 1]
    )
    first = expected_loss(EXPOSURE, 0, 2, EIR, survival=curves[:, :1], lgd=[[0.4]], weights=[1.0])
    second = expected_loss(EXPOSURE, 0, 2, 0, survival=curves[:, 1:], lgd=[[0.5]], weights=[1.0])
    assert book.tolist() == [first[0], second[0]]


def test_a_book_crosses_the_blocks_unharmed() -> None:
    rows = 5000
    book = expected_loss(EXPOSURE * rows, 1_150_000, np.arange(rows) % 3 + 1, EIR, **BASE)
    assert (book == np.array([54_313, 70_421, 575_000])[np.arange(rows) % 3]).all()


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=20),
    st.integers(0, 10**9),
    st.sampled_from([1, 2, 3]),
    st.integers(0, 40_000_000),
    st.lists(st.tuples(st.integers(1, 9), st.floats(0, 0.9), st.floats(0, 1)), min_size=1, max_size=3),
)
def test_the_provision_agrees_with_counting_month_by_month(
    exposure: list[int], now: int, number: int, eir: int, scenarios: list[tuple[int, float, float]]
) -> None:
    months = len(exposure)
    weights = np.array([s[0] for s in scenarios], dtype=np.float64)
    weights /= weights.sum()
    curves = [survival_curve(pd, months) for _, pd, _ in scenarios]
    fast = expected_loss(
        [exposure],
        now,
        number,
        eir,
        survival=np.stack(curves)[:, None, :],
        lgd=[[x[2]] for x in scenarios],
        weights=weights,
    )
    judged = reference.expected_loss(
        [Decimal(x) / 100 for x in exposure],
        Decimal(now) / 100,
        number,
        Decimal(eir) / 10**8,
        [
            (Decimal(float(w)), [Decimal(float(p)) for p in curve], Decimal(x[2]))
            for w, curve, x in zip(weights, curves, scenarios, strict=True)
        ],
    )
    assert fast.tolist() == [int(judged * 100)]


@given(st.floats(0, 0.99), st.floats(0, 0.99), st.integers(0, 10**9))
def test_a_likelier_default_never_costs_less(pd: float, more: float, owed: int) -> None:
    low, high = (
        expected_loss([[owed] * 6], 0, 2, EIR, survival=survival_curve(p, 6)[None, None], lgd=[[0.45]], weights=[1.0])
        for p in sorted((pd, more))
    )
    # The discount is the same, and each month's chance of a flatter curve may be larger late: the sum is not.
    assert low[0] <= high[0] + 1


def test_exposure_is_the_balance_and_up_to_three_instalments_of_interest() -> None:
    owed, due = [[1000, 900, 800, 700, 0]], [[10, 9, 8, 7, 6]]
    assert exposure_at_default(owed, due, arrears=3).tolist() == [[1010, 919, 827, 724, 0]]
    assert exposure_at_default(owed, due, arrears=0).tolist() == owed
    assert exposure_at_default([[1]], [[2]], arrears=1).tolist() == [[3]]
    assert exposure_at_default(owed, due, arrears=9).tolist() == [[1010, 919, 827, 734, 0]]
    with pytest.raises(LengthMismatch, match=r"interest: must have the shape \(1, 5\)") as refusal:
        exposure_at_default(owed, [[1]], arrears=3)
    assert refusal.value.rule_zh == "形状应为 (1, 5)"
    with pytest.raises(InvalidArgument, match="arrears: must be at least 0"):
        exposure_at_default(owed, due, arrears=-1)


def test_loss_given_default_of_a_repossessed_car() -> None:
    # 60,000 owed; the car fetches 40,000 after 6 months, towing and auction cost 3,000, 6 % a year
    lost = loss_given_default(6_000_000, [4_000_000], [300_000], [6], 6_000_000)
    assert lost == pytest.approx(1 - 37_000 / 1.06**0.5 / 60_000, abs=1e-15)
    assert loss_given_default(100, [900], [0], [0], 0) == 0.0
    assert loss_given_default(100, [0], [900], [0], 0) == 1.0
    with pytest.raises(InvalidArgument, match="exposure: must be above 0") as refusal:
        loss_given_default(0, [1], [1], [1], 0)
    assert refusal.value.rule_zh == "必须大于 0"


def test_nobody_need_survive() -> None:
    assert marginal_pd([1.0, 0.0]).tolist() == [1.0]


@pytest.mark.parametrize(
    "survival", [[[1.0, 0.9], [0.9, 0.8]], [0.9, 0.8], [1.0, 0.8, 0.9], [1.0, -0.1], [1.0, float("nan")]]
)
def test_a_survival_that_rises_or_starts_below_one_is_refused(survival: list[object]) -> None:
    with pytest.raises(InvalidArgument, match="survival: must start at 1 and fall, never below 0") as refusal:
        marginal_pd(survival)
    assert refusal.value.rule_zh == "须从 1 开始递减且不为负"


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ({"weights": [0.9]}, "weights"),
        ({"weights": [-1.0, 2.0]}, "weights"),
        ({"weights": []}, "weights"),
        ({"weights": [[1.0]]}, "weights"),
        ({"weights": [float("nan")]}, "weights"),
        ({"lgd": [[1.01]]}, "lgd"),
        ({"lgd": [[-0.01]]}, "lgd"),
        ({"lgd": [[0.5, 1.5]]}, "lgd"),
        ({"lgd": [[float("nan")]]}, "lgd"),
    ],
)
def test_scenarios_that_make_no_sense_are_refused(change: dict[str, object], argument: str) -> None:
    with pytest.raises(InvalidArgument) as refusal:
        expected_loss(EXPOSURE, 0, 1, 0, **(BASE | change))
    assert refusal.value.argument == argument
    assert refusal.value.rule_zh in ("须非负且合计为 1", "须在 0 与 1 之间")


@pytest.mark.parametrize(
    "change",
    [{"survival": SURVIVAL[0]}, {"lgd": [[0.5, 0.5]]}, {"weights": [0.5, 0.5]}, {"survival": SURVIVAL[:, :, :24]}],
)
def test_scenarios_of_different_shapes_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(LengthMismatch) as refusal:
        expected_loss(EXPOSURE, 0, 1, 0, **(BASE | change))
    assert refusal.value.argument == "survival"


def test_bad_columns_are_refused_with_their_row() -> None:
    with pytest.raises(InvalidArgument, match="stages, row 2: must be at most 3") as refusal:
        expected_loss(EXPOSURE * 2, 0, [1, 4], 0, **BASE)
    assert refusal.value.rule_zh == "不得大于 3"
    with pytest.raises(InvalidArgument, match="stages, row 1: must be at least 1"):
        expected_loss(EXPOSURE, 0, 0, 0, **BASE)
    with pytest.raises(InvalidArgument, match="curve, row 1: must be at most 0"):
        expected_loss(EXPOSURE, 0, 1, 0, curve=1, **BASE)
    with pytest.raises(InvalidArgument, match="eir, row 1"):
        expected_loss(EXPOSURE, 0, 1, -1, **BASE)
    with pytest.raises(InvalidArgument, match="exposure, row 1"):
        expected_loss([[-1]], 0, 1, 0, **BASE)
    with pytest.raises(LengthMismatch, match="exposure_now"):
        expected_loss(EXPOSURE, [1, 2], 1, 0, **BASE)
    with pytest.raises(AmountOverflow, match="exposure, row 4501") as beyond:
        expected_loss([[1]] * 4500 + [[2**62]], 0, 1, 0, **BASE)
    assert beyond.value.rule_zh == f"不得超过 {2**62 // 10**6} 分"
    for pd in (-0.1, 1.0, float("nan")):
        with pytest.raises(InvalidArgument, match="annual_pd: must be from 0 to below 1"):
            survival_curve(pd, 12)
    with pytest.raises(InvalidArgument, match="previous, row 1"):
        stage(0, previous=0, **BACKSTOPS)
    with pytest.raises(InvalidArgument, match="clean_months, row 1"):
        stage(0, clean_months=-1, **BACKSTOPS)
    assert expected_loss(np.zeros((0, 24), dtype=np.int64), 0, 1, 0, **BASE).tolist() == []
