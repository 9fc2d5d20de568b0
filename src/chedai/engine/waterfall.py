"""Where a payment goes: the ordered allocation of money to what is due (入账顺序, 冲账).

What a loan owes is a list of items, each an instalment's fee, penalty, interest or principal. An order of payment is
a permutation of that list, so every order a contract can name is one rule: put the dues in paying order, add them up,
and each item gets what of the payment reaches past the items before it, `clip(payment - before, 0, due)`. Nothing is
lost on the way: on every row `paid.sum() + left == payment`.

The legal default is fees, interest, principal (民法典 561); a contract may say otherwise, and an order may change
when a loan is long overdue. Which order applies is therefore an argument, per row where it must be, never a rule here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from chedai.engine.columns import fen_matrix, row_column, row_offsets, running_total
from chedai.engine.errors import AmountOverflow, InvalidArgument
from chedai.engine.money import FenColumn

_BLOCK: Final = 4096  # loans a step, so that the work stays in the processor's cache


class Component(StrEnum):
    """What an instalment is made of. Compound interest (复利) counts as penalty."""

    FEE = "fee"
    PENALTY = "penalty"
    INTEREST = "interest"
    PRINCIPAL = "principal"


COMPONENTS: Final = tuple(Component)
"""The columns of every matrix of dues, in this order: fee, penalty, interest, principal."""


class Direction(StrEnum):
    """Which way a payment runs over several unpaid instalments."""

    HORIZONTAL = "horizontal"  # 横向: the oldest instalment first, all its components
    VERTICAL = "vertical"  # 纵向: one component of all instalments, oldest first, then the next component


@dataclass(frozen=True, slots=True)
class PayOrder:
    """One order of payment: each component once, and the direction over instalments."""

    components: tuple[Component, ...] = COMPONENTS
    direction: Direction = Direction.HORIZONTAL

    def __post_init__(self) -> None:
        if sorted(self.components) != sorted(COMPONENTS):
            raise _components_refused(self.components)

    @classmethod
    def of(cls, components: Sequence[str], direction: str = Direction.HORIZONTAL) -> PayOrder:
        """The order as a contract or a policy file writes it: ("fee", "penalty", "interest", "principal")."""
        if direction not in tuple(Direction):
            rule, rule_zh = "must be horizontal or vertical", "必须是横向(horizontal)或纵向(vertical)"
            raise InvalidArgument("direction", rule, rule_zh, value=direction)
        if not set(components) <= set(COMPONENTS):
            raise _components_refused(components)
        return cls(tuple(Component(name) for name in components), Direction(direction))

    @property
    def columns(self) -> FenColumn:
        """The positions of the components in `COMPONENTS`, first paid first."""
        return np.array([COMPONENTS.index(c) for c in self.components], dtype=np.int64)


def _components_refused(components: Sequence[str]) -> InvalidArgument:
    rule, rule_zh = "must name fee, penalty, interest, principal once each", "费用、罚息、利息、本金须各一次"
    return InvalidArgument("components", rule, rule_zh, value=", ".join(components))


class Allocation(NamedTuple):
    """`paid` has the shape of the dues, `left` is what of each loan's payment found nothing to pay."""

    paid: FenColumn
    left: FenColumn


def order_items(
    components: Sequence[str] = COMPONENTS, direction: str = Direction.HORIZONTAL, instalments: int = 1
) -> FenColumn:
    """The permutation that puts the dues of `instalments` instalments in paying order.

    Item `k * 4 + c` is `COMPONENTS[c]` of instalment `k`, oldest first, as `dues.reshape(-1)` of a matrix
    [instalment, component] gives them. `dues.reshape(-1)[order]` is in paying order, `back[order] = paid` undoes it.
    """
    if instalments < 1:
        raise InvalidArgument("instalments", "must be at least 1", "不得小于 1", value=instalments)
    order = PayOrder.of(components, direction)
    grid = np.arange(instalments, dtype=np.int64)[:, None] * len(COMPONENTS) + order.columns[None, :]
    return (grid if order.direction is Direction.HORIZONTAL else grid.T).reshape(-1)


def allocate_one(due: Sequence[int], payment: int) -> tuple[list[int], int]:
    """One loan, plain integers: what each item of `due` (in paying order) gets, and what is left."""
    if payment < 0:
        raise InvalidArgument("payment", "must be at least 0", "不得小于 0", value=payment)
    paid: list[int] = []
    for row, amount in enumerate(due):
        if amount < 0:
            raise InvalidArgument("due", "must be at least 0", "不得小于 0", row=row, value=amount)
        paid.append(min(amount, payment))
        payment -= paid[-1]
    return paid, payment


def allocate(due: ArrayLike, payment: ArrayLike) -> Allocation:
    """Many loans with the same number of items: `due` int64[loan, item] in paying order, `payment` int64[loan], in fen.

    Errors: `InvalidArgument` (negative, not whole), `LengthMismatch`, `AmountOverflow` where a loan's dues leave int64.
    """
    dues = fen_matrix("due", due)
    items = np.arange(dues.shape[0] + 1, dtype=np.int64) * dues.shape[1]
    paid, left = _allocate_rows(dues.reshape(-1), items, row_column("payment", payment, dues.shape[0], stretch=False))
    return Allocation(paid.reshape(dues.shape), left)


def allocate_open(
    due: ArrayLike,
    offsets: ArrayLike,
    payment: ArrayLike,
    orders: Sequence[PayOrder] = (PayOrder(),),
    order_of: ArrayLike | None = None,
) -> Allocation:
    """Many loans with their open instalments as ragged rows.

    `due` int64[instalment, 4] holds fee, penalty, interest, principal of each open instalment, oldest first within its
    loan; `offsets` int64[loan + 1]; `payment` int64[loan]; `order_of` int64[loan] picks the order of each loan from
    `orders` (None: the first for all). Returns `paid` shaped as `due` and `left` int64[loan].
    """
    dues = fen_matrix("due", due, columns=len(COMPONENTS))
    starts = row_offsets("offsets", offsets, items=dues.shape[0])
    payments = row_column("payment", payment, starts.size - 1, stretch=False)
    if order_of is None or len(orders) == 1:
        return _allocate_ordered(dues, starts, payments, orders[0])
    choice = _choices(order_of, starts.size - 1, len(orders))
    paid, left = np.empty_like(dues), np.empty_like(payments)
    counts = np.diff(starts)
    choice_of_item = np.repeat(choice, counts)
    for number, order in enumerate(orders):
        rows, items = choice == number, choice_of_item == number
        own = running_total(counts[rows])
        paid[items], left[rows] = _allocate_ordered(dues[items], own, payments[rows], order)
    return Allocation(paid, left)


def _allocate_ordered(due: FenColumn, offsets: FenColumn, payment: FenColumn, order: PayOrder) -> Allocation:
    """One order for all loans: into paying order, allocate, and back."""
    items = offsets * len(COMPONENTS)
    in_order = np.ascontiguousarray(due[:, order.columns])
    if order.direction is Direction.HORIZONTAL:
        paid, left = _allocate_rows(in_order.reshape(-1), items, payment)
        in_order = paid.reshape(due.shape)
    else:
        place = _vertical_places(offsets)
        flat = np.empty(due.size, dtype=np.int64)
        flat[place] = in_order
        paid, left = _allocate_rows(flat, items, payment)
        in_order = paid[place]
    back = np.empty_like(due)
    back[:, order.columns] = in_order
    return Allocation(back, left)


def _vertical_places(offsets: FenColumn) -> FenColumn:
    """Where each (instalment, rank of component) goes when a loan pays component by component."""
    counts = np.diff(offsets)
    first, count = np.repeat(offsets[:-1], counts), np.repeat(counts, counts)
    within = np.arange(first.size, dtype=np.int64) - first
    ranks = np.arange(len(COMPONENTS), dtype=np.int64)
    return (first * len(COMPONENTS) + within)[:, None] + count[:, None] * ranks[None, :]


def _allocate_rows(due: FenColumn, offsets: FenColumn, payment: FenColumn) -> Allocation:
    """The rule itself, on ragged rows already in paying order, in blocks of loans."""
    paid, left = np.empty_like(due), np.empty_like(payment)
    for start in range(0, payment.size, _BLOCK):
        stop = min(start + _BLOCK, payment.size)
        low, high = offsets[start], offsets[stop]
        own, block = due[low:high], offsets[start : stop + 1] - low
        counts = np.diff(block)
        running = running_total(own)
        # Sums may wrap around int64 across loans; the difference within a loan is exact as long as the loan's own
        # total fits, and a total that does not fit shows as a negative level.
        level = running[1:] - np.repeat(running[block[:-1]], counts)
        if level.size and level.min() < 0:
            row = start + int(np.searchsorted(block, int(np.flatnonzero(level < 0)[0]), side="right")) - 1
            raise AmountOverflow("due", "adds up beyond int64", "合计超出 int64", row=row)
        money = np.repeat(payment[start:stop], counts)
        paid[low:high] = np.minimum(level, money) - np.minimum(level - own, money)
        left[start:stop] = np.maximum(payment[start:stop] - (running[block[1:]] - running[block[:-1]]), 0)
    return Allocation(paid, left)


def _choices(order_of: ArrayLike, loans: int, orders: int) -> FenColumn:
    choice = row_column("order_of", order_of, loans)
    high = np.flatnonzero(choice >= orders)
    if high.size:
        row = int(high[0])
        rule, rule_zh = f"must be below the {orders} orders given", f"必须小于给定的 {orders} 种顺序"
        raise InvalidArgument("order_of", rule, rule_zh, row=row, value=int(choice[row]))
    return choice
