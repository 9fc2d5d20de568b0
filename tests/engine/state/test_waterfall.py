"""Allocation: every order a contract can name, money conserved on every row, one loan or many."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedai.engine.errors import AmountOverflow, InvalidArgument, LengthMismatch
from chedai.engine.money import FEN_MAX
from chedai.engine.reference import state as reference
from chedai.engine.waterfall import (
    COMPONENTS,
    Component,
    Direction,
    PayOrder,
    allocate,
    allocate_one,
    allocate_open,
    order_items,
)

BANK_UP_TO_90_DAYS = PayOrder.of(("fee", "penalty", "interest", "principal"))
BANK_OVER_90_DAYS = PayOrder.of(("fee", "principal", "interest", "penalty"))
ORDERS = [PayOrder(p, d) for p in permutations(COMPONENTS) for d in Direction]

TWO_INSTALMENTS = [[0, 1521, 50000, 254219], [3000, 742, 48729, 255490]]

fen = st.integers(0, 10**9)
loans = st.lists(st.lists(st.tuples(fen, fen, fen, fen), max_size=5), min_size=1, max_size=6)


def test_partial_payment_covers_penalty_before_interest_before_principal() -> None:
    paid, left = allocate_open(TWO_INSTALMENTS, [0, 2], [100_000], (BANK_UP_TO_90_DAYS,))
    assert paid.tolist() == [[0, 1521, 50000, 48479], [0, 0, 0, 0]]
    assert left.tolist() == [0]


def test_over_90_days_principal_comes_before_interest() -> None:
    paid, left = allocate_open(TWO_INSTALMENTS, [0, 2], [260_000], (BANK_OVER_90_DAYS,))
    assert paid.tolist() == [[0, 0, 5781, 254219], [0, 0, 0, 0]]
    assert left.tolist() == [0]


def test_vertical_pays_the_interest_of_all_instalments_before_any_principal() -> None:
    order = PayOrder.of(("fee", "penalty", "interest", "principal"), "vertical")
    paid, _ = allocate_open(TWO_INSTALMENTS, [0, 2], [110_000], (order,))
    assert paid.tolist() == [[0, 1521, 50000, 6008], [3000, 742, 48729, 0]]


def test_what_exceeds_everything_due_is_left() -> None:
    paid, left = allocate_open(TWO_INSTALMENTS, [0, 2], [700_000])
    assert paid.tolist() == TWO_INSTALMENTS
    assert left.tolist() == [700_000 - 613_701]


def test_each_loan_has_its_own_order() -> None:
    orders = (BANK_UP_TO_90_DAYS, BANK_OVER_90_DAYS)
    paid, left = allocate_open([[5, 6, 7, 8]] * 3, [0, 1, 2, 3], [15, 15, 40], orders, [0, 1, 1])
    assert paid.tolist() == [[5, 6, 4, 0], [5, 0, 2, 8], [5, 6, 7, 8]]
    assert left.tolist() == [0, 0, 14]


def test_without_a_choice_the_first_order_serves_all() -> None:
    paid, _ = allocate_open([[5, 6, 7, 8]] * 2, [0, 1, 2], [6, 6], (BANK_OVER_90_DAYS, BANK_UP_TO_90_DAYS))
    assert paid.tolist() == [[5, 0, 0, 1]] * 2


def test_loans_with_thousands_of_instalments_share_no_block_too_large() -> None:
    due = np.ones((20 * 4_000, 4), dtype=np.int64)
    paid, left = allocate_open(due, np.arange(21) * 4_000, np.arange(20) * 1_000)
    assert paid.reshape(20, -1).sum(axis=1).tolist() == [min(k * 1_000, 16_000) for k in range(20)]
    assert left.tolist() == [max(k * 1_000 - 16_000, 0) for k in range(20)]


def test_one_order_needs_no_choice() -> None:
    paid, _ = allocate_open([[5, 6, 7, 8]], [0, 1], 6, (BANK_OVER_90_DAYS,), [0])
    assert paid.tolist() == [[5, 0, 0, 1]]


def test_a_loan_without_open_items_keeps_its_payment() -> None:
    paid, left = allocate_open(np.zeros((0, 4), dtype=np.int64), [0, 0, 0], [100, 0])
    assert paid.shape == (0, 4)
    assert left.tolist() == [100, 0]


def test_items_in_paying_order() -> None:
    assert allocate([[5, 10, 20], [0, 0, 7]], [12, 9]).paid.tolist() == [[5, 7, 0], [0, 0, 7]]
    assert allocate([[5, 10, 20], [0, 0, 7]], [12, 9]).left.tolist() == [0, 2]
    assert allocate_one([5, 10, 20], 12) == ([5, 7, 0], 0)
    assert allocate_one([5], 12) == ([5], 7)


def test_order_of_items_is_a_permutation_that_can_be_undone() -> None:
    assert order_items(instalments=2).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert order_items(("principal", "interest", "fee", "penalty")).tolist() == [3, 2, 0, 1]
    assert order_items(direction="vertical", instalments=2).tolist() == [0, 4, 1, 5, 2, 6, 3, 7]


@given(loans, st.sampled_from(ORDERS), st.data())
def test_every_order_agrees_with_paying_item_by_item(
    book: list[list[tuple[int, int, int, int]]], order: PayOrder, data: st.DataObject
) -> None:
    payments = data.draw(st.lists(st.integers(0, 2 * 10**9), min_size=len(book), max_size=len(book)))
    offsets = np.cumsum([0] + [len(loan) for loan in book])
    due = np.array([row for loan in book for row in loan], dtype=np.int64).reshape(-1, 4)
    paid, left = allocate_open(due, offsets, payments, (order,))
    for number, loan in enumerate(book):
        rows = [{str(c): Decimal(x) for c, x in zip(COMPONENTS, row, strict=True)} for row in loan]
        vertical = order.direction is Direction.VERTICAL
        judged, rest = reference.allocate(rows, Decimal(payments[number]), order.components, vertical)
        mine = paid[offsets[number] : offsets[number + 1]].tolist()
        assert mine == [[row[c] for c in COMPONENTS] for row in judged]
        assert left[number] == rest
        assert sum(map(sum, mine)) + left[number] == payments[number]


@given(st.lists(st.tuples(fen, fen, fen, fen), min_size=1, max_size=5), st.sampled_from(ORDERS), fen)
def test_one_loan_matrix_and_ragged_rows_agree(
    loan: list[tuple[int, int, int, int]], order: PayOrder, payment: int
) -> None:
    place = order_items(order.components, order.direction, len(loan))
    in_order = np.array(loan).reshape(-1)[place]
    one, rest = allocate_one(in_order.tolist(), payment)
    matrix = allocate([in_order], [payment])
    back = np.empty_like(in_order)
    back[place] = one
    assert matrix.paid.tolist() == [one]
    assert allocate_open(loan, [0, len(loan)], [payment], (order,)).paid.reshape(-1).tolist() == back.tolist()
    assert matrix.left.tolist() == [rest]


@given(loans, st.lists(st.sampled_from(ORDERS), min_size=2, max_size=4), st.data())
def test_orders_mixed_over_loans_equal_each_loan_alone(
    book: list[list[tuple[int, int, int, int]]], orders: list[PayOrder], data: st.DataObject
) -> None:
    count = len(book)
    payments = data.draw(st.lists(st.integers(0, 2 * 10**9), min_size=count, max_size=count))
    choice = data.draw(st.lists(st.integers(0, len(orders) - 1), min_size=count, max_size=count))
    offsets = np.cumsum([0] + [len(loan) for loan in book])
    due = np.array([row for loan in book for row in loan], dtype=np.int64).reshape(-1, 4)
    paid, left = allocate_open(due, offsets, payments, orders, choice)
    for n in range(count):
        own = slice(offsets[n], offsets[n + 1])
        alone = allocate_open(due[own], [0, len(book[n])], [payments[n]], (orders[choice[n]],))
        assert paid[own].tolist() == alone.paid.tolist()
        assert left[n] == alone.left[0]


def test_many_loans_cross_the_blocks_unharmed() -> None:
    due = np.tile(np.array([[1, 2, 3, 4], [5, 6, 7, 8]], dtype=np.int64), (5000, 1))
    payment = np.arange(5000, dtype=np.int64) % 50
    paid, left = allocate_open(due, np.arange(5001) * 2, payment)
    assert (paid.reshape(5000, 8).sum(axis=1) + left == payment).all()
    assert (left == np.maximum(payment - 36, 0)).all()
    assert (paid >= 0).all() and (paid <= due).all()


def test_many_loans_with_orders_of_their_own_cross_the_blocks_unharmed() -> None:
    due = np.tile(np.array([[1, 2, 3, 4], [5, 6, 7, 8]], dtype=np.int64), (20_000, 1))
    orders = (BANK_UP_TO_90_DAYS, BANK_OVER_90_DAYS, PayOrder.of(COMPONENTS, "vertical"))
    choice = np.arange(20_000) % 3
    paid, left = allocate_open(due, np.arange(20_001) * 2, np.full(20_000, 9), orders, choice)
    expected = [[[1, 2, 3, 3], [0, 0, 0, 0]], [[1, 1, 3, 4], [0, 0, 0, 0]], [[1, 2, 0, 0], [5, 1, 0, 0]]]
    assert (paid.reshape(-1, 2, 4) == np.array(expected)[choice]).all()
    assert (left == 0).all()


def test_dues_kept_by_column_are_paid_as_dues_kept_by_row() -> None:
    by_column = np.asfortranarray(TWO_INSTALMENTS)
    for order in ORDERS:
        paid, _ = allocate_open(by_column, [0, 2], [100_000], (order,))
        assert paid.tolist() == allocate_open(TWO_INSTALMENTS, [0, 2], [100_000], (order,)).paid.tolist()


def test_the_dues_and_payments_handed_in_stay_as_they_are() -> None:
    due, payment = np.array(TWO_INSTALMENTS), np.array([100_000])
    allocate_open(due, [0, 2], payment)
    allocate(due, np.array([7, 8]))
    assert due.tolist() == TWO_INSTALMENTS
    assert payment.tolist() == [100_000]


def test_a_matrix_never_adds_up_and_so_never_overflows() -> None:
    big = FEN_MAX - 1
    paid, left = allocate([[big, 1], [1, big], [big, big]], [FEN_MAX, 2, FEN_MAX])
    assert paid.tolist() == [[big, 1], [1, 1], [big, 1]]
    assert left.tolist() == [0, 0, 0]


def test_a_block_full_of_the_largest_amounts_adds_up_inside_int64() -> None:
    rows, largest, most = 2**15, 2**45 - 1, 2**62
    due = np.full((rows, 4), largest)
    for order in (PayOrder(), PayOrder.of(COMPONENTS, "vertical")):
        paid, left = allocate_open(due, [0, rows - 1, rows], [1, most], (order,))
        assert (paid[:-1].sum(), paid[-1].tolist(), left.tolist()) == (1, [largest] * 4, [0, most - 4 * largest])
        paid, left = allocate_open(due, [0, rows], [most], (order,))
        assert (paid == largest).all()
        assert left.tolist() == [most - 4 * rows * largest]


def test_amounts_beyond_any_loan_are_refused_with_their_loan() -> None:
    due = np.ones((12_000, 4), dtype=np.int64)
    due[9_001, 2] = 2**45
    with pytest.raises(AmountOverflow, match="due, row 4501: must be at most 35184372088831 fen") as refusal:
        allocate_open(due, np.arange(6_001) * 2, np.ones(6_000, dtype=np.int64))
    assert refusal.value.rule_zh == "不得超过 35184372088831 分"
    payment = np.ones(9_000, dtype=np.int64)
    payment[8_500] = 2**62 + 1
    with pytest.raises(AmountOverflow, match=f"payment, row 8501: must be at most {2**62} fen") as refusal:
        allocate_open(np.ones((9_000, 4), dtype=np.int64), np.arange(9_001), payment)
    assert refusal.value.rule_zh == f"不得超过 {2**62} 分"
    long = 2**15 + 1
    with pytest.raises(AmountOverflow, match="offsets, row 2: leaves a loan more than 32768 instalments") as refusal:
        allocate_open(np.ones((long + 1, 4), dtype=np.int64), [0, 1, long + 1], [1, 1])
    assert refusal.value.rule_zh == "未结清期数超过 32768"


@pytest.mark.parametrize("components", [(), ("fee", "penalty", "interest"), ("fee", "fee", "interest", "principal")])
def test_an_order_names_each_component_once(components: tuple[str, ...]) -> None:
    with pytest.raises(InvalidArgument, match="must name fee, penalty, interest, principal once each") as refusal:
        PayOrder.of(components)
    assert refusal.value.argument == "components"
    assert refusal.value.rule_zh == "费用、罚息、利息、本金须各一次"
    assert refusal.value.value == ", ".join(components)


def test_an_unknown_component_or_direction_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="components"):
        order_items(("fee", "penalty", "interest", "capital"))
    with pytest.raises(InvalidArgument, match="direction: must be horizontal or vertical") as refusal:
        PayOrder.of(COMPONENTS, "diagonal")
    assert refusal.value.rule_zh == "必须是横向(horizontal)或纵向(vertical)"
    with pytest.raises(InvalidArgument):
        PayOrder((Component.FEE,))
    with pytest.raises(InvalidArgument, match="instalments: must be at least 1"):
        order_items(instalments=0)


def test_negative_amounts_and_wrong_lengths_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="due, row 2"):
        allocate_one([1, -1], 5)
    with pytest.raises(InvalidArgument, match="payment"):
        allocate_one([1], -5)
    with pytest.raises(InvalidArgument, match="payment, row 1"):
        allocate([[1]], [-1])
    for payment in ([1, 2, 3], [1]):
        with pytest.raises(LengthMismatch, match="payment"):
            allocate([[1], [2]], payment)
    with pytest.raises(InvalidArgument, match="rows of 4 columns"):
        allocate_open([[1, 2, 3]], [0, 1], 1)
    with pytest.raises(LengthMismatch, match="offsets"):
        allocate_open([[1, 2, 3, 4]], [0, 2], 1)


def test_a_choice_of_order_that_does_not_exist_is_refused() -> None:
    orders = (BANK_UP_TO_90_DAYS, BANK_OVER_90_DAYS)
    with pytest.raises(InvalidArgument, match="order_of, row 2: must be below the 2 orders given") as refusal:
        allocate_open([[1, 2, 3, 4]] * 2, [0, 1, 2], [1, 1], orders, [0, 2])
    assert refusal.value.rule_zh == "必须小于给定的 2 种顺序"
    assert refusal.value.value == 2
    with pytest.raises(LengthMismatch, match="order_of"):
        allocate_open([[1, 2, 3, 4]] * 2, [0, 1, 2], [1, 1], orders, [0, 1, 1])
