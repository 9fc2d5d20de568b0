"""Goal G3: a million repayments allocated in any order, beside a `Decimal` loop, money conserved on every row.

A book of loans with one to six open instalments (most have one), four amounts each, kept by column as a database gives
them. Each loan receives one payment: nothing, too little, the exact sum (most), or too much. The peer is the judge of
the tests, a plain loop over items in `Decimal`; it is timed on a sample of the same loans and carried to the million.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from benchmarks.harness import Report, measure
from chedai.engine.money import FenColumn
from chedai.engine.reference import state as reference
from chedai.engine.waterfall import Allocation, Direction, PayOrder, allocate_open

PAYMENTS = 1_000_000
SAMPLE = 5_000
Rows: TypeAlias = list[dict[str, Decimal]]

BANK = ("fee", "penalty", "interest", "principal")
LATE = ("fee", "principal", "interest", "penalty")
ORDERS = {
    "horizontal": (PayOrder.of(BANK),),
    "vertical": (PayOrder.of(BANK, "vertical"),),
    "5 % of loans in another order": (PayOrder.of(BANK), PayOrder.of(LATE)),
}


def book(loans: int, seed: int) -> tuple[FenColumn, FenColumn, FenColumn, FenColumn]:
    """Dues [instalment, 4], offsets, payments and the choice of order of `loans` loans."""
    random = np.random.default_rng(seed)
    counts = random.choice([1, 2, 3, 4, 5, 6], size=loans, p=[0.62, 0.18, 0.09, 0.05, 0.03, 0.03])
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    items = int(offsets[-1])
    due = np.empty((items, 4), dtype=np.int64, order="F")
    due[:, 0] = random.choice([0, 2_000], size=items, p=[0.9, 0.1])
    due[:, 1] = random.integers(0, 3_000, size=items) * random.integers(0, 2, size=items)
    due[:, 2] = random.integers(1_000, 90_000, size=items)
    due[:, 3] = random.integers(100_000, 500_000, size=items)
    owed = np.add.reduceat(due.sum(axis=1), offsets[:-1])
    share = random.choice([0, 30, 100, 100, 100, 120, 300], size=loans)
    return due, offsets, owed * share // 100, (random.random(loans) < 0.05).astype(np.int64)


def decimal_loop(loans: list[Rows], payments: list[Decimal], orders: list[PayOrder]) -> list[tuple[Rows, Decimal]]:
    """Loan after loan by the judge of the tests, which pays item after item."""
    return [
        reference.allocate(rows, payment, order.components, order.direction is Direction.VERTICAL)
        for rows, payment, order in zip(loans, payments, orders, strict=True)
    ]


def in_decimal(due: FenColumn, offsets: FenColumn, payments: FenColumn) -> tuple[list[Rows], list[Decimal]]:
    """The sample as the loop wants it, outside the measured time: yuan in `Decimal`, a dictionary an instalment."""
    rows = [dict(zip(BANK, (Decimal(x) / 100 for x in row), strict=True)) for row in due.tolist()]
    loans = [rows[a:b] for a, b in pairwise(offsets.tolist())]
    return loans, [Decimal(x) / 100 for x in payments.tolist()]


def not_conserved(allocation: Allocation, due: FenColumn, offsets: FenColumn, payments: FenColumn) -> int:
    """How many loans lose or make money, and items get less than nothing or more than is due. All are checked."""
    paid = np.add.reduceat(allocation.paid.sum(axis=1), offsets[:-1])
    wrong_loans = int((paid + allocation.left != payments).sum())
    return wrong_loans + int(((allocation.paid < 0) | (allocation.paid > due)).sum()) + int((allocation.left < 0).sum())


def differing(allocation: Allocation, judged: list[tuple[Rows, Decimal]]) -> int:
    """How many instalments of the sample the loop pays otherwise."""
    fen = np.array([[int(row[c] * 100) for c in BANK] for rows, _ in judged for row in rows])
    return int((allocation.paid[: len(fen)] != fen).any(axis=1).sum())


def main() -> None:
    """Measure, print, save."""
    report = Report("allocation", "G3: 1M repayments allocated in any order")
    due, offsets, payments, choice = book(PAYMENTS, report.seed)
    loans, money = in_decimal(due[: offsets[SAMPLE]], offsets[: SAMPLE + 1], payments[:SAMPLE])
    wrong = different = 0
    for name, orders in ORDERS.items():
        order_of = np.minimum(choice, len(orders) - 1)
        picked = [orders[c] for c in order_of[:SAMPLE]]
        loop = measure(partial(decimal_loop, loans, money, picked), repeats=3).scaled(PAYMENTS / SAMPLE)
        ours = measure(partial(allocate_open, due, offsets, payments, orders, order_of), repeats=7)
        report.row(f"Decimal loop, {name} (timed on {SAMPLE:,})", loop, per_unit="payment", n=PAYMENTS)
        report.row(f"allocate_open, {name}", ours, per_unit="payment", n=PAYMENTS)
        report.ratio(f"faster than a Decimal loop, {name}", ours.over(loop), ">= 60")
        allocation = allocate_open(due, offsets, payments, orders, order_of)
        wrong += not_conserved(allocation, due, offsets, payments)
        different += differing(allocation, decimal_loop(loans, money, picked))
    report.ratio("loans and items with wrong money, of all", wrong, "== 0")
    report.ratio("instalments the loop pays otherwise", different, "== 0")
    report.print()
    report.save()


if __name__ == "__main__":
    main()
