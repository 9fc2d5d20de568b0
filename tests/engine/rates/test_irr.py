"""IRR of one row and of columns: agrees with the judge, refuses with a reason, never answers 0 for want of a rate."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chedai.engine.errors import AmountOverflow, EngineError, InvalidArgument, LengthMismatch, NoRate
from chedai.engine.rates import irr, irr_columns
from chedai.engine.reference import rates as judge
from tests.engine.rates.plans import dues

MODULE = import_module("chedai.engine.rates.irr")


def never(*_: object) -> float:
    """Stands in for the way one row takes by itself."""
    raise AssertionError("a plain row was solved by itself")


@st.composite
def loans(draw: st.DrawFn) -> list[int]:
    """A payout, perhaps a second one, a wait, and payments of any size, in fen; something is always repaid."""
    payouts = draw(st.lists(st.integers(1_000_000, 50_000_000), min_size=1, max_size=2))
    wait = [0] * draw(st.integers(0, 3))
    share = sum(payouts) // 10
    payments = draw(st.lists(st.integers(0, share), min_size=1, max_size=48))
    last = draw(st.integers(share, sum(payouts)))
    sign = draw(st.sampled_from([1, -1]))
    return [sign * flow for flow in (*payouts, *wait, *(-p for p in payments), -last)]


@given(loans())
@settings(max_examples=60)
def test_one_row_agrees_with_fifty_digits(flows: list[int]) -> None:
    true = float(judge.irr(flows))
    assert abs(irr(flows) - true) <= 1e-12 * max(1.0, abs(true))


@given(st.lists(loans(), min_size=1, max_size=8))
@settings(max_examples=40)
def test_columns_agree_with_one_row_at_a_time(rows: list[list[int]]) -> None:
    offsets = np.cumsum([0, *(len(row) for row in rows)])
    found = irr_columns([flow for row in rows for flow in row], offsets)
    for rate, row in zip(found, rows, strict=True):
        assert abs(rate - irr(row)) <= 1e-12 * max(1.0, abs(rate))


def test_many_blocks_of_ragged_rows_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [[-10_000_000, *dues("100000", str(1 + k % 7), 12 + k % 5)] for k in range(35)]
    rows = plans * 300
    flows = np.array([flow for row in rows for flow in row], dtype=np.int64)
    expected = [irr(plan) for plan in plans]
    monkeypatch.setattr(MODULE, "_one_by_one", never)
    monkeypatch.setattr(MODULE, "STEPS", 3)
    found = irr_columns(flows, np.cumsum([0, *(len(row) for row in rows)]))
    assert np.abs(found - np.tile(expected, 300)).max() <= 1e-15


def test_plain_rows_are_solved_together_in_four_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [
        [10_000_000, *(-due for due in dues("100000", str(rate), n))] for rate in (0, 4, 12, 24) for n in (1, 36, 60)
    ]
    plans += [[-10_000_000, *([0] * wait), *dues("100000", "6", 24)] for wait in (0, 3)]
    plans += [[10_000_000, *[-50_000] * 35, -10_050_000], [10_000_000, 0, 0, -10_100_000, 0]]
    plans += [[10_000_000, *(-50_000 * k for k in range(24, 0, -1))], [10_000_000, *[-450_000] * 20], [1, -1]]
    expected = [irr(plan) for plan in plans]
    monkeypatch.setattr(MODULE, "_one_by_one", never)
    monkeypatch.setattr(MODULE, "STEPS", 4)
    found = irr_columns([flow for plan in plans for flow in plan], np.cumsum([0, *map(len, plans)]))
    assert np.abs(found - expected).max() <= 1e-15


def test_a_column_that_is_ready_is_not_copied() -> None:
    flows = np.array([100, -110])
    assert MODULE._fen(flows) is flows
    assert MODULE._fen(flows.astype(np.int32)).dtype == np.int64
    with pytest.raises(InvalidArgument, match="one column"):
        irr_columns(flows.reshape(1, 2), [0, 2])


def test_very_long_rows_are_taken_in_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "CELLS", 30)
    rows = [[-1000, *[110] * 10], [-1000, *[60] * 20], [500, -550]]
    found = irr_columns([flow for row in rows for flow in row], [0, 11, 32, 34])
    assert found.tolist() == pytest.approx([irr(row) for row in rows], abs=1e-15)


def test_no_rows_have_no_rates() -> None:
    assert irr_columns([], [0]).tolist() == []


def test_lender_and_borrower_see_the_same_rate() -> None:
    payments = dues("100000", "6", 36)
    borrower = irr([10_000_000, *(-due for due in payments)])
    assert borrower == irr([-10_000_000, *payments])
    assert borrower * 12 == pytest.approx(0.06, abs=1e-6)


def test_a_free_loan_has_the_rate_zero_because_it_was_found() -> None:
    assert irr([300, -100, -100, -100]) == pytest.approx(0, abs=1e-15)
    assert irr_columns([300, -100, -100, -100], [0, 4])[0] == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([100, -50], -0.5),
        ([1, -1_000_000], 999_999.0),
        ([100_000_000, -1], -0.99999999),
        ([0, 100, -110], 0.1),
        ([100, 0, 0, -100], 0.0),
        ([100, -220, 121], 0.1),  # touches the axis: one rate, found as a turning point
        ([1000, 1000, -2310], 0.1),
        ([1, 200, -95], 95 / (100 + 10095**0.5) - 1),  # Newton leaves for the other side of 0
        ([1, 200, -101], 101 / (100 + 10101**0.5) - 1),  # Newton starts at a turning point
    ],
)
def test_steep_deferred_and_touching_rows(flows: list[int], rate: float) -> None:
    assert irr(flows) == pytest.approx(rate, rel=1e-12, abs=1e-14)
    assert irr_columns(flows, [0, len(flows)])[0] == pytest.approx(rate, rel=1e-12, abs=1e-14)


def test_a_slope_beyond_floats_is_no_sign_of_a_root(monkeypatch: pytest.MonkeyPatch) -> None:
    # From 1 % a period Newton overshoots to -37 %, where the slope overflows and a step is 0.
    flows = [298, *[0] * 1499, -1_000_000]
    rate = (1_000_000 / 298) ** (1 / 1500) - 1
    assert irr(flows) == pytest.approx(rate, abs=1e-14)
    assert irr_columns(flows, [0, 1501])[0] == pytest.approx(rate, abs=1e-14)
    monkeypatch.setattr(MODULE._Workspace, "_guess", lambda block: block.v.fill(1 / 1.01))
    assert irr_columns(flows, [0, 1501])[0] == pytest.approx(rate, abs=1e-14)


def test_a_deposit_that_comes_back_leaves_the_one_rate_that_is_meant() -> None:
    flows = [9_000_000, *[-300_000] * 35, 700_000]
    rate = irr(flows)
    worth = sum(flow / (1 + rate) ** k for k, flow in enumerate(flows))
    assert 0 < rate < 0.01
    assert abs(worth) < 1e-5
    assert irr_columns([*flows, 100, -110], [0, 37, 39]).tolist() == [rate, pytest.approx(0.1)]


@pytest.mark.parametrize(
    ("flows", "reason", "reason_zh"),
    [
        ([100, 100], "never change sign", "无正负变化"),
        ([0, 0, 0], "never change sign", "无正负变化"),
        ([-100, -50, -50], "never change sign", "无正负变化"),
        ([100, -150, 100], "at no rate", "任何利率"),
        ([-100, 230, -132], "several rates", "多个"),
        ([10000, -36000, 43100, -17160], "several rates", "多个"),
        ([5, -12, *[1] * 10], "several rates", "多个"),
        ([-5, 12, *[-1] * 10], "several rates", "多个"),
    ],
)
def test_no_rate_is_refused_with_its_reason_and_row(flows: list[int], reason: str, reason_zh: str) -> None:
    with pytest.raises(NoRate, match=reason) as one:
        irr(flows)
    assert one.value.row is None
    assert reason_zh in one.value.text("zh")
    with pytest.raises(NoRate, match=reason) as many:
        irr_columns([100, -110, *flows], [0, 2, 2 + len(flows)])
    assert many.value.row == 1
    assert "第 2 行" in many.value.text("zh")


@pytest.mark.parametrize(
    ("flows", "kind"),
    [
        ([], InvalidArgument),
        ([100], InvalidArgument),
        ([100.5, -200], InvalidArgument),
        ([float("nan"), -200], InvalidArgument),
        ([float("inf"), -200], InvalidArgument),
        (["a", "b"], InvalidArgument),
        ([2**70, -1], AmountOverflow),
    ],
)
def test_flows_are_whole_fen_or_refused(flows: list[object], kind: type[EngineError]) -> None:
    with pytest.raises(kind):
        irr(flows)
    with pytest.raises(EngineError):
        irr_columns(flows, [0, len(flows)])


@pytest.mark.parametrize("offsets", [[], [1, 4], [0, 3], [0, 5], [0, 2, 5]])
def test_offsets_must_cover_the_flows(offsets: list[int]) -> None:
    with pytest.raises(LengthMismatch, match="offsets: must run from 0 to the 4 flows"):
        irr_columns([100, -110, 100, -110], offsets)


@pytest.mark.parametrize(("offsets", "row"), [([0, 2, 3, 4], 1), ([0, 4, 2, 4], 1), ([0, 0, 4], 0)])
def test_a_row_needs_two_flows(offsets: list[int], row: int) -> None:
    with pytest.raises(InvalidArgument, match="two flows") as refused:
        irr_columns([100, -110, 100, -110], offsets)
    assert refused.value.row == row


def test_offsets_are_counts() -> None:
    with pytest.raises(InvalidArgument, match="at least 0"):
        irr_columns([100, -110], [0, -1, 2])
